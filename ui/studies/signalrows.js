// The table of the compared signals, and what is said of it beside the paper.
import { el } from "../base/dom.js";
import { delta, fixed, isIdentical, psnrText, ssimText } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Facts } from "../screen/types.js" */
/** @import { SignalRow } from "./types.js" */

export const NAMES = ["embedding", "indicator", "latent", "uniform"];
const TIE = 1.02; // errors so near to each other are alike: another seed changes them more

/** @param {string} name */
export const nameOf = (name) => t(name === "uniform" ? "rival_uniform" : "by_" + name);
/** @param {SignalRow[]} rows */
export const isComplete = (rows) => rows.length === NAMES.length;

/** @param {SignalRow[]} rows */
const least = (rows) => Math.min(...rows.map(({ error }) => error));
/** @param {SignalRow[]} rows */
const winners = (rows) => rows.filter(({ error }) => error <= TIE * least(rows)).map(({ name }) => name);

/** @param {SignalRow[]} rows */
export function closestText(rows) {
  const won = winners(rows);
  const values = { what: won.map(nameOf).join(", "), error: fixed(least(rows), 3) };
  return t(won.length > 1 ? "signals_tied" : "signals_closest", values);
}

/**
 * @param {SignalRow} row
 * @param {number} worst error of all
 */
function cells(row, worst) {
  const share = Math.max(1, Math.round((100 * row.error) / (worst || 1)));
  const fill = el("i", { style: `width:${share}%`, "aria-hidden": "true" });
  const bar = el("span", { class: "tc-error" }, fill, fixed(row.error, 3));
  const near = isIdentical(row.psnr) ? [psnrText(row.psnr), ""] : [fixed(row.psnr, 1), ssimText(row.ssim)];
  const threshold = row.threshold === null ? "–" : delta(row.threshold);
  return [`${row.computed}/${row.calls}`, threshold, bar, ...near];
}

/** One line a signal, also where it has not been made yet. @param {SignalRow[]} rows */
export function tableRows(rows) {
  const worst = Math.max(...rows.map(({ error }) => error), 0);
  const won = isComplete(rows) ? winners(rows) : [];
  return NAMES.map((name) => {
    const row = rows.find((other) => other.name === name);
    const texts = row ? cells(row, worst) : ["–", "–", "–", "–", "–"];
    const head = el("th", { scope: "row" }, nameOf(name));
    return el(
      "tr",
      { class: won.includes(name) ? "winner" : "" },
      head,
      ...texts.map((cell) => el("td", {}, cell)),
    );
  });
}

/**
 * What the paper's table 2 found of the first two, which it compares without the polynomial.
 * @param {SignalRow[]} rows
 * @param {Facts["paper"]} theirs
 */
function paperText(rows, { Latte: latte, "Open-Sora": sora }) {
  const figures = { a: latte.indicator, b: latte.embedding, c: sora.indicator, d: sora.embedding };
  const values = Object.fromEntries(Object.entries(figures).map(([key, psnr]) => [key, fixed(psnr, 2)]));
  const [first, second] = ["indicator", "embedding"].map(
    (name) => rows.find((row) => row.name === name)?.error ?? NaN,
  );
  const tied = Math.max(first, second) <= TIE * Math.min(first, second);
  return t(tied ? "signals_paper" : first < second ? "signals_paper_same" : "signals_paper_other", values);
}

/**
 * Who missed the number of calls, and the paper.
 * @param {{ computed: number, rows: SignalRow[] }} entry
 * @param {Facts["paper"]} [theirs]
 */
export function remarks({ computed, rows }, theirs) {
  const missed = rows.filter((row) => row.computed !== computed).map(({ name }) => nameOf(name));
  return [
    missed.length ? t("signals_missed", { what: missed.join(", "), n: computed }) : "",
    theirs ? paperText(rows, theirs) : "",
  ].filter(Boolean);
}
