// A caption over some of the page's controls.
import { t } from "../words/words.js";
import { el } from "./dom.js";

/** @param {HTMLElement} root */
export const captionPart =
  (root) =>
  /** @param {{ text?: string, title?: string }} value a key, or a name that is the same in every language */
  ({ text, title }) =>
    root.replaceChildren(el("span", { class: "tc-caption" }, text ? t(text) : title));
