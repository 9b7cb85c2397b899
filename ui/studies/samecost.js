// The table of rivals that comes with every run: TeaCache and the schedules of the same cost.
import { on } from "../base/bus.js";
import { el, term } from "../base/dom.js";
import { thirdButton } from "../run/fewersteps.js";
import { store } from "../screen/store.js";
import { refresh } from "../screen/view.js";
import {
  decibelsOf,
  delta,
  fixed,
  isIdentical,
  nearnessOf,
  psnrText,
  ssimText,
  took,
} from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Nearness } from "../screen/types.js" */
/**
 * @typedef {{ name: string, computed: number, calls: number, seconds: number, disturbed: boolean } &
 *   Nearness} Row
 */
/** @typedef {{ names: string[], titles: Record<string, string>, closest: string[] }} Field */
/**
 * @typedef {Field & { run: string, rows: Row[], busy: boolean, wanted: boolean, uploaded?: boolean,
 *   stopped?: boolean }} Value
 */

const USUAL = ["teacache", "uniform", "fewer_steps"]; // which have sentences of this page's own
const NAMED = [...USUAL, "naive", "tea_embedding", "tea_latent", "planned"]; // whose names are words
/** @type {Field} before there is a run */
const NONE = { names: USUAL, titles: {}, closest: [] };

/**
 * @param {string} name
 * @param {Field} field
 */
const calledIn = (name, { titles }) => (NAMED.includes(name) ? t("rival_" + name) : (titles[name] ?? name));

/** Who came closest: one, several that share it, or all. @param {Field} field */
function verdictOf(field) {
  const { closest, names } = field;
  const titles = closest.map((name) => calledIn(name, field));
  if (closest.length === 1) {
    return USUAL.includes(closest[0]) ? t("win_" + closest[0]) : t("win_other", { what: titles[0] });
  }
  if (names.join() !== USUAL.join()) return t("win_several", { what: titles.join(", ") });
  return closest.length === names.length ? t("win_tie") : t("win_two", { a: titles[0], b: titles[1] });
}

/** @param {Value | null} value */
function keyOf(value) {
  if (!value) return "rivals_later";
  if (value.uploaded) return "rivals_upload";
  if (value.stopped) return "rivals_stopped";
  if (value.busy) return "rivals_busy";
  return value.wanted ? "rivals_later" : "rivals_none";
}

/**
 * Without the unit, which stands in the head or nowhere.
 * @param {Row} row
 */
function near(row) {
  if (isIdentical(decibelsOf(row))) return [psnrText(decibelsOf(row))];
  if (row.sound) return [fixed(row.sound.snr, 1), fixed(row.sound.log_spectral, 2)];
  return [fixed(row.psnr, 1), ssimText(row.ssim ?? NaN)];
}

/** @param {Row} row */
function cells(row) {
  const odd = { class: "disturbed", tabindex: 0, "data-tip": t("disturbed_seconds") };
  const seconds = el("td", row.disturbed ? odd : {}, took(row.seconds));
  const texts = near(row);
  const figures = texts.map((text) => el("td", { colspan: texts.length < 2 ? 2 : null }, text));
  return [el("td", {}, `${row.computed}/${row.calls}`), seconds, ...figures];
}

/**
 * @param {string} name
 * @param {Row | undefined} row
 * @param {Field} field
 */
function line(name, row, field) {
  const { closest, names } = field;
  const won = closest.length < names.length && closest.includes(name);
  const figures = row ? cells(row) : ["–", "–", "–", "–"].map((text) => el("td", {}, text));
  const heading = USUAL.includes(name) ? term("rival_" + name) : el("span", {}, calledIn(name, field));
  return el("tr", { class: won ? "winner" : "" }, el("th", { scope: "row" }, heading), ...figures);
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function rivalsPart(root, { trigger }) {
  const body = el("tbody");
  const verdict = el("p", { class: "tc-verdict", role: "status" });
  const equal = el("p", { class: "tc-note", hidden: true }, t("rivals_equal"));
  const names = ["col_computed", "col_seconds", "fig_psnr", "fig_ssim"];
  const heads = names.map((key) => el("th", { scope: "col" }, t(key)));
  const corner = el("th", { scope: "col", class: "name" }, el("span", { class: "tc-sr" }, t("col_rival")));
  const table = el("table", {}, el("thead", {}, el("tr", {}, corner, ...heads)), body);
  const whose = el("span", { class: "tc-note" });
  const title = el("h2", {}, term("rivals_title", "rivals_tip"), whose);
  root.append(el("div", { class: "tc-card tc-rivals" }, title, table, verdict, equal, thirdButton(trigger)));

  /** @type {Value | null} */
  let value = null;
  function draw() {
    const rows = value?.rows ?? [];
    const field = value?.names ? value : NONE;
    const figures = nearnessOf(rows[0] ?? {}).names;
    heads.slice(-2).forEach((cell, i) => (cell.textContent = t("fig_" + figures[i])));
    const rowOf = (/** @type {string} */ name) => rows.find((row) => row.name === name);
    body.replaceChildren(...field.names.map((name) => line(name, rowOf(name), field)));
    const key = keyOf(value);
    table.hidden = key === "rivals_upload";
    equal.hidden = !value?.closest.length;
    verdict.textContent = value?.closest.length ? verdictOf(value) : t(key);
    verdict.classList.toggle("busy", key === "rivals_busy");
  }
  /** @param {Value} next */
  function receive(next) {
    value = next;
    store.rivalsBusy = next.busy;
    draw();
    refresh();
  }
  on("view", ({ kind, run }) => {
    const other = kind === "whatif"; // the table is of the run, not of the what-if
    table.classList.toggle("dim", other);
    whose.textContent = other ? " " + t("rivals_whose", { t: delta(run.controls.threshold) }) : "";
  });
  on("stopped", () => {
    if (!value) return;
    const stopped = !value.rows.length; // before there was anything to compare
    if (value.busy || stopped) receive({ ...value, busy: false, stopped });
  });
  draw();
  return receive;
}
