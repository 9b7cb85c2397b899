// In Simple, which leaves out the list of models: the small models that come with the app, each shown by the
// first of its recorded runs.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { RECORDED } from "./entrances.js";
import { t } from "../words/words.js";

/** @typedef {{ model: string, title: string, run: string }} World ui/page.py, _worlds */

/** @param {HTMLElement} root */
export function worldsPart(root) {
  /** @type {HTMLElement[]} */
  let buttons = [];
  /** @param {string} model */
  const press = (model) =>
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.model === model)));
  on("view", ({ run }) => press(run.about.model));

  /** @param {{ worlds: World[] }} value */
  return ({ worlds }) => {
    buttons = worlds.map(({ model, title, run }) => {
      const onclick = () => document.getElementById(RECORDED + run)?.click();
      return el(
        "button",
        { type: "button", "data-model": model, "data-tip": t("world_" + model), onclick },
        title,
      );
    });
    const group = { class: "tc-segments", role: "group", "aria-label": t("worlds") };
    root.replaceChildren(el("div", group, ...buttons));
  };
}
