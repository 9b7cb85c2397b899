// The runs of this visitor as dots: measured speedup against PSNR, with the frontier of those like the one on
// screen. The figure is Python's (teacache/study/plot/quality.py); here are the runs that go in, and what a
// dot answers.
import shared from "../shared.js";
import { el, shape } from "../base/dom.js";
import { worded } from "../plot/figure.js";
import { pointOf } from "../plot/frame.js";
import { put } from "../plot/series.js";
import { marksOf, picture } from "../plot/sketch.js";
import { ALIKE, decibelsOf, delta, psnrText, speedOf, speedText } from "../words/numbers.js";
import { t } from "../words/words.js";
import { seriesOf, tell } from "./curves.js";
import { alike, differences, frontier, ladderLine } from "./frontier.js";

/** @import { Figure } from "../plot/filling.js" */
/** @import { Rung } from "../library/types.js" */
/** @import { MethodCurve, Run } from "../screen/types.js" */
/** @import { Summary } from "./types.js" */

/** Of a run that has both figures. @param {Summary} run */
const speed = (run) => speedOf(run) ?? 0;
/** @param {Summary} run */
const near = (run) => decibelsOf(run) ?? 0;

/** A sound's ratio is another figure than a clip's, and says so. @param {Summary} run */
export const nearText = (run) => (run.sound ? t("fig_snr") + " " : "") + psnrText(decibelsOf(run));

/** @param {Summary} run */
export const ruleText = ({ planned, threshold, naive }) =>
  planned ? t("planned") + " " + planned : "δ " + delta(threshold) + (naive ? " · " + t("naive") : "");

/** Why a run is not to be compared with the one on screen. @param {Summary} run @param {Summary} [current] */
function unlikeText(run, current) {
  const names = current ? differences(run, current).map((name) => t("unlike_" + name)) : [];
  return names.length ? ". " + t("dot_unlike", { what: names.join(", ") }) : "";
}

/** Where nothing was reused the clock tells no speedup. @param {Summary} run */
export const gainText = (run) => (speedOf(run) && run.computed === run.calls ? ALIKE : speedText(run));

/** @param {Summary} run @param {Summary} [current] the run on screen */
export function sentenceOf(run, current) {
  const odd = run.disturbed ? ` (${t("disturbed_estimate")})` : "";
  const { prompt, steps } = run;
  const values = { rule: ruleText(run), speedup: gainText(run) + odd, psnr: nearText(run), prompt, steps };
  return t("history_dot", values) + unlikeText(run, current);
}

/** What filled and hollow dots are. */
export const dotKeys = () =>
  el(
    "p",
    { class: "tc-dot-keys" },
    ...["like", "unlike"].map((name) => el("span", {}, el("i", { class: name }), t("dots_" + name))),
  );

/**
 * @typedef {object} Marks
 * @property {Summary | undefined} shown the run on screen
 * @property {string[]} pins ids of the runs A and B
 */

/**
 * @param {Summary} run
 * @param {Marks} marks
 */
