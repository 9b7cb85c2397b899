// In a narrow window cards are sheets at the bottom, above the dock with threshold and Run.

/** @returns {boolean} */
export const isNarrow = () => innerWidth <= 820;

/** Pixels that the dock takes. */
export function dockHeight() {
  const parts = [...document.querySelectorAll("#tc-buttons, .form:has(> #tc-threshold)")];
  const fixed = parts.filter((part) => getComputedStyle(part).position === "fixed" && part.clientHeight);
  return Math.max(0, ...fixed.map((part) => innerHeight - part.getBoundingClientRect().top));
}
