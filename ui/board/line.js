// The one sentence under the figures. It invites to what is on the screen, and to nothing else.
import { isNarrow } from "../base/sheet.js";
import { isToasted } from "../base/toast.js";
import { anotherIn } from "../controls/another.js";
import { ladderFor, recordingOf } from "../player/ladder.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isOfModel } from "../screen/view.js";
import { neverReuses } from "../whatif/dial.js";
import { delta, num, speedOf, speedText } from "../words/numbers.js";
import { t } from "../words/words.js";
import { outcomeText } from "./prediction.js";

/** @import { Figures, View } from "../screen/types.js" */

/** Threshold and Run are there: a lesson may lie over both, and a link may leave them out. */
function isSteered() {
  const { hide = "" } = document.body.dataset;
  const isCovered = document.documentElement.hasAttribute("data-touring") && !isNarrow();
  return !isCovered && !/\b(left|run|threshold)\b/.test(hide);
}

/**
 * A sentence that says what to press or to drag next; without that where it is not on the screen.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
function inviting(key, values) {
  const bare = key + "_bare";
  return t(!isSteered() && t(bare) !== bare ? bare : key, values);
}

/**
 * What is said of a view: the first of these that has something to say.
 * @param {View} view
 */
export function lineOf(view) {
  if (isWaiting(store.job)) return store.place || t("line_waiting");
  const another = anotherIn(view);
  return (
    noticeHere() ||
    otherModel(view) ||
    (another && inviting("line_" + another)) ||
    neverReuses(view) ||
    whatIf(view) ||
    runLine(view)
  );
}

/** What could not be, once it is not said in large any more: never twice on one screen. */
export const noticeHere = () => (store.notice && !isToasted(store.notice) ? store.notice : "");

/**
 * The run on screen is not of the model that the next one is of.
 * @param {View} view
 */
function otherModel({ kind, run }) {
  if (kind === "live" || isOfModel(run)) return "";
  return store.obstacle ? t("line_other_cannot", { why: store.obstacle }) : inviting("line_other");
}

/**
 * What stands beside the steps of a what-if, among recordings: that of the threshold itself, or the nearest.
 * @param {View} view
 */
function recordedText(view) {
  const { table, threshold, run } = view;
  const recording = recordingOf(view);
  const exactness = t(table?.exact ? "exact" : "approximate");
  if (recording?.exact) return t("line_exact", { exactness });
  const at = recording ? recording.rung.threshold : run.controls.threshold;
  return inviting("line_nearest", { exactness, t: delta(at), now: delta(threshold) });
}

/** @param {View} view */
function whatIf(view) {
  const { kind, run, table, threshold } = view;
  if (kind === "same") return t("line_same");
  if (kind !== "whatif" || !table) return "";
  if (threshold === 0) return t("line_off");
  if (ladderFor(view)) return recordedText(view);
  const exactness = t(table.exact ? "exact" : "approximate");
  const uploaded = run.phase === "uploaded" ? "line_whatif_upload" : "line_whatif";
  const free = table.signal === "indicator" ? uploaded : "line_ablation";
  const key = table.settings.schedule ? "line_planned" : free;
  return inviting(key, { exactness, signal: t("by_" + table.signal), t: delta(threshold) });
}

/**
 * Of a run that something else slowed: what happened, what the speedup then is, what to do.
 * @param {Figures} figures
 */
export function slowedText(figures) {
  if (!figures.disturbed) return "";
  return speedOf(figures) ? t("line_disturbed", { x: speedText(figures) }) : t("line_disturbed_untold");
}

/** @param {View} view */
function runLine(view) {
  const { run, table, columns, reused } = view;
  const { figures } = run;
  if (figures.probed) return t("line_probed");
  const values = {
    i: columns.step.length,
    n: run.calls,
    reused,
    device: run.about.device || "CPU",
    model: run.about.title || run.about.model,
    a: num(figures.uncachedSeconds),
    b: num(figures.cachedSeconds),
  };
  if (run.phase === "cached" && run.baselineReused) return t("line_cached_kept", values);
  const none = table && !reused ? inviting("line_none", { t: num(table.first.threshold) }) : "";
  if (run.phase !== "done") return none || inviting("line_" + run.phase, values);
  const done = t(run.baselineReused ? "line_done_kept" : "line_done", values);
  return [slowedText(figures) || done, none, outcomeText(view)].filter(Boolean).join(" ");
}
