// The button for a third video: as many steps as TeaCache computed, without a cache.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { isEnding } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isBusy, refresh } from "../screen/view.js";
import { t } from "../words/words.js";
import { mayBegin } from "./entrances.js";
import { engage } from "./job.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { View } from "../screen/types.js" */

/** @param {Host["trigger"]} trigger */
export function thirdButton(trigger) {
  const attributes = {
    type: "button",
    class: "tc-third",
    disabled: true,
    "data-tip": t("third_tip"),
    onclick: ask,
  };
  const button = el("button", attributes, t("third_ask"));
  /** @param {boolean} busy */
  function set(busy) {
    store.thirdBusy = busy;
    button.textContent = t(busy ? "third_busy" : "third_ask");
    refresh();
  }
  function ask() {
    if (!mayBegin()) return;
    set(true);
    engage();
    trigger("third", {});
  }
  /** @param {View} view */
  function draw({ run, kind }) {
    const there = store.lanes === 3 && !store.pair; // three clips of rivals are another matter
    const steps = run.cached.computed.reduce((a, b) => a + b, 0) / Math.max(1, run.branches.length);
    const finished = kind !== "live" && run.phase !== "stopped";
    // No clip to judge by; the card says so.
    button.hidden = run.phase === "uploaded" || run.about.videos === false;
    button.disabled = isBusy() || isEnding(store.job) || !finished || steps < 2 || there;
    button.classList.toggle("there", there);
    if (there) button.textContent = t("third_there");
    else if (!store.thirdBusy) button.textContent = t("third_ask");
  }
  on("view", draw);
  on("lanes", () => set(false));
  for (const news of ["failed", "stopped"]) on(news, () => store.thirdBusy && set(false));
  return button;
}
