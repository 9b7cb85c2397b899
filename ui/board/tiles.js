// The figures over the plot: steps, speedups, nearness, and the state of the run.
import { el, reword, term } from "../base/dom.js";
import { isRecorded, ladderFor, recordedDelta, recordingOf } from "../player/ladder.js";
import { progressOf } from "../screen/lanes.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isOfModel } from "../screen/view.js";
import { ALIKE, delta, deltaBeside, fixed, nearnessOf, num, speedText } from "../words/numbers.js";
import { localized, t } from "../words/words.js";

/** @import { Figures, View } from "../screen/types.js" */
/** @import { Recording } from "../player/ladder.js" */

/**
 * @typedef {object} More
 * @property {string} [beside] said beside the figure
 * @property {string} [tip] said after its explanation
 * @property {string} [as] the name of another figure, which stands here for a sound
 * @property {string} [whose] what the figure is of, where not all are of the same, in two lines
 * @property {boolean} [words] what stands in its place is no figure
 */

/** @param {string} name */
function makeTile(name) {
  const number = el("b", {}, "–");
  const note = el("small");
  const label = term("fig_" + name);
  const node = el("div", { class: "tc-fig", "data-fig": name }, number, label, note);
  /**
   * @param {string} text
   * @param {boolean} [dim] it is not of what is on screen
   * @param {More} [more]
   */
  function set(text, dim = false, { beside = "", tip = "", as = name, whose = "", words = false } = {}) {
    reword(number, text);
    number.classList.toggle("words", words);
    reword(note, whose || beside);
    note.classList.toggle("whose", Boolean(whose));
    reword(label, t("fig_" + as));
    label.dataset.tip = [t("fig_" + as + "_tip"), tip].filter(Boolean).join(" ");
    node.classList.toggle("dim", dim);
  }
  return { node, set };
}

/** Of two runs of the same work only the clock tells a difference. @param {View} view */
const isClockAlone = ({ reused, run: { figures } }) => Boolean(figures.measured) && !reused;

/**
 * What is to be said beside the measured speedup.
 * @param {View} view
 */
function markOf(view) {
  const { figures, baselineReused } = view.run;
  if (figures.probed || figures.disturbed) return t(figures.probed ? "not_timed" : "disturbed_mark");
  if (isClockAlone(view)) return t("clock_mark");
  return figures.measured && baselineReused ? t("earlier_mark") : "";
}

/** @param {Figures} figures */
function perceivedOf({ sound, lpips = null }) {
  if (sound) return "MR-STFT " + num(sound.stft, 2);
  return lpips === null ? "" : "LPIPS " + fixed(lpips, 3);
}

/** @param {View} view */
function stateOf(view) {
  if (isWaiting(store.job)) return "waiting";
  if (view.kind === "whatif") return isRecorded(view) ? "recorded" : "whatif";
  const { phase } = view.run;
  return phase === "done" && store.rivalsBusy ? "rivals" : phase;
}

/**
 * A figure of a recording of other steps than those on screen says whose it is.
 * @param {Recording} recording
 * @returns {More}
 */
function moreOf(recording) {
  if (recording.exact) return {};
  const at = recordedDelta(recording);
  const tip = t(recording.here ? "drifted_tip" : "ladder_tip", { t: at });
  return { whose: t("figure_at", { t: at }), tip };
}

/** What a run would tell of the threshold that is asked for, where there can be one. @param {View} view */
const isToBeRun = ({ run, table }) =>
  run.phase !== "uploaded" && !store.obstacle && table?.signal === "indicator" && isOfModel(run);

/**
 * Whose the steps of the what-if are, where other figures beside them are of a recording of others.
 * @param {View} view
 * @param {Recording | null} recording
 * @returns {More}
 */
function askedOf(view, recording) {
  if (view.kind !== "whatif" || !ladderFor(view) || recording?.exact) return {};
  if (recording?.here) return { whose: t("figure_foretold") };
  const { threshold } = recording?.rung ?? view.run.controls;
  return { whose: t("figure_at", { t: deltaBeside(view.threshold, threshold) }) };
}

