// Clips of rivals in the player: one file, made by the server, so that they cannot drift apart.
import { emit } from "../base/bus.js";
import { store } from "../screen/store.js";
import { t } from "../words/words.js";

/**
 * Plays the clips of these methods side by side; says why not, or nothing.
 * @param {string} run
 * @param {string[]} order names of the methods
 * @param {string[]} captions
 */
export async function playTogether(run, order, captions) {
  const { still = false, fps, frames } = store.clip ?? {};
  const file = `lanes/${order.join("~")}.${still ? "png" : "mp4"}`;
  const src = `teacache/teach/${encodeURIComponent(run)}/${file}`;
  const refused = await fetched(src);
  if (refused) return refused;
  const links = [[still ? "save_pictures" : "save_video", src]];
  const value = { n: Date.now(), run, kind: "video", still, src, fps, frames };
  emit("play", { ...value, lanes: order.length, captions, links });
  return "";
}

/**
 * Has a file made; says why not, or nothing. The player asks again, and gets it from the browser's cache.
 * @param {string} src
 */
async function fetched(src) {
  try {
    const answer = await fetch(src);
    if (!answer.ok) return await answer.text();
    await answer.blob();
    return "";
  } catch {
    return t("history_offline");
  }
}
