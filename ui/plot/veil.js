// Veils what is still to come in the row of steps and in the lower plot, so that a reader can say what is
// next; the diagram asks for the last step that is seen.
import { el, one } from "../base/dom.js";
import { GEOMETRY } from "./axes.js";

const style = el("style", { id: "tc-veil" });
/** @type {HTMLElement | null} */
let curtain = null;

let lastStep = Infinity;

/** The last step that is seen. */
export const lastSeen = () => lastStep;

/** Everything is seen again. */
export function unveil() {
  lastStep = Infinity;
  document.body.classList.remove("tc-veiled");
  style.remove();
  curtain?.remove();
}

/**
 * What lies over everything after step `last` in the lower half of a plot, whose size may change under it:
 * for an audience it stands elsewhere.
 * @param {number} last
 * @param {number} steps
 */
export function curtainOf(last, steps) {
  const { left, right, top, bottom, lower } = GEOMETRY;
  const within = (/** @type {string} */ whole, /** @type {number} */ share) => `(100% - ${whole}) * ${share}`;
  const node = el("div", { class: "tc-curtain", "aria-hidden": "true" });
  Object.assign(node.style, {
    left: `calc(${left}px + ${within(left + right + "px", (last + 1) / steps)})`,
    right: right + "px",
    top: `calc(${top - 2}px + ${within(top + bottom + "px", 1 - lower)})`,
    bottom: bottom - 2 + "px", // the feet of bars, whatever the height is rounded to
  });
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
  curtain?.remove();
  curtain = curtainOf(last, steps);
  one(".tc-plot").append(curtain);
}
