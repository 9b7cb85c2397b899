// A run that was recorded at other thresholds too: what the slider shows of it, without Run.
import { emit, on } from "../base/bus.js";
import { one, whenThere } from "../base/dom.js";
import { currentFacts } from "../screen/facts.js";
import { refresh } from "../screen/view.js";
import { deltaBeside } from "../words/numbers.js";
import { pictureAt } from "./film.js";
import { claimOf, nearest } from "./rungs.js";

/** @import { Ladder } from "../library/types.js" */
/** @import { View } from "../screen/types.js" */
/** @import { Clip } from "./types.js" */

/**
 * The recordings of the run on screen, where a what-if by its own rules can be one of them.
 * @param {View} view
 */
export function ladderFor({ kind, run, table }) {
  return (kind === "whatif" && table?.rules === run.rules && currentFacts()?.ladder) || null;
}

const CAP = 100; // dB, of equal clips

/**
 * Where nothing is reused TeaCache makes the uncached clip, bit by bit: no recording is needed for that.
 * @param {View} view
 */
function uncachedOf({ kind, run, reused, threshold, columns }) {
  if (kind !== "whatif" || reused || typeof run.figures.psnr !== "number") return null;
  const frames = (currentFacts()?.psnr ?? []).map(() => CAP);
  const rung = { threshold, schedule: columns.computed.join(""), seconds: null, measured: null };
  const same = { ...rung, psnr: CAP, ssim: 1, frames };
  return { ladder: null, rung: same, place: null, exact: true, here: false, asked: threshold };
}

/**
 * What was recorded for a what-if by the run's own rules; null where nothing was, or the run itself is shown.
 * @param {View} view
 */
export function recordingOf(view) {
  const uncached = uncachedOf(view);
  if (uncached) return uncached;
  const { run, row, threshold } = view;
  const ladder = ladderFor(view);
  if (!ladder || !row) return null;
  const recording = nearest(ladder.rungs, threshold, row[2], run.controls.threshold);
  return recording && { ladder, ...recording, asked: threshold };
}
/** @typedef {NonNullable<ReturnType<typeof recordingOf>>} Recording */

/** Its threshold, told apart from the one that is asked for. @param {Recording} recording */
export const recordedDelta = ({ rung, asked }) => deltaBeside(rung.threshold, asked);

/** A what-if whose very steps were recorded. @param {View} view */
export const isRecorded = (view) => view.kind === "whatif" && claimOf(recordingOf(view)) === "exact";

/** The clips are fetched when a hand comes near the slider, before it moves. */
function fetchClips() {
  const ladder = currentFacts()?.ladder;
  if (ladder) pictureAt(ladder.src).catch(() => undefined); // the run's own clip stays, as without one
}
whenThere("tc-threshold", null, () => {
  for (const near of ["pointerenter", "focusin"]) one("#tc-threshold").addEventListener(near, fetchClips);
});

/**
 * What paints a frame of a recording, once its picture is there.
 * @param {Ladder} ladder
 * @param {number} place
 */
async function painterOf({ src, width, height, frames }, place) {
  const image = await pictureAt(src);
  /** @type {NonNullable<Clip["instead"]>} */
  const draw = (context, frame, wide, high) => {
    const left = Math.min(frame, frames - 1) * width;
    context.drawImage(image, left, place * height, width, height, 0, 0, wide, high);
  };
  return draw;
}

let latest = ""; // to the player

/** Another threshold shows its own clip, where one was recorded: news for the player. @param {View} view */
async function follow(view) {
  const recording = recordingOf(view);
  const { ladder = null, place = null } = recording ?? {};
  const key = recording ? [view.run.run, recordedDelta(recording), claimOf(recording)].join() : "";
  if (key === latest) return;
  latest = key;
  const nothing = { recording: null, painter: null };
  if (!ladder || place === null) return emit("recording", recording ? { recording, painter: null } : nothing);
  // Without its picture the run's own clip stays.
  const painter = await painterOf(ladder, place).catch(() => null);
  if (latest === key) emit("recording", painter ? { recording, painter } : nothing);
}
on("view", (view) => void follow(view));
on("facts", refresh); // a link may have opened at another threshold before they came
