// The player's keys: space, comma, full stop, b w d s for the ways to compare, x for the other ear.
import { isField, within } from "../base/dom.js";
import { isSound } from "./sound.js";

/** @import { Player } from "./player.js" */
/** @import { Mode } from "./stage.js" */

/** @type {Record<string, Mode>} */
const KEYS = { s: "side", w: "wipe", d: "diff", b: "blink" };

/** What a person types in; a slider is none. @param {EventTarget | null} at */
function isTyped(at) {
  if (at instanceof HTMLInputElement && at.type === "range") return false;
  return isField(at) || (at instanceof HTMLElement && at.isContentEditable);
}

/**
 * What a key does to the clip on screen.
 * @param {string} key
 * @param {Player} player
 * @returns {(() => void) | undefined}
 */
function actionOf(key, player) {
  const { clip } = player;
  const mode = KEYS[key];
  if (mode) return () => player.setMode(mode);
  if (!clip || clip.frames <= 1) return undefined;
  const ear = isSound(clip) ? clip.heard + 1 : 0;
  return {
    " ": () => player.toggle(),
    ",": () => player.step(-1),
    ".": () => player.step(1),
    x: () => player.hear(ear),
  }[key];
}

/** @param {Player} player */
export function listenToKeys(player) {
  // After Run by hand the space bar plays, where it would press Run again; pressed by key a button keeps its
  // focus.
  document.addEventListener("click", (event) => event.detail && within(event, "#tc-left button")?.blur());
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !player.clip || isTyped(target)) return;
    if (event.key === " " && target instanceof HTMLButtonElement) return; // the button's own
    const action = actionOf(event.key, player);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
