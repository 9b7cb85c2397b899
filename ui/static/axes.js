// Where the axes of the run's plot lie and where they end, and round numbers for any axis. The plot and its
// light stand-in share this, so that nothing moves when the one takes over from the other. Draws nothing.
import { store } from "./store.js";

/** @import { Columns, Numbers, View } from "./types.js" */

/**
 * Pixels around the plot; shares of its height for both halves and, within the lower one, for what is marked.
 */
export const GEOMETRY = {
  left: 50,
  right: 64,
  top: 20,
  bottom: 24,
  upper: [0.57, 1],
  lower: [0, 0.41],
  forced: 0.07,
  gap: 0.86,
  gapSize: 22,
};

/** Share of a step that its bars take. */
export const BAR = 0.78;

/**
 * @param {Numbers} values
 * @returns {number[]}
 */
export const finite = (values) =>
  values.flatMap((value) => (value !== null && value !== undefined && isFinite(value) ? [value] : []));

// Within a run the ends only grow, or the plot would pump.
let kept = { key: "", upper: 0, lower: 0 };

/**
 * Where both axes end, so that they hold everything.
 * @param {View} view
 */
export function rangesOf(view) {
  const key = view.run.run + view.rules;
  if (kept.key !== key) kept = { key, upper: 0, lower: 0 };
  const { est, out, exact } = view.columns;
  const changes = finite([...est, ...view.base.out, ...out.filter((_, i) => exact[i])]);
  kept.upper = Math.max(kept.upper, (changes.length ? Math.max(...changes) : 0.1) * 1.08);
  // An axis that moved under the hand would run away from it.
  if (!store.dragging || !kept.lower) kept.lower = lowerEnd(view);
  return { upper: kept.upper, lower: kept.lower };
}

/**
 * The decision happens at the threshold: sums far above it are cut off, so that those near it can be told
 * apart.
 * @param {View} view
 */
function lowerEnd({ columns, threshold, kind }) {
  const all = Math.max(0, ...finite(columns.acc));
  const seen = threshold > 0 ? Math.min(all * 1.1, threshold * 3) : all * 1.1;
  return Math.max(kind === "live" ? kept.lower : 0, seen, threshold * 1.25, 1e-3);
}

/**
 * The calls whose bars go on above the axis.
 * @param {Columns} columns
 * @param {number} end
 */
export const cutOff = ({ acc }, end) => acc.flatMap((sum, i) => ((sum ?? 0) > end ? [i] : []));

/**
 * Every so many steps one is named.
 * @param {number} steps
 */
export const everyOf = (steps) => (steps > 20 ? 10 : steps > 10 ? 5 : 1);

/**
 * A round number near a rough one, not below it.
 * @param {number} rough
 */
function roundUp(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

/**
 * Round numbers from 0 to `end`, about as many as Plotly would label.
 * @param {number} end
 * @param {number} [wanted]
 */
export function roundTicks(end, wanted = 4) {
  const step = roundUp(end / wanted);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(6)),
  );
}

/**
 * Round numbers from `low` to `high`.
 * @param {number} low
 * @param {number} high
 * @param {number} wanted
 */
export function ticksBetween(low, high, wanted) {
  const step = roundUp((high - low) / wanted);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) {
    found.push(Number(value.toPrecision(6)));
  }
  return found;
}
