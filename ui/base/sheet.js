// In a narrow window cards are sheets at the bottom, above the dock with threshold and Run.

/** @returns {boolean} */
export const isNarrow = () => innerWidth <= 820;

/** Pixels that the dock takes. */
export function dockHeight() {
  /** @type {HTMLElement | null} */
  const buttons = document.querySelector("#tc-buttons");
  return buttons && getComputedStyle(buttons).position === "fixed" ? buttons.offsetHeight : 0;
}
