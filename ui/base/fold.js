// A fold that a hand or a key opens is brought into view. What stands above it stays; the page only scrolls,
// as far as shows all of it, or its beginning at the upper edge.
import { reducedMotion, within } from "./dom.js";
import { dockHeight } from "./sheet.js";

const EDGE = 8; // pixels to the edge of the window

/** @param {HTMLElement} fold */
function bring(fold) {
  const { top, bottom } = fold.getBoundingClientRect();
  const down = Math.min(bottom + EDGE - (innerHeight - dockHeight()), top - EDGE);
  if (down > 0) scrollBy({ top: down, behavior: reducedMotion() ? "auto" : "smooth" });
}

document.addEventListener("click", (event) => {
  const fold = within(event, "summary")?.parentElement;
  if (!(fold instanceof HTMLDetailsElement) || fold.open) return;
  // What is in it draws itself with it.
  fold.addEventListener("toggle", () => requestAnimationFrame(() => bring(fold)), { once: true });
});
