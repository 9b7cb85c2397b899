// The way back to the run that was on screen before, for Simple, which has no list of runs: beside the line
// under the figures, and below the figure whose dots lead elsewhere.
import { el } from "../base/dom.js";
import { note } from "../base/toast.js";
import { t } from "../words/words.js";
import { ruleText } from "./dots.js";

/** @import { Summary } from "./types.js" */

/** @param {() => void} onclick */
export function wayBack(onclick) {
  const buttons = ["", "folded"].map((place) =>
    el("button", { type: "button", class: "tc-link tc-way-back " + place, hidden: true, onclick }),
  );
  const [beside, below] = buttons;
  let foreign = ""; // a run of another model that was asked for
  return {
    below,
    /**
     * @param {Summary | undefined} wanted
     * @param {Summary | undefined} shown
     */
    leave(wanted, shown) {
      foreign = wanted && shown && wanted.model !== shown.model ? wanted.run : "";
    },
    /** Another model never comes without a word. @param {string} run */
    arrive(run) {
      if (run === foreign) note(t("history_model"));
      foreign = "";
    },
    /** @param {Summary | undefined} former */
    draw(former) {
      if (!beside.isConnected) document.querySelector(".tc-line-row")?.append(beside);
      const key = former?.recorded ? "back_recorded" : "back_own";
      for (const button of buttons) {
        button.hidden = !former;
        button.textContent = former ? "← " + t(key, { rule: ruleText(former) }) : "";
      }
    },
  };
}
