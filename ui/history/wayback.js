// The way back to the run that was on screen before, for Simple, which has no list of runs: one, beside the
// line under the figures; it says of which model that run is.
import { el } from "../base/dom.js";
import { note } from "../base/toast.js";
import { t } from "../words/words.js";
import { ruleText } from "./dots.js";
import { watchForeign } from "./foreign.js";

/** @import { Summary } from "./types.js" */

/** @param {() => void} onclick */
export function wayBack(onclick) {
  const place = el("span", { class: "tc-way-back" });
  const foreign = watchForeign();
  return {
    leave: foreign.leave,
    /** Another model never comes without a word. @param {string} run */
    arrive(run) {
      if (foreign.arrive(run)) note(t("history_model"));
    },
    /** In Lab, too, where the run on screen has nothing to show. @param {boolean} needed */
    offer(needed) {
      place.classList.toggle("needed", needed);
    },
    /** @param {Summary | undefined} former */
    draw(former) {
      if (!place.isConnected) document.querySelector(".tc-line-row")?.append(place);
      if (!former) place.replaceChildren();
      else if (place.textContent !== nameOf(former)) place.replaceChildren(button(former));
    },
  };

  /** @param {Summary} former */
  function button(former) {
    return el("button", { type: "button", class: "tc-link", onclick }, nameOf(former));
  }
}

/** As the choice of a model has it. @param {string} model */
export const titleOf = (model) =>
  document.querySelector(`#tc-worlds [data-model="${model}"]`)?.textContent || model;

/** @param {Summary} former */
function nameOf(former) {
  const rule = `${titleOf(former.model)} ${ruleText(former)}`;
  return "← " + t(former.recorded ? "back_recorded" : "back_own", { rule });
}
