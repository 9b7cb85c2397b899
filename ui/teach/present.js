// The tour for an audience: one lesson fills the screen, in type as large as fits. Keys turn the lessons, as
// a presenter's remote does, and a finger: swipe.js. What of the page stands beside the text: stage.js.
import { emit } from "../base/bus.js";

const SMALLEST = 13; // pixels of the type
const LARGEST = 0.043; // of the window's height

let on = new URLSearchParams(location.search).get("present") === "1";

/** Whether the tour is shown to an audience. */
export const isPresenting = () => on;

/** @param {boolean} wanted */
export function present(wanted) {
  on = wanted;
  if (!wanted && document.fullscreenElement) void document.exitFullscreen();
  emit("present", wanted);
}

/** The whole screen, or the window again. A browser may refuse it: the window is filled all the same. */
export async function toggleFullScreen() {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch (error) {
    console.warn("the window stays as it is:", error);
  }
}

/**
 * The largest type with which nothing of the card is cut.
 * @param {HTMLElement} card
 * @param {HTMLElement} body_ of the card
 */
export function fitType(card, body_) {
  let [low, high] = [SMALLEST, Math.max(SMALLEST, innerHeight * LARGEST)];
  const fits = (/** @type {number} */ size) => {
    card.style.setProperty("--present", size + "px");
    return body_.scrollHeight <= body_.clientHeight && body_.scrollWidth <= body_.clientWidth;
  };
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  fits(low);
}
