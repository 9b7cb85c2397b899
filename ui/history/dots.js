// The runs of this visitor as dots: measured speedup against PSNR, with the frontier of those like the one on
// screen.
import { shape } from "../base/dom.js";
import { ticksBetween } from "../plot/axes.js";
import { decibelsOf, delta, fixed, isIdentical, psnrText, speedOf, speedText } from "../words/numbers.js";
import { t } from "../words/words.js";
import { linesOf } from "./curves.js";
import { alike, frontier } from "./frontier.js";

/** @import { MethodCurve, Rung, Summary } from "../types.js" */

const BOX = { width: 420, height: 300, left: 38, right: 14, top: 34, bottom: 38 };
const VIEW = `0 0 ${BOX.width} ${BOX.height}`;

/** Of a run that has both figures. @param {Summary} run */
const speed = (run) => speedOf(run) ?? 0;
/** @param {Summary} run */
const near = (run) => decibelsOf(run) ?? 0;

/** A sound's ratio is another figure than a clip's, and says so. @param {Summary} run */
export const nearText = (run) => (run.sound ? t("fig_snr") + " " : "") + psnrText(decibelsOf(run));

/** @param {Summary} run */
export const ruleText = ({ planned, threshold, naive }) =>
  planned ? t("planned") + " " + planned : "δ " + delta(threshold) + (naive ? " · " + t("naive") : "");

/** @param {Summary} run */
export function sentenceOf(run) {
  const odd = run.disturbed ? ` (${t("disturbed_mark")})` : "";
  const { prompt, steps } = run;
  return t("history_dot", {
    rule: ruleText(run),
    speedup: speedText(run) + odd,
    psnr: nearText(run),
    prompt,
    steps,
  });
}

/**
 * Scales that hold every dot, with some room.
 * @param {Summary[]} runs
 * @param {{ measured: number | null, psnr: number }[]} points of curves
 */
function scales(runs, points) {
  const speeds = [...runs.map(speed), ...points.map(({ measured }) => measured ?? 1)];
  // Equal videos lie on the upper edge.
  const all = [...runs.map(near), ...points.map(({ psnr }) => psnr)];
  const heights = all.filter((height) => !isIdentical(height));
  const x = [Math.min(1, ...speeds) - 0.05, Math.max(2, ...speeds) * 1.06];
  const y = [Math.min(20, ...heights.map((h) => h - 2)), Math.max(50, ...heights.map((h) => h + 4))];
  const inner = { w: BOX.width - BOX.left - BOX.right, h: BOX.height - BOX.top - BOX.bottom };
  return {
    x,
    y,
    /** @param {number} value */
    px: (value) => BOX.left + ((value - x[0]) / (x[1] - x[0])) * inner.w,
    /** @param {number} value */
    py: (value) => BOX.top + (1 - (Math.min(value, y[1]) - y[0]) / (y[1] - y[0])) * inner.h,
  };
}
/** @typedef {ReturnType<typeof scales>} Scale */

/**
 * @param {Scale} scale
 * @param {boolean} sound
 */
function axes(scale, sound) {
  const base = BOX.height - BOX.bottom;
  const right = BOX.width - BOX.right;
  const [lowest, highest] = scale.y;
  const [slowest, fastest] = scale.x;
  return [
    ...ticksBetween(lowest, highest, 4).flatMap((value) => {
      const y = scale.py(value);
      const text = shape("text", { x: BOX.left - 6, y: y + 4, "text-anchor": "end" }, fixed(value, 0));
      return [shape("line", { x1: BOX.left, x2: right, y1: y, y2: y, class: "grid" }), text];
    }),
    ...ticksBetween(slowest, fastest, 6).map((value) => {
      const place = { x: scale.px(value), y: base + 15, "text-anchor": "middle" };
      return shape("text", place, delta(value) + "×");
    }),
    shape("line", { x1: BOX.left, x2: right, y1: base, y2: base, class: "axis" }),
    shape("text", { x: right, y: BOX.height - 5, "text-anchor": "end" }, t("history_x")),
    shape("text", { x: 0, y: 10 }, t(sound ? "history_y_sound" : "history_y")),
  ];
}

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
 * @param {Summary} run
 * @param {Scale} scale
 * @param {Marks} marks
 * @param {(id: string) => void} open
 */
function dot(run, scale, marks, open) {
  const text = sentenceOf(run);
  /** @param {KeyboardEvent} event */
  function onkeydown(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(run.run);
  }
  const transform = `translate(${scale.px(speed(run))} ${scale.py(near(run))})`;
  const given = { class: classOf(run, marks), transform, tabindex: 0, role: "button", "aria-label": text };
  const listeners = { onclick: () => open(run.run), onkeydown };
  const place = marks.pins.indexOf(run.run);
  const pin =
    place < 0 ? null : shape("text", { y: -10, "text-anchor": "middle", class: "pin" }, "AB"[place]);
  return shape(
    "g",
    { ...given, "data-tip": text, "data-run": run.run, ...listeners },
    shape("circle", { r: 13, class: "reach" }),
    shape("circle", { r: run.recorded ? 5 : 6 }),
    pin,
  );
}

export const makePicture = () =>
  shape("svg", { viewBox: VIEW, role: "group", "aria-label": t("history_plot") });

/**
 * One run at its recorded thresholds, as a curve, and a ring that moves along it.
 * @param {Scale} scale
 * @param {Rung[]} rungs
 */
function curveOf(scale, rungs) {
  const places = rungs.map(({ measured, psnr }) => [scale.px(measured ?? 1), scale.py(psnr)]);
  const line = shape("polyline", { points: places.map((place) => place.join()).join(" "), class: "curve" });
  const ring = shape("circle", { r: 7, class: "ring", visibility: "hidden" });
  /** @param {number | null} rung */
  function move(rung) {
    const [cx, cy] = rung === null ? [0, 0] : places[rung];
    const visibility = rung === null ? "hidden" : "visible";
    for (const [name, value] of Object.entries({ cx, cy, visibility }))
      ring.setAttribute(name, String(value));
  }
  return { line, ring, move };
}

/**
 * @param {SVGElement} picture
 * @param {Summary[]} runs
 * @param {Marks & { rungs: Rung[], curves: MethodCurve[] }} marks both of the run on screen
 * @param {(id: string) => void} open
 * @returns {(rung: number | null) => void} moves the ring to a rung, or takes it away
 */
export function drawDots(picture, runs, marks, open) {
  const { shown, rungs, curves } = marks;
  const sound = Boolean(shown?.sound); // sounds and clips have no axis in common
  const there = runs.filter(
    (run) => (speedOf(run) ?? null) !== null && Boolean(run.sound) === sound && decibelsOf(run) !== null,
  );
  const scale = scales(there, [...rungs, ...curves.flatMap(({ points }) => points)]);
  const curve = curveOf(scale, rungs);
  const like = there.filter((run) => !shown || alike(run, shown));
  const places = frontier(like, { speed, near }).map(
    (run) => `${scale.px(speed(run))},${scale.py(near(run))}`,
  );
  const line = shape("polyline", { points: places.join(" "), class: "frontier" });
  const dots = there.map((run) => dot(run, scale, marks, open));
  const others = linesOf(scale, curves);
  picture.replaceChildren(...axes(scale, sound), line, ...others, curve.line, ...dots, curve.ring);
  return curve.move;
}
