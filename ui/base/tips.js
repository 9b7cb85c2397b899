// The labels of Gradio's controls get their explanations, and the page's captions their words.
import { t } from "../words/words.js";
import { el, whenThere } from "./dom.js";

const NAMES = [
  ...[
    "threshold",
    "estimator",
    "planned",
    "coefficients",
    "indicator",
    "mode",
    "first",
    "last",
    "most",
    "negative",
  ],
  ...["seed", "steps", "guidance", "seconds", "demo", "model"],
];

/** @param {string} name */
function explain(name) {
  /** @type {HTMLElement | null} */
  const label =
    document.querySelector(`#tc-${name} [data-testid=block-info]`) ||
    document.querySelector(`#tc-${name} label span`);
  if (!label) return;
  label.dataset.tip = t(name === "model" ? "model_tip_list" : name + "_tip");
  label.classList.add("tc-term");
}
for (const name of NAMES)
  whenThere("tc-" + name, "[data-testid=block-info], label :is(span)", () => explain(name));

/** @param {HTMLElement} root */
export const captionPart =
  (root) =>
  /** @param {{ text?: string, title?: string }} value a key, or a name that is the same in every language */
  ({ text, title }) =>
    root.replaceChildren(el("span", { class: "tc-caption" }, text ? t(text) : title));
