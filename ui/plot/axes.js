// Where the axes of the run's plot lie and where they end, and round numbers for any axis. Draws nothing.
import shared from "../shared.js";
import { store } from "../screen/store.js";

/** @import { View } from "../screen/types.js" */
/** @import { Ends } from "./filling.js" */

const { margin, yaxis2 } = shared.figures.run.layout;
const [, share] = yaxis2.domain;

/** Pixels around the plot, and the share of its height that the lower half has. */
export const GEOMETRY = { left: margin.l, right: margin.r, top: margin.t, bottom: margin.b, lower: share };

// Within a run the ends only grow, or the plot would pump.
let last = { key: "", upper: 0, lower: 0 };

/**
 * Where the axes end, after where they have ended.
 * @param {View} view
 * @param {Ends} ends
 * @returns {Ends}
 */
export function grown({ run, rules, kind }, ends) {
  const key = run.run + rules;
  if (last.key !== key) last = { key, upper: 0, lower: 0 };
  last.upper = Math.max(last.upper, ends.upper);
  // An axis that moved under the hand would run away from it.
  if (!store.dragging || !last.lower) last.lower = Math.max(kind === "live" ? last.lower : 0, ends.lower);
  return { upper: last.upper, lower: last.lower };
}

/**
 * A round number near a rough one, not below it.
 * @param {number} rough
 */
function roundUp(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

/**
 * Round numbers from `low` to `high`, about as many as Plotly would label.
 * @param {number} low
 * @param {number} high
 * @param {number} wanted
 */
export function ticksBetween(low, high, wanted) {
  const step = roundUp((high - low) / wanted);
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) {
    ticks.push(Number(value.toPrecision(6)));
  }
  return ticks;
}
