// Two runs of the history, compared with each other: what the player plays of them, and what is said of it.
import { shortened, t } from "../words/words.js";
import { gainText, ruleText } from "./dots.js";
import { differences } from "./frontier.js";

/** @import { Summary } from "./types.js" */

const SHOWN = 32; // signs of a prompt in a caption
/** What a run is, and of which prompt. @param {Summary} run */
export const caption = (run) =>
  [`${ruleText(run)}, ${gainText(run)}`, run.prompt && `“${shortened(run.prompt, SHOWN)}”`]
    .filter(Boolean)
    .join(", ");

/**
 * What is to be said of two runs between which more than the cache differs.
 * @param {Summary} a
 * @param {Summary} b
 */
export function cautionFor(a, b) {
  const what = differences(a, b).map((name) => t("unlike_" + name));
  return what.length ? t("history_unlike", { what: what.join(", ") }) : "";
}
/** @param {Summary} run */
export const sizeOf = ({ clip }) =>
  JSON.stringify([clip?.width, clip?.height, clip?.fps, clip?.frames, clip?.sound]);

/**
 * What the player plays of two runs: both TeaCache videos as one file, made by the server, so that they
 * cannot drift apart.
 * @param {Summary} a
 * @param {Summary} b
 */
export function pairOf(a, b) {
  const still = Boolean(a.clip?.still);
  const src = `teacache/pairs/${a.run}/${b.run}.${still ? "png" : "mp4"}`;
  const sounds = [a, b].map(({ run }) => `teacache/runs/${run}/cached.wav`);
  const { fps, frames, sound } = a.clip ?? {};
  return {
    n: Date.now(),
    kind: "video",
    still: still && !a.sound,
    src,
    fps,
    frames,
    ...(a.sound ? { sounds, ...sound } : {}),
    captions: ["A · " + caption(a), "B · " + caption(b)],
    links: [[still ? "save_pictures" : "save_video", src]],
  };
}
