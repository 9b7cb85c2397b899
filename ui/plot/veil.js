// Veils what is still to come in the row of steps and in the lower plot, so that a reader can say what is
// next; the diagram asks for the last step that is seen.
import { el, one } from "../base/dom.js";
import { GEOMETRY } from "./axes.js";

const style = el("style", { id: "tc-veil" });
/** @type {HTMLElement[]} */
let curtains = [];

let lastStep = Infinity;

/** The last step that is seen. */
export const lastSeen = () => lastStep;

/** Everything is seen again. */
export function unveil() {
  lastStep = Infinity;
  document.body.classList.remove("tc-veiled");
  style.remove();
  curtains.forEach((node) => node.remove());
}

/**
 * Of a plot whose size may change under it, since for an audience it stands elsewhere: that share of what
 * lies within its margins.
 * @param {number} first of the two margins, in pixels
 * @param {number} second
 * @param {number} share
 */
const within = (first, second, share) => `${first}px + (100% - ${first + second}px) * ${share}`;

/**
 * What lies over everything after step `last` in the lower half of a plot.
 * @param {number} last
 * @param {number} steps
 */
export function curtainOf(last, steps) {
  const { left, right, top, bottom, lower } = GEOMETRY;
  const node = el("div", { class: "tc-curtain", "aria-hidden": "true" });
  Object.assign(node.style, {
    left: `calc(${within(left, right, (last + 1) / steps)})`,
    right: right + "px",
    top: `calc(${within(top, bottom, 1 - lower)} - 2px)`,
    bottom: bottom - 2 + "px", // the feet of bars, whatever the height is rounded to
  });
  return node;
}

/**
 * The upper half shows its line to the end, and says nothing of those steps: it would tell their sums.
 * @param {HTMLElement} curtain
 */
function guardOf({ style: { left, right } }) {
  const { top, bottom, lower } = GEOMETRY;
  const node = el("div", { class: "tc-guard", "aria-hidden": "true" });
  Object.assign(node.style, { left, right, top: "0", height: `calc(${within(top, bottom, 1 - lower)})` });
  return node;
}

/**
 * Veils everything after step `last`.
 * @param {number} last
 * @param {number} steps
 */
export function veil(last, steps) {
  lastStep = last;
  document.body.classList.add("tc-veiled");
  style.textContent = `.tc-strip i.tc-cell:nth-of-type(n+${last + 2}) {
    background: var(--tc-field) !important;
    box-shadow: inset 0 0 0 1px var(--tc-line) !important;
    outline: none !important;
  }`;
  document.head.append(style);
  curtains.forEach((node) => node.remove());
  const curtain = curtainOf(last, steps);
  curtains = [curtain, guardOf(curtain)];
  one(".tc-plot").append(...curtains);
}