function classOf(run, { shown, pins }) {
  return [
    "tc-dot",
    run.recorded ? "recorded" : "own",
    run.disturbed ? "disturbed" : "",
    run.run === shown?.run ? "shown" : "",
    pins.includes(run.run) ? "pinned" : "",
    shown && !alike(run, shown) ? "other" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * How the dot of a run looks: by where it comes from, and hollow where it is unlike the run on screen.
 * @param {Summary} run
 * @param {Summary} [current]
 */
function kindOf(run, current) {
  if (run.disturbed) return "disturbed";
  const from = run.recorded ? "recorded" : "own";
  return current && !alike(run, current) ? "unlike_" + from : from;
}
const KINDS = ["unlike_recorded", "unlike_own", "recorded", "own", "disturbed"];

/**
 * TeaCache's line through the recordings of the run on screen, which is one of them.
 * @param {Run | null} run
 * @param {LinePoint[]} rungs
 */
export function lineOf(run, rungs) {
  const [measured, psnr] = run ? [speedOf(run.figures), run.figures.psnr] : [];
  if (!run || !measured || typeof psnr !== "number") return rungs;
  return ladderLine(rungs, { threshold: run.controls.threshold, measured, psnr });
}

/**
 * What goes into the figure.
 * @param {Summary[]} runs
 * @param {Marks & Curves} marks
 */
function allOf(runs, { shown, line, curves }) {
  /** @param {string} kind @param {Summary[]} of */
  const points = (kind, of) => ({ kind, x: of.map(speed), y: of.map(near) });
  const like = runs.filter((run) => !shown || alike(run, shown));
  const kinds = KINDS.map((kind) => {
    const of = runs.filter((run) => kindOf(run, shown) === kind);
    return { ...points(kind, of), customdata: of };
  });
  const curve = { x: line.map(({ measured }) => measured ?? 1), y: line.map(({ psnr }) => psnr) };
  return [
    points("frontier", frontier(like, { speed, near })),
    ...curves.map(seriesOf),
    { kind: "curve", ...curve },
    ...kinds,
    ...(line.length ? [{ kind: "ring", x: [curve.x[0]], y: [curve.y[0]] }] : []),
  ];
}
/** @typedef {Pick<Rung, "threshold" | "measured" | "psnr">} LinePoint */
/** @typedef {{ line: LinePoint[], curves: MethodCurve[] }} Curves of the run on screen; `line`: its own */

/**
 * What a dot is for a hand, a keyboard and a reader.
 * @param {Summary} run
 * @param {Element} mark its circle
 * @param {Marks} marks
 * @param {(id: string) => void} open
 */
function dot(run, mark, marks, open) {
  const text = sentenceOf(run, marks.shown);
  /** @param {KeyboardEvent} event */
  function onkeydown(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(run.run);
  }
  const attributes = { class: classOf(run, marks), tabindex: 0, role: "button", "aria-label": text };
  const listeners = { onclick: () => open(run.run), onkeydown };
  const [cx, cy] = ["cx", "cy"].map((name) => mark.getAttribute(name));
  const above = { x: cx, y: Number(cy) - 10, "text-anchor": "middle", class: "pin" };
  const place = marks.pins.indexOf(run.run);
  return shape(
    "g",
    { ...attributes, "data-tip": text, "data-run": run.run, ...listeners },
    shape("circle", { cx, cy, r: 13, class: "reach" }),
    mark,
    place < 0 ? null : shape("text", above, "AB"[place]),
  );
}

/** @typedef {{ x: number, y: number }} Spot */

/**
 * The ring that moves along the curve of the run on screen; over everything, and without a curve nowhere.
 * @param {SVGElement} svg
 * @param {Figure} figure
 */
function ringIn(svg, { layout }) {
  const ring = svg.querySelector(".ring");
  if (ring) svg.append(ring);
  const [, highest] = layout.yaxis.range; // what is equal lies on the upper edge
  /** @param {Spot | null} spot */
  return (spot) => {
    const [cx, cy] = spot ? pointOf(layout, spot.x, Math.min(spot.y, highest)) : [0, 0];
    const visibility = spot ? "visible" : "hidden";
    for (const [name, value] of Object.entries({ cx, cy, visibility }))
      ring?.setAttribute(name, String(value));
  };
}

/**
 * @param {HTMLElement} host
 * @param {Summary[]} runs
 * @param {Marks & Curves} marks
 * @param {(id: string) => void} open
 * @returns {(spot: Spot | null) => void} moves the ring, or takes it away
 */
export function drawDots(host, runs, marks, open) {
  const { shown, curves } = marks;
  const sound = Boolean(shown?.sound); // sounds and clips have no axis in common
  const there = runs.filter(
    (run) => (speedOf(run) ?? null) !== null && Boolean(run.sound) === sound && decibelsOf(run) !== null,
  );
  const empty = worded(shared.figures.quality, sound ? { history_y: "history_y_sound" } : {});
  const figure = put(empty, allOf(there, marks));
  const svg = picture(figure, { role: "group", "aria-label": t("history_plot") });
  const circles = new Map(marksOf(svg, figure));
  tell(curves, circles);
  svg.append(...there.map((run) => dot(run, /** @type {Element} */ (circles.get(run)), marks, open)));
  host.replaceChildren(svg);
  return ringIn(svg, figure);
}
