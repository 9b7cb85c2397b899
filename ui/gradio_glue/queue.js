// The place in the queue, which Gradio tells nowhere but in the words of its status block: see place.js.
import { whenThere } from "../base/dom.js";
import { placeIn } from "./place.js";

/** @import { Place } from "./place.js" */

/**
 * Tells of every change of the place: Gradio counts seconds beside it, and writes them anew in every frame.
 * @param {string} id of the component that shows the status
 * @param {(place: Place | null) => void} onplace
 */
export function watchPlace(id, onplace) {
  whenThere(id, null, () => {
    const block = /** @type {HTMLElement} */ (document.getElementById(id));
    let before = "";
    const look = () => {
      const place = placeIn(block.textContent ?? "");
      const now = place ? `${place.i}/${place.n}` : "";
      if (now === before) return;
      before = now;
      onplace(place);
    };
    new MutationObserver(look).observe(block, { childList: true, subtree: true, characterData: true });
  });
}
