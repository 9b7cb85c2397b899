// The way back to the run that was on screen before, for Simple, which has no list of runs: beside the line
// under the figures, and below the figure whose dots lead elsewhere.
import { el } from "../base/dom.js";
import { note } from "../base/toast.js";
import { t } from "../words/words.js";
import { ruleText } from "./dots.js";
import { watchForeign } from "./foreign.js";

/** @import { Summary } from "./types.js" */

/** @param {() => void} onclick */
export function wayBack(onclick) {
  const [beside, below] = ["", "folded"].map((place) => el("span", { class: "tc-way-back " + place }));
  const foreign = watchForeign();
  return {
    below,
    leave: foreign.leave,
    /** Another model never comes without a word. @param {string} run */
    arrive(run) {
      if (foreign.arrive(run)) note(t("history_model"));
    },
    /** In Lab, too, where the run on screen has nothing to show. @param {boolean} needed */
    offer(needed) {
      beside.classList.toggle("needed", needed);
    },
    /** @param {Summary | undefined} former */
    draw(former) {
      if (!beside.isConnected) document.querySelector(".tc-line-row")?.append(beside);
      for (const place of [beside, below]) {
        if (!former) place.replaceChildren();
        else if (place.firstChild?.textContent !== nameOf(former)) place.replaceChildren(button(former));
      }
    },
  };

  /** @param {Summary} former */
  function button(former) {
    return el("button", { type: "button", class: "tc-link", onclick }, nameOf(former));
  }
}

/** @param {Summary} former */
const nameOf = (former) =>
  "← " + t(former.recorded ? "back_recorded" : "back_own", { rule: ruleText(former) });
