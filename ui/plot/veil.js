// Veils what is still to come in the row of steps and in the lower plot, so that a reader can say what is
// next; the diagram asks for the last step that is seen.
import { el, one } from "../base/dom.js";
import { GEOMETRY } from "./axes.js";

const style = el("style", { id: "tc-veil" });
const curtain = el("div", { class: "tc-curtain", "aria-hidden": "true" });

let seen = Infinity;

/** The last step that is seen. */
export const lastSeen = () => seen;

/** Everything is seen again. */
export function unveil() {
  seen = Infinity;
  document.body.classList.remove("tc-veiled");
  style.remove();
  curtain.remove();
}

/**
 * Veils everything after step `last`.
 * @param {number} last
 * @param {number} steps
 */
export function veil(last, steps) {
  seen = last;
  document.body.classList.add("tc-veiled");
  style.textContent = `.tc-strip i.tc-cell:nth-of-type(n+${last + 2}) {
    background: var(--tc-field) !important;
    box-shadow: inset 0 0 0 1px var(--tc-line) !important;
    outline: none !important;
  }`;
  document.head.append(style);
  const plot = one(".tc-plot");
  const { left, right, top, bottom, lower } = GEOMETRY;
  const within = (/** @type {string} */ whole, /** @type {number} */ share) => `(100% - ${whole}) * ${share}`;
  // In shares of the plot, whose size may change while it is veiled: for an audience it stands elsewhere.
  Object.assign(curtain.style, {
    left: `calc(${left}px + ${within(left + right + "px", (last + 1) / steps)})`,
    right: right + "px",
    top: `calc(${top - 2}px + ${within(top + bottom + "px", 1 - lower)})`,
    bottom: bottom - 2 + "px", // the feet of bars, whatever the height is rounded to
  });
  if (!curtain.isConnected) plot.append(curtain);
}
