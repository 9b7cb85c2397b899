// While a run is under way no other is put on screen, and while one is being opened none begins: states of
// both would mix. Every way in asks here.
import { on } from "../base/bus.js";
import { within } from "../base/dom.js";
import { note } from "../base/toast.js";
import { isEnding } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isBusy } from "../screen/view.js";
import { t } from "../words/words.js";

const LONGEST_MS = 20000; // a server that is gone answers nothing
export const RECORDED = "tc-run-"; // what the name of a recorded run's button begins with

/** @type {Map<string, ReturnType<typeof setTimeout>>} what was asked for and is not there yet, till when */
const openings = new Map();

/** @param {string} name of a run, or of what else brings one */
export function opens(name) {
  opened(name); // asked for again it has its time again
  openings.set(
    name,
    setTimeout(() => openings.delete(name), LONGEST_MS),
  );
}
/** It is there. @param {string} name */
export function opened(name) {
  clearTimeout(openings.get(name));
  openings.delete(name);
}
on("failed", () => [...openings.keys()].forEach(opened));

export const canOpen = () => !isBusy() && !isEnding(store.job);

/** Whether another run may be put on screen now; what is in the way is said. */
export function mayOpen() {
  if (canOpen()) return true;
  note(t("busy_open"));
  return false;
}

/** Whether a run may begin now; what is in the way is said. */
export function mayBegin() {
  if (!openings.size) return true;
  note(t("busy_opening"));
  return false;
}

// Before Gradio hears of it: capture comes first.
addEventListener(
  "click",
  (event) => {
    const chip = within(event, "#tc-recorded button");
    if (!chip) return;
    if (mayOpen()) opens(chip.id.slice(RECORDED.length));
    else event.stopImmediatePropagation();
  },
  true,
);
