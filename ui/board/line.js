// The one sentence under the figures. It invites to what is on the screen, and to nothing else.
import { isNarrow } from "../base/sheet.js";
import { isToasted } from "../base/toast.js";
import { anotherIn } from "../controls/another.js";
import { ladderFor, recordingOf } from "../player/ladder.js";
import { claimOf } from "../player/rungs.js";
import { madeOf, progressOf } from "../screen/lanes.js";
import { level } from "../screen/level.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isOfModel } from "../screen/view.js";
import { neverReuses } from "../whatif/dial.js";
import { delta, deltaBeside, num, speedOf, speedText, took } from "../words/numbers.js";
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
    (another && anotherText(another, view)) ||
    neverReuses(view) ||
    whatIf(view) ||
    runLine(view)
  );
}

/**
 * What Run would show and the screen does not; the run of a trace that was brought along cannot be made here.
 * @param {string} another
 * @param {View} view
 */
function anotherText(another, { run }) {
  const key = "line_" + another;
  return run.phase === "uploaded" ? t(key + "_bare") : inviting(key, { t: delta(store.threshold ?? 0) });
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
 * In a narrow window there are two short rows for it.
 * @param {string} key
 * @param {Record<string, unknown>} values
 */
const fitting = (key, values) => t(isNarrow() ? key + "_narrow" : key, values);

/**
 * What stands beside the steps of a what-if, among recordings.
 * @param {View} view
 * @param {string} claim
 * @param {string} exactness
 */
function recordedText(view, claim, exactness) {
  const { threshold, run, total } = view;
  const recording = recordingOf(view);
  const at = recording?.rung.threshold ?? run.controls.threshold;
  const values = { exactness, t: deltaBeside(at, threshold), now: deltaBeside(threshold, at) };
  if (claim === "exact") return t("line_exact", values);
  if (claim === "nearest") return fitting("line_nearest", values);
  const m = recording ? madeOf(view, recording.rung.schedule) : 0;
  return fitting("line_drifted", { ...values, m, all: total });
}

/**
 * A what-if of the run's own signal, by rules that decide.
 * @param {View} view
 * @param {string} exactness
 */
function thresholdText(view, exactness) {
  const claim = claimOf(recordingOf(view));
  const now = delta(view.threshold);
  if (claim === "uncached") return fitting("line_all_computed", { t: now, exactness });
  if (ladderFor(view)) return recordedText(view, claim, exactness);
  return inviting(view.run.phase === "uploaded" ? "line_whatif_upload" : "line_whatif", {
    t: now,
    exactness,
  });
}

/** @param {View} view */
function whatIf(view) {
  const { kind, table, threshold } = view;
  if (kind === "same") return t("line_same");
  if (kind !== "whatif" || !table) return "";
  if (threshold === 0) return t("line_off");
  if (table.settings.schedule) return inviting("line_planned");
  const exactness = t(table.exact ? "exact" : "approximate");
  if (table.signal === "indicator") return thresholdText(view, exactness);
  const key = table.panel.naive ? "line_ablation_naive" : "line_ablation";
  return inviting(key, { exactness, signal: t("by_" + table.signal) });
}

/**
 * Of a run that something else slowed: what happened, what the speedup then is, what to do.
 * @param {Figures} figures
 */
export function slowedText(figures) {
  if (!figures.disturbed) return "";
  return speedOf(figures) ? t("line_disturbed", { x: speedText(figures) }) : t("line_disturbed_untold");
}

/**
 * What the two clips are there for, said to those who came just now; where there is room for it.
 * @param {View} view
 */
function seenText({ run, computed, reused }) {
  const isFirst = run.phase === "recorded" && level() === "simple" && isSteered();
  return isFirst && !isNarrow() ? t("line_seen", { reused, all: computed + reused }) : "";
}

/** @param {View} view */
function runLine(view) {
  const { run, table, reused } = view;
  const { figures } = run;
  if (figures.probed) return t("line_probed");
  const values = {
    ...progressOf(view),
    reused,
    device: run.about.device || "CPU",
    model: run.about.title || run.about.model,
    a: took(figures.uncachedSeconds),
    b: took(figures.cachedSeconds),
  };
  if (run.phase === "cached" && run.baselineReused) return t("line_cached_kept", values);
  // First what needs an answer: of a long line the end is cut. Two runs of the same work need no speedup.
  const none = table && !reused ? inviting("line_none", { t: num(table.first.threshold) }) : "";
  const invited = () => [seenText(view), inviting("line_" + run.phase, values)].filter(Boolean).join(" ");
  if (run.phase !== "done") return none || invited();
  const done = t(run.baselineReused ? "line_done_kept" : "line_done", values);
  return [none || slowedText(figures) || done, outcomeText(view)].filter(Boolean).join(" ");
}
