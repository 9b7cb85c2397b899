// Whether the next run is of another prompt or another noise than the run on screen, by rules that compare
// what it did not record, or of another threshold than one that was stopped. Then nothing on the page answers
// to what was chosen until Run is pressed: the line under the figures says so, and Run stands out.
import { on } from "../base/bus.js";
import { store } from "../screen/store.js";
import { refresh } from "../screen/view.js";

/** @import { Run, View } from "../screen/types.js" */

/** @type {Record<string, unknown>} the controls' values by name; empty before Gradio told them */
let set = {};
on("controls", (values) => {
  set = values;
  refresh();
});
on("view", (view) => document.body.classList.toggle("tc-another", anotherIn(view) !== null));

/** @param {Run["about"]} about */
function promptOrSeed({ prompt, seed }) {
  if (set.prompt === undefined) return null;
  if (String(set.prompt ?? "").trim() !== prompt.trim()) return "prompt";
  return seed !== null && Number(set.seed) !== seed ? "seed" : null;
}

/**
 * What is asked for and not on screen, if anything is.
 * @param {View} view
 * @returns {"prompt" | "seed" | "rules" | "threshold" | null}
 */
export function anotherIn({ kind, threshold, table, run: { about, phase } }) {
  if (kind === "live") return null;
  if (table?.stands.held === false) return "rules";
  if (phase === "uploaded") return null;
  const isUnforeseen = phase === "stopped" && store.threshold !== threshold;
  return promptOrSeed(about) ?? (isUnforeseen ? "threshold" : null);
}
