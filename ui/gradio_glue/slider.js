// Gradio's own slider, which keeps the threshold (checked with 6.31). It takes a value from a hand alone:
// it is found among what Gradio has drawn, set as the browser would set it, and told so by its own events.
import { one, whenThere } from "../base/dom.js";
import { NUMBER } from "./fields.js";

const RANGE = "input[type=range]:not(.tc-scale)"; // .tc-scale is ours, laid over it

/** The box beside it, as a selector. */
export const SLIDER_NUMBER = `#tc-threshold ${NUMBER}`;

/** @returns {HTMLInputElement | null} */
export const sliderInput = () => document.querySelector(`#tc-threshold ${RANGE}`);

/** @param {(range: HTMLInputElement) => void} f called once the slider is there */
export const whenSlider = (f) => whenThere("tc-threshold", RANGE, () => f(one(`#tc-threshold ${RANGE}`)));

const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;

/**
 * @param {HTMLInputElement} range
 * @param {number} value
 */
export function setSlider(range, value) {
  setValue?.call(range, String(value));
  for (const name of ["input", "change"]) range.dispatchEvent(new Event(name, { bubbles: true }));
}

/**
 * Gradio writes the ends of its slider with a point, in every language.
 * @param {(value: number) => string} written a number as the page's language has it
 */
export function nameEnds(written) {
  for (const end of document.querySelectorAll("#tc-threshold :is(.min_value, .max_value)")) {
    const value = parseFloat(end.textContent ?? "");
    if (end.firstChild && !isNaN(value) && !end.textContent?.includes(","))
      end.firstChild.nodeValue = written(value);
  }
}
