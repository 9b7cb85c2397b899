// The figure of a run's polynomial: its curve over the pairs of the run, where it was calibrated and where it
// is negative; a new curve beside it, or the place of one call on it.
import shared from "../shared.js";
import { num } from "../words/numbers.js";
import { t } from "../words/words.js";
import { worded } from "./figure.js";
import { put } from "./series.js";

/** @import { Panel } from "../whatif/types.js" */
/** @typedef {Pick<Panel, "curve" | "ends">} Curve */
/** @typedef {{ x: number, y: number }} Point */

const empty = worded(shared.figures.polynomial);

/** Its own size, among others. */
export const polynomialLayout = empty.layout;

/**
 * A curve that is nowhere known has no points.
 * @param {string} kind
 * @param {Panel["curve"]} of
 */
function points(kind, of) {
  const pairs = of.filter(([, y]) => y !== null);
  return { kind, x: pairs.map(([x]) => x), y: pairs.map(([, y]) => y) };
}

/** @type {WeakMap<Panel["pairs"], ReturnType<typeof seriesOf>>} a hundred pairs take a while to write */
const written = new WeakMap();

/** What was measured in the run. @param {Panel["pairs"]} pairs */
function measured(pairs) {
  const series = written.get(pairs) ?? seriesOf(pairs);
  written.set(pairs, series);
  return series;
}

/** @param {Panel["pairs"]} pairs */
function seriesOf(pairs) {
  /** @param {Panel["pairs"][number]} pair */
  const text = ([step, x, y]) => `${t("say_step", { i: step + 1 })}: ${num(x)} → ${num(y)}`;
  return {
    kind: "pair",
    x: pairs.map(([, x]) => x),
    y: pairs.map(([, , y]) => y),
    text: pairs.map(text),
  };
}

/**
 * @param {Panel} panel
 * @param {{ fresh?: Curve | null, call?: Point | null }} [more]
 */
export function polynomialFigure(panel, { fresh = null, call = null } = {}) {
  const ends = [panel.ends, ...(fresh ? [fresh.ends] : [])];
  const right = Math.max(...ends.map((end) => end.right), call?.x ?? 0);
  const height = [Math.min(...ends.map((end) => end.bottom)), Math.max(...ends.map((end) => end.top))];
  /** @param {[number, number][]} spans */
  const bands = (spans) => spans.map(([low, high]) => ({ x0: low, x1: Math.min(high, right) }));
  const series = [measured(panel.pairs), points("estimate", panel.curve)];
  if (fresh) series.push(points("fresh", fresh.curve));
  if (call) series.push(points("call", [[call.x, call.y]]));
  return put(empty, series, {
    ends: { xaxis: [0, right], yaxis: height },
    places: { calibrated: bands(panel.range ? [panel.range] : []), negative: bands(panel.negative) },
  });
}
