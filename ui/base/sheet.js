// In a narrow window cards are sheets at the bottom, above the dock with threshold and Run.

/** @returns {boolean} */
export const isNarrow = () => innerWidth <= 820;

/** Pixels that the dock takes. */
export function dockHeight() {
  const parts = [...document.querySelectorAll("#tc-buttons, .form:has(> #tc-threshold)")];
  const fixed = parts.filter((part) => getComputedStyle(part).position === "fixed" && part.clientHeight);
  return Math.max(0, ...fixed.map((part) => innerHeight - part.getBoundingClientRect().top));
}

const ROOM = 8; // pixels to the dock, and to the upper edge

/**
 * How far down to scroll, so that a row comes to view and what stands above it stays there.
 * @param {{ bottom: number }} row
 * @param {{ top: number }} above
 * @param {number} edge of what is seen
 */
export const scrollFor = ({ bottom }, { top }, edge) =>
  Math.max(0, Math.min(bottom + ROOM - edge, top - ROOM));
