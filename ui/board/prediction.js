// What the what-if had foretold is marked on the steps of the run that followed, and counted over the visit.
import { on } from "../base/bus.js";
import { keep, kept } from "../base/kept.js";
import { t } from "../words/words.js";
import { judge, promiseOf } from "./judge.js";

/** @import { Outcome, View } from "../screen/types.js" */

const KEY = "teacache-foretold";
const NONE = { same: 0, calls: 0, runs: 0 };
const tally = kept(KEY, { ...NONE }, (value) =>
  Object.keys(NONE).every((name) => Number.isInteger(value[name])),
);

/** @type {Record<string, Outcome>} by run id */
const outcomes = {};
/** @type {import("./judge.js").Promised | null} */
let promised = null;

on("starting", (view) => (promised = promiseOf(view)));

/** @param {Outcome} outcome */
function count({ same, n }) {
  tally.same += same;
  tally.calls += n;
  tally.runs += 1;
  keep(KEY, tally);
}

/**
 * What was foretold for the run on screen, or null. A finished run is judged once.
 * @param {Pick<View, "run" | "kind">} view
 */
export function outcomeOf({ run, kind }) {
  // The next run, not the one on screen.
  if (promised && run.phase === "done" && run.run !== promised.from) {
    const outcome = judge(promised, run);
    promised = null;
    if (outcome) count((outcomes[run.run] = outcome));
  }
  return kind === "whatif" || kind === "live" ? null : outcomes[run.run] || null;
}

/** @param {Pick<View, "run" | "kind">} view */
export function outcomeText(view) {
  const outcome = outcomeOf(view);
  if (!outcome) return "";
  const { same, calls, runs } = tally;
  return t("line_confirmed", { ...outcome }) + " " + t("line_tally", { same, n: calls, runs });
}
