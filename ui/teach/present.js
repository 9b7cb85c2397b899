// The tour for an audience: one lesson fills the screen, in type as large as fits; beside it stands the part
// of the page that it speaks of. Keys turn the lessons, as a presenter's remote does.
import { emit } from "../base/bus.js";
import { isNarrow } from "../base/sheet.js";

const [SMALLEST, LARGEST] = [13, 38]; // pixels of the type
const STAGE = "tc-staged";
const ACROSS = ".tc-mech"; // is drawn for the width of a window
const GAP = 20; // pixels between parts, and to the edges of the window
const body = document.body.classList;

let on = new URLSearchParams(location.search).get("present") === "1";

/** Whether the tour is shown to an audience. A phone has no room for that. */
export const isPresenting = () => on && !isNarrow();

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

let staged = "";

/** What is drawn for a width has another one now, and hears of it as of a window's. @param {string} now */
function tellSize(now) {
  if (now === staged) return;
  staged = now;
  requestAnimationFrame(() => dispatchEvent(new Event("resize")));
}

function clearStage() {
  for (const part of document.querySelectorAll("." + STAGE)) part.classList.remove(STAGE);
}

/** Everything stands where it stood. */
export function leaveStage() {
  clearStage();
  body.remove("tc-presenting");
  tellSize("");
}

/**
 * The parts that stand beside the card, one below the other.
 * @param {string[]} selectors
 */
export function takeStage(selectors) {
  clearStage();
  body.add("tc-presenting");
  tellSize(selectors.join());
  const parts = /** @type {HTMLElement[]} */ (
    selectors.flatMap((each) => document.querySelector(each) ?? [])
  );
  for (const part of parts) part.classList.add(STAGE);
  return parts;
}

/**
 * Puts the parts below each other: the diagram across the window, others in the column beside the text. Tells
 * where the text may begin, and where what the lesson draws itself.
 * @param {HTMLElement[]} parts
 */
export function placeStage(parts) {
  let [top, across] = [GAP, GAP];
  for (const part of parts) {
    part.style.setProperty("--stage-top", top + "px");
    top += part.getBoundingClientRect().height + GAP;
    if (part.matches(ACROSS)) across = top;
  }
  return { across, column: top };
}

/**
 * The largest type with which nothing of the card is cut.
 * @param {HTMLElement} card
 * @param {HTMLElement} body_ of the card
 */
export function fitType(card, body_) {
  let [low, high] = [SMALLEST, LARGEST];
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
