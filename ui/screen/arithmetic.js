// One call worked out in words, a sentence each: what it compared, what that came to, and what followed.
import shared from "../shared.js";
import { delta, num, sumText } from "../words/numbers.js";
import { t } from "../words/words.js";
import { reasonKey, truthOf } from "./explain.js";

/** @import { Columns, View } from "./types.js" */

/**
 * Whether the sum was held against the threshold, or a rule decided before that.
 * @param {string} reason
 */
export const isWeighed = (reason) => shared.reasons.weighed.includes(reason);

/**
 * The sum that a call started with: that of the branch's call before, unless it was computed.
 * @param {Columns} columns
 * @param {number} index
 */
export function sumBefore({ branch, computed, acc }, index) {
  const earlier = index > 0 ? branch.lastIndexOf(branch[index], index - 1) : -1;
  return earlier < 0 || computed[earlier] ? 0 : acc[earlier];
}

/**
 * The step whose residual a call reuses, counted from 1.
 * @param {Columns} columns
 * @param {number} index
 */
export function source({ branch, computed, step }, index) {
  for (let i = index - 1; i >= 0; i--) if (branch[i] === branch[index] && computed[i]) return step[i] + 1;
  return "–";
}

/**
 * The arithmetic of one call.
 * @param {View} view
 * @param {number} index
 */
export function arithmetic(view, index) {
  const c = view.columns;
  const [ind, est, reason] = [c.ind[index], c.est[index], c.reason[index]];
  const truth = truthOf(view, index);
  const values = {
    x: num(ind),
    y: num(est),
    sum: sumText(sumBefore(c, index), est, c.acc[index]),
    z: num(c.acc[index]),
    t: delta(view.threshold),
    r: source(c, index),
    o: num(truth),
  };
  const lines = [];
  if (ind !== null) lines.push(t("step_indicator", values));
  if (ind !== null && est !== null)
    lines.push(t(Math.abs(est - ind) < 1e-9 ? "step_naive" : "step_estimate", values));
  if (isWeighed(reason)) lines.push(t("step_sum", values), t(`step_${reason}`, values));
  else lines.push(t("step_rule", { why: t(reasonKey(view, index), values) }));
  if (truth !== null) lines.push(t("step_truth", values));
  return lines;
}
