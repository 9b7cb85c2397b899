// How a rival is shown: what it is, folded under its name, and the strip of what it computed.
import { el } from "../base/dom.js";
import { delta, fixed } from "../words/numbers.js";
import { localized, t } from "../words/words.js";

/** @import { Sentence } from "../words/types.js" */

/**
 * ui/studies/rivals.py, _card.
 * @typedef {object} Method
 * @property {string} name
 * @property {string} title
 * @property {Sentence} about
 * @property {string} paper
 * @property {[name: string, about: Sentence, slow: number, fast: number][]} knobs
 * @property {Sentence | null} why it does not run here
 */

/**
 * A bar per call, as high as the part of it that was computed.
 * @param {number[]} shares
 * @param {number} calls
 */
export function strip(shares, calls) {
  const total = shares.reduce((a, b) => a + b, 0);
  const name = t("rivals_strip", { p: fixed((100 * total) / Math.max(1, calls), 0), n: shares.length });
  const height = (/** @type {number} */ share) => Math.max(2, Math.round(100 * Math.min(1, share)));
  const bars = shares.map((share) => el("i", { style: `--share:${height(share)}%` }));
  return el("span", { class: "tc-shares", role: "img", "aria-label": name, "data-tip": name }, ...bars);
}

/** @param {number} share */
export const percent = (share) => fixed(100 * share, 0) + " %";

/** What a method is, folded under its name. @param {Method} method */
export function aboutMethod({ title, about, paper, knobs, why }) {
  const lines = knobs.map(([name, text, slow, fast]) => {
    const span = slow === fast ? delta(slow) : delta(slow) + " – " + delta(fast);
    return el("li", {}, `${name} ${span}: ${localized(text)}`);
  });
  const ask = { class: "tc-method-ask", "aria-label": t("rivals_about", { what: title }) };
  const link = el("a", { href: paper, target: "_blank", rel: "noopener" }, t("rivals_paper"));
  const reason = why === null ? null : el("p", { class: "tc-note" }, localized(why));
  const text = el("p", {}, localized(about));
  return el("details", {}, el("summary", ask, "?"), text, reason, el("ul", {}, ...lines), link);
}
