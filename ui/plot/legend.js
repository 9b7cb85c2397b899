// The legend names only what is drawn of the run on screen: a trace from elsewhere may hold no measured
// change, a what-if has none of its own; that mark's place is then taken by the one for changed steps, so
// that the legend does not grow. Where guidance makes two calls a step, it says which of them the faint lines
// are of.
import { el } from "../base/dom.js";
import { branchName, t } from "../words/words.js";
import { isByRule } from "./filling.js";

/** @import { View } from "../screen/types.js" */

/** Swatch, key of the text, key of the tip. */
const ITEMS = [
  ["estimate", "legend_est", "legend_est_tip"],
  ["actual", "legend_actual", "legend_actual_tip"],
  ["this", "legend_this", "legend_this_tip"],
  ["computed", "legend_computed", "fig_steps_tip"],
  ["reused", "legend_reused", "fig_steps_tip"],
  ["forced", "legend_forced", "legend_forced_tip"],
  ["faint", "legend_faint", ""],
  ["missed", "legend_missed", "legend_missed_tip"],
  ["changed", "legend_changed", "legend_changed_tip"],
];

/** The legend, and what draws it anew. */
export function makeLegend() {
  const items = ITEMS.map(([swatch, key, tip]) => {
    const attributes = tip
      ? { class: "tc-key tc-term", tabindex: 0, "data-tip": t(tip) }
      : { class: "tc-key" };
    return { swatch, node: el("span", attributes, el("i", { class: "tc-swatch " + swatch }), t(key)) };
  });
  /** @param {string} name */
  const item = (name) => /** @type {HTMLElement} */ (items.find(({ swatch }) => swatch === name)?.node);

  /** @param {View} view */
  function draw({ run, kind, columns }) {
    const { out, exact } = run.cached;
    const actual = run.uncached.out.some((value) => value !== null);
    const own = kind !== "whatif" && out.some((value, i) => value !== null && exact[i]);
    item("actual").hidden = kind !== "live" && !actual;
    item("this").hidden = kind !== "live" && !own;
    // Its place stays, for a hand that drags the threshold to 0 and back.
    item("forced").style.visibility = columns.reason.some(isByRule) ? "" : "hidden";
    const [, second] = run.branches;
    item("faint").hidden = !second;
    const text = item("faint").lastChild;
    if (second && text) text.textContent = t("legend_faint", { branch: branchName(second) });
  }
  return { node: el("div", { class: "tc-legend" }, ...items.map(({ node }) => node)), draw };
}
