// The rows of steps: which calls have a cell of their own, and in whose cell another call lies.
/** @import { View } from "./types.js" */

/** Whether a call is of a branch that is shown. @param {View} view @param {number} index */
const isShown = ({ columns, lanes }, index) => columns.branch[index] < Math.max(1, lanes.length);

/** The call in whose cell a call lies. @param {View} view @param {number | null} index */
export function cellOf(view, index) {
  if (index === null || isShown(view, index)) return index;
  return view.columns.step.indexOf(view.columns.step[index]);
}

/**
 * From one call to another, by cells to either side; from none to the first or the last.
 * @param {View} view
 * @param {number | null} current
 * @param {number} move
 */
export function moved(view, current, move) {
  const calls = view.columns.step.flatMap((_, i) => (isShown(view, i) ? [i] : []));
  const place = calls.indexOf(cellOf(view, current) ?? -1);
  const from = place < 0 && move < 0 ? calls.length : place;
  return calls[Math.min(calls.length - 1, Math.max(0, from + move))];
}

/**
 * How many calls of a schedule are computed, as they are counted on screen.
 * @param {View} view
 * @param {string} schedule
 */
export const madeOf = (view, schedule) =>
  [...schedule].filter((flag, i) => flag === "1" && isShown(view, i)).length;

/** All calls, those without a cell too. @param {View} view */
export function workOf({ columns }) {
  const total = columns.computed.length;
  const computed = columns.computed.reduce((a, b) => a + b, 0);
  return { total, computed, reused: total - computed };
}

/** How far a run is, as its calls are counted on screen. @param {View} view */
export function progressOf({ run, computed, reused }) {
  const asOne = run.alike ? Math.max(1, Math.round(run.calls / Math.max(1, run.steps))) : 1;
  return { i: computed + reused, n: Math.round(run.calls / asOne) };
}
