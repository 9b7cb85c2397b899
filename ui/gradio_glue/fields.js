// Where Gradio draws what belongs to a component of its own, by the component's id (checked with 6.31; each
// mark is held by tests/ui/gradio_glue/test_marks.py).
import { whenThere } from "../base/dom.js";

const LABEL = "[data-testid=block-info], label :is(span)";

/** A box for a number, within any of the components. */
export const NUMBER = "input[type=number]";

/**
 * The words of a component's label.
 * @param {string} id
 * @returns {HTMLElement | null}
 */
export const labelOf = (id) =>
  document.querySelector(`#${id} [data-testid=block-info]`) || document.querySelector(`#${id} label span`);

/** @param {string} id @param {() => void} f called once the label is there */
export const whenLabelled = (id, f) => whenThere(id, LABEL, f);

/**
 * The box for words.
 * @param {string} id
 * @returns {HTMLTextAreaElement | null}
 */
export const textBoxOf = (id) => document.querySelector(`#${id} textarea`);

/** @param {string} id @param {() => void} f called once the box is there */
export const whenTyped = (id, f) => whenThere(id, "textarea", f);

/**
 * The choices of a component with several.
 * @param {string} id
 * @returns {NodeListOf<HTMLInputElement>}
 */
export const choicesOf = (id) => document.querySelectorAll(`#${id} input`);

/** @param {string} id @param {() => void} f called once there is a choice */
export const whenChoices = (id, f) => whenThere(id, "input", f);

/** The open list of a dropdown. @param {Element | null} dropdown */
export const openListOf = (dropdown) => dropdown?.querySelector("ul") ?? null;
