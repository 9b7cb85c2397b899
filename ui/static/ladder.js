// A run that was recorded at other thresholds too: what the slider shows of it, without Run.
import { emit, on } from "./bus.js";
import { one, whenThere } from "./dom.js";
import { currentFacts } from "./facts.js";
import { pictureAt } from "./film.js";
import { nearest } from "./rungs.js";
import { refresh } from "./view.js";

/** @import { Clip, View } from "./types.js" */

/**
 * What was recorded for a what-if by the run's own rules; null where nothing was, or the run itself is shown.
 * @param {View} view
 */
export function recordingOf({ kind, run, table, row, threshold }) {
  const ladder = currentFacts()?.ladder;
  if (!ladder || kind !== "whatif" || !table || !row || table.rules !== run.rules) return null;
  const found = nearest(ladder.rungs, threshold, row[2], run.controls.threshold);
  return found && { ladder, ...found };
}
/** @typedef {NonNullable<ReturnType<typeof recordingOf>>} Recording */

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
 * @param {Recording} recording
 */
async function painterOf({ ladder: { src, width, height, frames }, place }) {
  const image = await pictureAt(src);
  /** @type {NonNullable<Clip["instead"]>} */
  const draw = (context, frame, wide, high) => {
    const left = Math.min(frame, frames - 1) * width;
    context.drawImage(image, left, place * height, width, height, 0, 0, wide, high);
  };
  return draw;
}

let told = ""; // to the player

/** Another threshold shows its own clip, where one was recorded: news for the player. @param {View} view */
async function follow(view) {
  const recording = recordingOf(view);
  const key = recording ? `${recording.ladder.src} ${recording.place} ${recording.exact}` : "";
  if (key === told) return;
  told = key;
  const nothing = { recording: null, painter: null };
  if (!recording) return emit("recording", nothing);
  // Without its picture the run's own clip stays.
  const painter = await painterOf(recording).catch(() => null);
  if (told === key) emit("recording", painter ? { recording, painter } : nothing);
}
on("view", (view) => void follow(view));
on("facts", refresh); // a link may have opened at another threshold before they came
