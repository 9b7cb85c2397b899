// On a phone the hand that takes the slider, which stays at the bottom, finds the row of steps above it: the
// page scrolls once, as the hand begins, and never so far that the clips leave the screen.
import { reducedMotion, within } from "../base/dom.js";
import { dockHeight, isNarrow, scrollFor } from "../base/sheet.js";

/** @param {HTMLElement} strip */
export function keepInView(strip) {
  document.addEventListener("pointerdown", (event) => {
    const clips = document.querySelector(".tc-stage");
    if (!within(event, ".tc-scale") || !isNarrow() || !clips || !dockHeight()) return;
    const edge = innerHeight - dockHeight();
    const top = scrollFor(strip.getBoundingClientRect(), clips.getBoundingClientRect(), edge);
    if (top > 0) scrollBy({ top, behavior: reducedMotion() ? "auto" : "smooth" });
  });
}
