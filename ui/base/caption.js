// A caption over some of the page's controls.
import { t } from "../words/words.js";
import { el } from "./dom.js";

/** @param {HTMLElement} root */
export const captionPart =
  (root) =>
  /** @param {{ text: string }} value the key of what it says */
  ({ text }) =>
    root.replaceChildren(el("span", { class: "tc-caption" }, t(text)));
