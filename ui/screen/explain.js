// One step in plain words, with its real numbers.
import { delta, num } from "../words/numbers.js";
import { branchName, t } from "../words/words.js";

/** @import { Table } from "../whatif/types.js" */
/** @import { View } from "./types.js" */

/** Variants that decide by one of them alone; published is neither. */
export const SINGLE = ["embedding", "latent"];

/**
 * What is compared from step to step: the signal that was recorded, or the one that the visitor chose
 * instead.
 * @param {Table} table
 */
export function signalOf({ signal, stands }) {
  if (signal !== "indicator") return signal;
  if (SINGLE.includes(stands.variant)) return stands.variant;
  return stands.latentFree ? "embedding" : signal;
}

/**
 * The actual change of the same call in the uncached run, if it was measured.
 * @param {View} view
 * @param {number} index
 */
export function truthOf({ columns: { step, branch }, base }, index) {
  if (base.step[index] === step[index] && base.branch[index] === branch[index]) return base.out[index];
  const place = base.step.findIndex((other, i) => other === step[index] && base.branch[i] === branch[index]);
  return place < 0 ? null : base.out[place];
}

/**
 * The key of the sentence that says why a call was computed or reused. In the uncached half of a run the
 * cache is off whatever the threshold is.
 * @param {View} view
 * @param {number} index
 */
export function reasonKey({ measuring, columns }, index) {
  const reason = columns.reason[index];
  return measuring && reason === "off" ? "say_uncached" : "say_" + reason;
}

/**
 * @param {View} view
 * @param {number} index
 */
function nameOf({ columns, run, lanes }, index) {
  const i = columns.step[index] + 1;
  if (lanes.length < 2) return t("say_step", { i });
  return t("say_branch", { i, branch: branchName(run.branches[columns.branch[index]]) });
}

/**
 * @param {View} view
 * @param {number | null} index
 */
export function explain(view, index) {
  const c = view.columns;
  if (index === null || c.step[index] === undefined) return null;
  const truth = truthOf(view, index);
  const name = nameOf(view, index);
  const values = {
    // A run under way has no table yet, and a saved report none.
    what: t("say_" + (view.table ? signalOf(view.table) : view.run.compared)),
    x: num(c.ind[index]),
    y: num(c.est[index]),
    z: num(c.acc[index]),
    t: delta(view.threshold),
    o: num(truth),
  };
  if (view.measuring && truth !== null && c.ind[index] !== null)
    return { name, text: t("say_measured", values) };
  const text = t(reasonKey(view, index), values);
  if (view.outcome?.wrong.has(index)) {
    return { name, text: text + " " + t(c.computed[index] ? "say_missed_computed" : "say_missed_reused") };
  }
  const measured = truth !== null && c.acc[index];
  return { name, text: measured ? text + " " + t("say_truth", values) : text };
}
