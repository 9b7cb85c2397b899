// The small models that come with the app: each is opened by the first of its recorded runs, and of these
// only the ones of the model on screen are offered.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { t } from "../words/words.js";
import { RECORDED } from "./entrances.js";

/** @typedef {{ model: string, title: string, run: string }} World ui/page.py, _world */

/** @param {World} world */
function buttonOf({ model, title, run }) {
  const onclick = () => document.getElementById(RECORDED + run)?.click();
  const attributes = { type: "button", "data-model": model, "data-tip": t("world_" + model), onclick };
  return el("button", attributes, title);
}

/** @param {HTMLElement} root */
export function worldsPart(root) {
  /** @type {HTMLElement[]} */
  let buttons = [];
  /** @param {string} shown */
  function press(shown) {
    const models = buttons.map((button) => button.dataset.model);
    if (!models.includes(shown)) return; // a run of another model: the choice stays
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(models[i] === shown)));
    for (const model of models) {
      const chips = document.querySelectorAll(`#tc-recorded .tc-of-${model}`);
      chips.forEach((chip) => chip.classList.toggle("tc-elsewhere", model !== shown));
    }
  }
  on("view", ({ run }) => press(run.about.model));

  /** @param {{ worlds: World[] }} value */
  return ({ worlds }) => {
    buttons = worlds.map(buttonOf);
    const group = { class: "tc-segments", role: "group", "aria-label": t("worlds") };
    root.replaceChildren(el("div", group, ...buttons));
  };
}
