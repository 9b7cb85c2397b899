// What the server says about what could not be, and the place in its queue.
import { emit } from "../base/bus.js";
import { whenThere } from "../base/dom.js";
import { toast } from "../base/toast.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { refresh } from "../screen/view.js";
import { localized, t } from "../words/words.js";
import { runFailed, settled } from "./job.js";

/** @import { Sentence } from "../types.js" */

/** A sentence about what could not be: the run on screen stays. Without one, all is well again. */
export const noticePart =
  () =>
  /** @param {{ error: Sentence | null }} value */
  ({ error }) => {
    if (!error) return settled();
    const sentence = localized(error);
    runFailed(sentence);
    toast(sentence);
    emit("failed");
  };

// Gradio tells the place in the queue in a block of its own; it is said again in the line under the figures.
// Everyone has a place for a moment, and without others it is the first: only who keeps one is told of
// others.
const KEPT_MS = 400;

/** @param {string | null} text Gradio's */
function placeOf(text) {
  const [, i, n] = /(\d+)\s*\/\s*(\d+)/.exec(text ?? "") ?? [];
  const waits = isWaiting(store.job) && i !== undefined && Number(i) <= Number(n); // "1/0" as the turn comes
  return waits ? t("line_queue", { i, n }) : "";
}

/** @param {HTMLElement} block */
function watchQueue(block) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let soon = null;
  /** @param {string} place */
  function say(place) {
    soon = null;
    store.place = place;
    if (isWaiting(store.job)) refresh();
  }
  const look = () => {
    const place = placeOf(block.textContent);
    if (place && !store.place) {
      soon = soon ?? setTimeout(() => say(place), KEPT_MS);
      return;
    }
    if (soon !== null) clearTimeout(soon);
    say(place);
  };
  new MutationObserver(look).observe(block, { childList: true, subtree: true, characterData: true });
}
whenThere("tc-status", null, () => {
  const block = document.getElementById("tc-status");
  if (block) watchQueue(block);
});
