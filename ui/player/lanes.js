// What each lane of the player is, its seconds and how near it came; the second and third cost the same.
import { decibelsOf, delta, deltaBeside, fixed, took } from "../words/numbers.js";
import { t } from "../words/words.js";
import { claimOf } from "./rungs.js";

/** @import { Nearness, Run } from "../screen/types.js" */
/** @import { Playable } from "./types.js" */
/** @import { Recording } from "./ladder.js" */
/** @import { Mode } from "./stage.js" */

/** @param {Recording} recording */
function recordedAt(recording) {
  const claim = claimOf(recording);
  if (claim === "uncached") return t("ladder_uncached", { t: delta(recording.asked) });
  const values = {
    t: deltaBeside(recording.rung.threshold, recording.asked),
    s: took(recording.rung.seconds),
  };
  return t(claim === "nearest" ? "ladder_nearest" : "ladder_exact", values);
}

/**
 * @param {Playable} value
 * @param {Recording | null} [recording] of another threshold, shown in place of TeaCache's own clip
 * @param {number | null} [at] threshold of the clip, where the page asks for another one
 */
function namesOf({ labels = {}, slowed = {}, figures = {}, third, sounds }, recording = null, at = null) {
  // Beside a sound, whose own seconds are shown, the time it took is said in words. Seconds of a machine that
  // something else slowed say so: their ratio is not the speedup.
  /** @param {number | null | undefined} length @param {boolean} [isSlowed] */
  const seconds = (length, isSlowed = false) => {
    if (!length) return "";
    const s = took(length);
    const text = sounds ? ", " + t("made_in", { s }) : ` ${s} s`;
    return isSlowed ? `${text}, ${t("disturbed_word")}` : text;
  };
  /** @param {Nearness} of */
  const near = (of) => (third && decibelsOf(of) !== null ? ` · ${fixed(decibelsOf(of), 1)} dB` : "");
  const fewer = third ? t("third_name", { n: third.steps }) + seconds(third.seconds) + near(third) : "";
  const own = at === null ? "TeaCache" : t("lane_at", { t: delta(at) }) + " ·";
  return [
    t("uncached") + seconds(labels.uncached, slowed.uncached),
    recording ? recordedAt(recording) : own + seconds(labels.cached, slowed.cached) + near(figures),
    fewer,
  ];
}

/**
 * The same of the run before, without its figures: they would be taken for those of the run under way.
 * @param {Playable} value
 */
function formerNamesOf({ third, ...value }) {
  const bare = { ...value, labels: {}, figures: {}, third: third && { steps: third.steps, seconds: null } };
  return namesOf(bare).map((lane) => lane && t("lane_before", { lane }));
}

/**
 * @param {Playable} value
 * @param {{ old: boolean, recording: Recording | null, at: number | null }} shown
 */
export const namesFor = (value, { old, recording, at }) =>
  value.captions || (old ? formerNamesOf(value) : namesOf(value, recording, at));

/**
 * What stands under each picture of the stage, of which all but one way to compare have a single one.
 * @param {string[]} names
 * @param {{ mode: Mode, against: number, swapped: boolean }} shown
 */
export function captionsOf(names, { mode, against, swapped }) {
  const other = names[against];
  const wipe = names[0] + "  |  " + other;
  const first = { side: names[0], wipe, diff: t("difference_caption"), blink: swapped ? other : names[0] };
  return [first[mode], names[1], names[2]];
}

/** Why a stopped run shows nothing; its uncached clip may be there, for the next one. @param {Run} run */
export const whyStopped = ({ baselineReused }) =>
  baselineReused ? "no_video_stopped_kept" : "no_video_stopped";
