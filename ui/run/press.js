// Run and Stop tell whether they can be pressed, to eyes, ears and keys alike. aria-disabled, not disabled:
// who pressed Run by key would lose the place on the page.
import { on } from "../base/bus.js";
import { within } from "../base/dom.js";
import { isEnding } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isBusy } from "../screen/view.js";
import { canOpen, mayBegin } from "./entrances.js";
import { expecting, stopping } from "./job.js";

const body = document.body.classList;

/** @type {Record<string, () => boolean>} */
const POSSIBLE = {
  "tc-run": () => !isBusy() && !body.contains("tc-cannot"),
  "tc-stop": isBusy,
};
function tell() {
  for (const [id, possible] of Object.entries(POSSIBLE)) {
    document.getElementById(id)?.setAttribute("aria-disabled", String(!possible()));
  }
  const recorded = document.querySelectorAll("#tc-recorded button"); // entrances.js says why
  for (const button of recorded) button.setAttribute("aria-disabled", String(!canOpen()));
}
on("view", tell);
new MutationObserver(tell).observe(document.body, { attributes: true, attributeFilter: ["class"] });

let isRepeat = false; // the press that was kept while the run before was still ending is made now
on("free", (again) => {
  isRepeat = again;
  if (again) document.getElementById("tc-run")?.click();
  isRepeat = false;
});

addEventListener(
  "click",
  (event) => {
    const button = within(event, "#tc-run, #tc-stop");
    if (!button || isRepeat) return;
    const possible = POSSIBLE[button.id]();
    const ending = isEnding(store.job); // then Gradio is to hear nothing
    const refused = possible && button.id === "tc-run" && !mayBegin();
    if (ending || !possible || refused) event.stopImmediatePropagation();
    if (!possible || refused) return;
    if (button.id === "tc-run")
      expecting(); // Gradio calls starting() a little later; a second press must not come between
    else if (ending) stopping();
  },
  true,
);
