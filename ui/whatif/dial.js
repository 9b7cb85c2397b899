// Under the slider: which thresholds give the same schedule, and where reuse begins.
import { on } from "../base/bus.js";
import { el, iconOf, reword } from "../base/dom.js";
import { goTo, neighbour } from "../controls/slider.js";
import { choicesOf, whenChoices } from "../gradio_glue/fields.js";
import { sliderInput } from "../gradio_glue/slider.js";
import { SINGLE, signalOf } from "../screen/explain.js";
import { isLive, isOfModel, refresh } from "../screen/view.js";
import { num } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Row, View } from "../screen/types.js" */
/** @import { Table } from "./types.js" */

/**
 * Two ends of a span, with as many digits as it takes to tell them apart.
 * @param {number} low
 * @param {number | null} high
 */
function span(low, high) {
  const digits = high === null ? 3 : [3, 4, 5, 6].find((d) => num(low, d) !== num(high, d)) || 6;
  return { low: num(low, digits), high: num(high, digits) };
}

/**
 * Why nothing is reused at any threshold, or at any that the slider reaches; else null.
 * @param {View} view
 */
export function neverReuses({ table, steps }) {
  if (!table) return null;
  const { threshold, obstacle } = table.first;
  const [firstSteps, lastSteps] = table.forced;
  if (threshold === null) return t("never_" + obstacle, { first: firstSteps, last: lastSteps, n: steps });
  const slider = sliderInput();
  const end = slider ? Number(slider.max) : Infinity;
  return threshold >= end ? t("never_here", { t: num(threshold), end: num(end) }) : null;
}

/**
 * What the what-if stands on.
 * @param {Table} table
 */
function standsOf(table) {
  const { signal, stands, exact } = table;
  const own = signal === "indicator";
  const what = t("by_" + signalOf(table));
  const published = own && !["default", ...SINGLE].includes(stands.variant);
  const exactness = exact ? "exact" : "approximate";
  const tip = [
    t(own ? "stands_tip" : "stands_tip_other", { what }),
    published ? t("stands_tip_published", { variant: stands.variant }) : "",
    t(exact ? "stands_tip_exact" : "stands_tip_approximate"),
    stands.held ? "" : t("stands_tip_asked", { asked: stands.asked }),
  ];
  const text = t(published ? "stands_published" : "stands", { what, exactness: t(exactness) });
  return { text, tip: tip.filter(Boolean).join(" ") };
}

/**
 * A signal that was not recorded cannot be chosen, and its label says why.
 * @param {Table} table
 */
function offer({ signals }) {
  for (const input of choicesOf("tc-indicator")) {
    input.disabled = !signals.includes(input.value);
    const label = input.parentElement;
    if (!label) continue;
    if (input.disabled) label.dataset.tip = t("signal_missing");
    else delete label.dataset.tip;
  }
}
whenChoices("tc-indicator", refresh);

/**
 * @param {string} name
 * @param {number} direction
 */
function turner(name, direction) {
  const onclick = () => neighbour(direction);
  const attributes = {
    type: "button",
    class: "tc-icon small",
    "aria-label": t(name),
    "data-tip": t(name),
    onclick,
  };
  return el("button", attributes, iconOf(direction < 0 ? "prev" : "next"));
}

/** @param {Row} row */
function sameText([low, high, schedule]) {
  const none = !schedule.includes("0") && high !== null;
  return t(none ? "none_reused" : high === null ? "same_schedule_open" : "same_schedule", span(low, high));
}

/** @param {HTMLElement} root */
export function dialPart(root) {
  /** @type {Row[]} */
  let rows = [];
  const toFirst = () => goTo(rows.findIndex((row) => row[2].includes("0")));
  const text = el("span", { class: "tc-same" }, t("no_table"));
  const attributes = {
    type: "button",
    class: "tc-first tc-term",
    "data-tip": t("reuse_tip"),
    onclick: toFirst,
  };
  const first = el("button", attributes);
  const [back, forth] = [turner("schedule_prev", -1), turner("schedule_next", 1)];
  const ground = el("span", { class: "tc-stands tc-term", tabindex: 0, "data-tip": "" });
  root.append(
    el("div", { class: "tc-dial" }, back, el("div", {}, text, first), forth),
    el("div", { class: "tc-ground" }, ground),
  );

  /** @param {View} view */
  function draw(view) {
    const { run, table, row, rowIndex = -1 } = view;
    rows = table ? table.rows : [];
    back.disabled = !table || rowIndex <= 0;
    forth.disabled = !table || rowIndex === rows.length - 1;
    first.hidden = ground.hidden = !table;
    if (!table || !row) {
      const other = !isOfModel(run);
      text.textContent = isLive() ? "" : t(other ? "no_table_other" : "no_table");
      return;
    }
    offer(table);
    const stands = standsOf(table);
    reword(ground, stands.text);
    ground.dataset.tip = stands.tip;
    reword(text, sameText(row));
    const never = neverReuses(view);
    reword(first, never ? t("never_short") : t("first_reuse", { t: num(table.first.threshold) }));
    first.dataset.tip = never || t("reuse_tip");
  }
  on("view", draw);
}
