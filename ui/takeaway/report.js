// The report of one run, without a server: a plot drawn here, the page's steps and player, and what it says
// of a step.
import { finite } from "../static/axes.js";
import { emit, on } from "../static/bus.js";
import { el, one, shape } from "../static/dom.js";
import { explain } from "../static/explain.js";
import { delta, num } from "../static/numbers.js";
import { playerPart } from "../static/player.js";
import { makeStrip, moved } from "../static/strip.js";
import "../static/theme.js";
import "../static/tooltip.js";
import { currentView, setRun } from "../static/view.js";
import { t } from "../static/words.js";

/** @import { Columns, Numbers, PackedRun, Playable, View } from "../static/types.js" */
/** @typedef {[top: number, bottom: number]} Half */

/** @type {{ board: PackedRun, player: Playable | null, shown: string }} */
const facts = JSON.parse(one("#data").textContent ?? "");
const BOX = { width: 960, left: 50, right: 64, height: 270 };
/** @type {Half} */
const UPPER = [18, 128];
/** @type {Half} */
const LOWER = [156, 250];
const INNER = BOX.width - BOX.left - BOX.right;
const BAR = 0.78;
const hatch = {
  id: "tc-hatch",
  width: 5,
  height: 5,
  patternUnits: "userSpaceOnUse",
  patternTransform: "rotate(45)",
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.body.classList.toggle("dark", dark.matches);
dark.addEventListener("change", follow);
follow();

/**
 * @param {View} view
 * @param {number} step
 */
const x = (view, step) => BOX.left + ((step + 0.5) / view.steps) * INNER;
/**
 * @param {Half} half
 * @param {number} share
 */
const y = ([top, bottom], share) => bottom - (bottom - top) * Math.min(1, Math.max(0, share));

/**
 * @param {View} view
 * @param {Columns} source
 * @param {Numbers} values
 * @param {number} high
 * @param {string} kind
 */
const lines = (view, source, values, high, kind) =>
  [...new Set(source.branch)].map((lane) => {
    const points = values.flatMap((value, i) => {
      if (value === null || source.branch[i] !== lane) return [];
      return [x(view, source.step[i]) + "," + y(UPPER, value / high)];
    });
    return shape("polyline", { points: points.join(" "), class: kind });
  });

/**
 * @param {Half} half
 * @param {number} high
 * @param {string} title
 */
function axis(half, high, title) {
  const ticks = [0, 0.5, 1].flatMap((share) => {
    const at = y(half, share);
    const text = shape("text", { x: BOX.left - 6, y: at + 4, "text-anchor": "end" }, num(high * share, 2));
    return [shape("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: at, y2: at, class: "grid" }), text];
  });
  return [...ticks, shape("text", { x: BOX.left, y: half[0] - 6, class: "title" }, title)];
}

/**
 * @param {View} view
 * @param {number} sum where the lower axis ends
 */
function bars(view, sum) {
  const { acc, step, branch, computed } = view.columns;
  const lanes = Math.max(1, view.run.branches.length);
  const width = (INNER / view.steps) * BAR;
  return acc.map((value, i) => {
    const top = y(LOWER, (value ?? 0) / sum);
    const left = x(view, step[i]) - width / 2 + (branch[i] * width) / lanes;
    const box = { x: left, y: top, width: width / lanes, height: LOWER[1] - top };
    return shape("rect", { ...box, class: computed[i] ? "computed" : "reused" });
  });
}

/** The whole height of a step answers the pointer. @param {View} view */
function areas(view) {
  const { step, branch } = view.columns;
  const width = INNER / view.steps / Math.max(1, view.run.branches.length);
  return step.map((place, i) => {
    const left = x(view, place) - INNER / view.steps / 2 + branch[i] * width;
    const point = () => emit("point", i);
    const given = { x: left, y: 0, width, height: BOX.height, class: "reach", "data-i": i };
    return shape("rect", { ...given, onmouseenter: point, onclick: point });
  });
}

/** @param {View} view */
function drawPlot(view) {
  const { columns, base, threshold } = view;
  const change = Math.max(1e-6, ...finite([...columns.est, ...base.out])) * 1.05;
  const highest = Math.max(...finite(columns.acc)) * 1.1;
  const sum = Math.max(threshold * 1.3, Math.min(highest, threshold * 3), 1e-6);
  const at = y(LOWER, threshold / sum);
  const right = BOX.width - BOX.right;
  const stripes = [
    shape("rect", { class: "soft", width: 5, height: 5 }),
    shape("rect", { class: "stripe", width: 2, height: 5 }),
  ];
  const picture = { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": t("plot_sum") };
  const drawn = shape(
    "svg",
    picture,
    shape("pattern", hatch, ...stripes), // as in the page's own plot: what is reused is hatched
    ...axis(UPPER, change, t("plot_change")),
    ...axis(LOWER, sum, t("plot_sum")),
    ...lines(view, base, base.out, change, "actual"),
    ...lines(view, columns, columns.est, change, "estimate"),
    ...bars(view, sum),
    shape("line", { x1: BOX.left, x2: right, y1: at, y2: at, class: "threshold" }),
    shape("text", { x: right + 6, y: at + 4, class: "delta" }, "δ " + delta(threshold)),
    ...areas(view),
  );
  one("#plot").replaceChildren(drawn);
}

const say = one("#say");
const strip = makeStrip(one("#strip"));
/** @type {number | null} */
let current = null;

/** @param {View} view */
function draw(view) {
  const said = explain(view, current);
  say.replaceChildren(...(said ? [el("b", {}, said.name + ": "), said.text] : [t("say_hint")]));
  strip.draw(view, current);
  for (const area of document.querySelectorAll("#plot .reach")) {
    area.classList.toggle("on", area.getAttribute("data-i") === String(current));
  }
}

/** A video as a file of its own: a browser does not seek within a data address. @param {string} address */
function asBlob(address) {
  const [, type, data] = address.match(/^data:([^;]+);base64,(.*)$/) ?? [];
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type }));
}

setRun(facts.board);
const view = currentView();
if (view) {
  on("point", (index) => {
    current = index;
    draw(view);
  });
  on("step", (move) => emit("point", moved(current, move, view.columns.step.length)));
  drawPlot(view);
  draw(view);
}
if (facts.player) {
  const src = facts.player.still || facts.player.sounds ? facts.shown : asBlob(facts.shown);
  playerPart(one("#player"))({ ...facts.player, src });
}