/**
 * A figure of the run on screen. Where another threshold is asked for, nothing was measured there, and it
 * says who could; among recordings the run is one of them, and the nearest.
 * @param {View} view
 * @param {string} text
 * @param {More} more said of it where it is of what is on screen
 * @returns {[text: string, dim: boolean, more: More]}
 */
function owned(view, text, more) {
  if (view.kind !== "whatif") return [text, false, more];
  const { threshold } = view.run.controls;
  const recorded = ladderFor(view) !== null;
  const tip = t(recorded ? "ladder_tip" : "whatif_tip", { t: delta(threshold), value: text });
  const whose = t("figure_at", { t: deltaBeside(threshold, view.threshold) });
  if (recorded) return [text, true, { as: more.as, tip, whose }];
  const words = isToBeRun(view);
  return [words ? t("figure_after_run") : "–", true, { as: more.as, tip, words }];
}

/** The row of figures, and what draws it anew. */
export function makeTiles() {
  const steps = makeTile("steps");
  const ideal = makeTile("ideal");
  const measured = makeTile("measured");
  const psnr = makeTile("psnr");
  const ssim = makeTile("ssim");
  const state = el("b", { class: "tc-state" }, "–");
  const last = el(
    "div",
    { class: "tc-fig wide", "data-fig": "state" },
    state,
    el("span", {}, t("fig_state")),
  );
  const tiles = [steps, ideal, measured, psnr, ssim].map((tile) => tile.node);
  const node = el("div", { class: "tc-figures" }, ...tiles, last);

  /** @param {View} view @param {Recording | null} recording */
  function drawSpeeds(view, recording) {
    const { figures } = view.run;
    const none = !view.columns.step.length; // a run that has only begun
    const whose = askedOf(view, recording);
    const as = view.lanes.length > 1 ? "calls" : "steps"; // two calls a step, that of each branch
    steps.set(none ? "–" : `${view.computed} / ${view.computed + view.reused}`, false, { ...whose, as });
    const text = none || view.measuring ? "–" : fixed(view.total / Math.max(1, view.computed), 2) + "×";
    ideal.set(text, false, whose);
    const odd = figures.disturbed ? `${t("disturbed_tip")} ${localized(figures.disturbed)}` : "";
    const tip = odd || (isClockAlone(view) ? t("clock_tip") : "");
    if (recording && !recording.ladder) measured.set(ALIKE, false, { beside: t("figure_uncached") });
    else if (recording) measured.set(speedText(recording.rung), !recording.exact, moreOf(recording));
    else measured.set(...owned(view, speedText(figures), { beside: markOf(view), tip }));
  }
  /** @param {View} view @param {Recording | null} recording */
  function drawNearness(view, recording) {
    if (recording) {
      const { texts } = nearnessOf(recording.rung);
      psnr.set(texts[0], !recording.exact, moreOf(recording));
      ssim.set(texts[1], !recording.exact, moreOf(recording));
      return;
    }
    const { figures, about } = view.run;
    const soon = Boolean(about.seconds) && !figures.sound; // a sound that is not there yet
    const near = nearnessOf(soon ? { sound: { snr: null, log_spectral: null } } : figures);
    const tip = figures.lpipsReason ? localized(figures.lpipsReason) : "";
    const second = figures.sound || figures.ssim ? near.texts[1] : "–";
    const more = { beside: perceivedOf(figures), tip };
    psnr.set(...owned(view, near.texts[0], { as: near.names[0] }));
    ssim.set(...owned(view, second, { ...more, as: near.names[1] }));
  }
  /** @param {View} view */
  function draw(view) {
    const recording = recordingOf(view);
    drawSpeeds(view, recording);
    drawNearness(view, recording);
    const name = stateOf(view);
    reword(state, t("state_" + name, progressOf(view)));
    state.className = "tc-state " + name;
  }
  return { node, draw };
}
