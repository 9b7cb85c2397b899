// Gradio's own slider, which keeps the threshold (checked with 6.31). It takes a value from a hand alone:
// it is found among what Gradio has drawn, set as the browser would set it, and told so by its own events.

/** @returns {HTMLInputElement | null} */
export const sliderInput = () => document.querySelector("#tc-threshold input[type=range]:not(.tc-scale)");

const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;

/**
 * @param {HTMLInputElement} range
 * @param {number} value
 */
export function setSlider(range, value) {
  setValue?.call(range, String(value));
  for (const name of ["input", "change"]) range.dispatchEvent(new Event(name, { bubbles: true }));
}
