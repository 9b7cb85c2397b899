// The rows of steps: which branches of guidance are shown apart, which calls have a cell of their own, and in
// whose cell another call lies.
/** @import { Table } from "../whatif/types.js" */
/** @import { Columns, View } from "./types.js" */

/**
 * Whether the calls of every step are decided alike, as flags say of the calls.
 * @param {number[]} step of each call
 * @param {ArrayLike<number | string>} flags
 */
function isAlike(step, flags) {
  for (let i = 1; i < step.length; i++)
    if (step[i] === step[i - 1] && flags[i] !== flags[i - 1]) return false;
  return true;
}

/** @type {WeakMap<Table, boolean>} for no threshold do the calls of a step part */
const alikeIn = new WeakMap();

/** @param {Table} table @param {number[]} step */
function isAlikeInAll(table, step) {
  const known = alikeIn.get(table);
  if (known !== undefined) return known;
  const alike = table.rows.every(([, , schedule]) => isAlike(step, schedule));
  alikeIn.set(table, alike);
  return alike;
}

/**
 * The branches that are shown apart: none, but for the first, while no step tells them apart. With a table no
 * threshold may: the rows stay as many under the hand that drags it.
 * @param {string[]} branches
 * @param {Columns} columns
 * @param {Table} [table]
 */
export function lanesOf(branches, { step, computed }, table) {
  const isOne = isAlike(step, computed) && (!table || isAlikeInAll(table, step));
  return isOne ? branches.slice(0, 1) : branches;
}

/**
 * Whether a call is of a branch that is shown.
 * @param {Pick<View, "columns" | "lanes">} view
 * @param {number} index
 */
const isShown = ({ columns, lanes }, index) => columns.branch[index] < Math.max(1, lanes.length);

/**
 * How many calls are shown, how many of them computed: steps, where there is one row.
 * @param {Pick<View, "columns" | "lanes">} view
 */
export function countsOf(view) {
  const flags = view.columns.computed.filter((_, i) => isShown(view, i));
  const computed = flags.reduce((a, b) => a + b, 0);
  return { total: Math.max(flags.length, 1), computed, reused: flags.length - computed };
}

/** The call in whose cell a call lies. @param {View} view @param {number | null} index */
export function cellOf(view, index) {
  if (index === null || view.columns.step[index] === undefined || isShown(view, index)) return index;
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
export function progressOf({ run, lanes, computed, reused }) {
  const asOne = lanes.length > 1 ? 1 : Math.max(1, Math.round(run.calls / Math.max(1, run.steps)));
  return { i: computed + reused, n: Math.round(run.calls / asOne) };
}
