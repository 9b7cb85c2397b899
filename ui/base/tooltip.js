// One tooltip for the page: Gradio's blocks clip what hangs out of them, this one is fixed to the window. It
// opens for a pointer that moved there, not for a page that moved under it, and beside what it explains.
import { el, within } from "./dom.js";

/** @typedef {{ left: number, top: number }} Spot */

const [GAP, EDGE] = [8, 8]; // pixels to what is explained, and to the edges of the window
/** What stays free where more is explained than is pointed at, and on which sides the tooltip is tried. */
const WHOLE = {
  ".tc-fig": ["below", "above"],
  ".tc-track, .tc-strip, [data-tip-beside]": ["above", "below"],
  ".tc-runs svg, .tc-scatter": ["right", "left", "above", "below"],
};

/** @type {HTMLElement | null} */
let bubble = null;
/** @type {HTMLElement | null} what is pointed at */
let current = null;
/** @type {HTMLElement | null} what it explains */
let explained = null;
/** @type {string | null} where the pointer was when it was last heard of */
let place = null;

/** @param {HTMLElement} target */
function wholeOf(target) {
  for (const [selector, sides] of Object.entries(WHOLE)) {
    const whole = target.closest(selector);
    if (whole) return { whole, sides };
  }
  return { whole: target, sides: ["above", "below"] };
}

/**
 * The first side on which there is room; where there is none, as near above what is pointed at as can be.
 * @param {HTMLElement} target
 * @param {DOMRect} own
 * @returns {Spot}
 */
function spotFor(target, { width, height }) {
  const { whole, sides } = wholeOf(target);
  const [at, box] = [target.getBoundingClientRect(), whole.getBoundingClientRect()];
  const [most, lowest] = [innerWidth - width - EDGE, innerHeight - height - EDGE];
  const left = Math.min(Math.max(EDGE, at.left + at.width / 2 - width / 2), most);
  const top = Math.min(Math.max(EDGE, at.top + at.height / 2 - height / 2), lowest);
  /** @type {Record<string, Spot>} */
  const spots = {
    above: { left, top: box.top - height - GAP },
    below: { left, top: box.bottom + GAP },
    left: { left: box.left - width - GAP, top },
    right: { left: box.right + GAP, top },
  };
  const all = sides.map((side) => spots[side]);
  const hasRoom = (/** @type {Spot} */ spot) =>
    spot.top >= EDGE && spot.top <= lowest && spot.left >= EDGE && spot.left <= most;
  return all.find(hasRoom) ?? { left, top: Math.max(EDGE, at.top - height - GAP) };
}

/** @param {HTMLElement} target */
function show(target) {
  if (!bubble) document.body.append((bubble = el("div", { class: "tc-tip", role: "tooltip", id: "tc-tip" })));
  current = explained = target;
  bubble.textContent = target.dataset.tip ?? "";
  bubble.classList.add("on");
  target.setAttribute("aria-describedby", "tc-tip");
  Object.assign(bubble.style, { left: "0", top: "0" }); // where it has all of its width
  const { left, top } = spotFor(target, bubble.getBoundingClientRect());
  Object.assign(bubble.style, { left: left + "px", top: top + "px" });
}
/** It is not wanted there, until the pointer has been elsewhere; another's words are no description of it. */
export function hideTip() {
  bubble?.classList.remove("on");
  explained?.removeAttribute("aria-describedby");
  explained = null;
}
function hide() {
  hideTip();
  current = null;
}

/** @param {MouseEvent} event */
function point(event) {
  const target = within(event, "[data-tip]");
  const now = `${event.clientX} ${event.clientY}`;
  const hasMoved = now !== place;
  place = now;
  if (target === current) return;
  hide();
  if (target && hasMoved) show(target);
}
/** By the keyboard; a press gives the focus to what is explained already. @param {FocusEvent} event */
function focus(event) {
  if (current && event.target === current) return;
  const target = within(event, "[data-tip]:focus-visible");
  hide();
  if (target) show(target);
}

document.addEventListener("mouseover", point);
document.addEventListener("mousemove", point);
document.addEventListener("touchstart", () => (place = null), { passive: true }); // a finger may come twice
document.addEventListener("focusin", focus);
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, true);
document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
