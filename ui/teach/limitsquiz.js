// Setups in which other ways do as well or better: the reader says which came nearest, then sees what did.
import { el } from "../base/dom.js";
import { store } from "../screen/store.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { onceButton } from "./lessonparts.js";
import { nearestOf } from "./scoring.js";

/** @import { Limit } from "../library/types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Check } from "./lessonfigures.js" */

const OURS = "teacache";
const USUAL = "usual"; // what the others are held against

const limits = () => store.course?.limits ?? [];
/** The setups that are asked about. */
export const unusual = () => limits().filter(({ name }) => name !== USUAL);
/** The setup that the model is usually run in. */
export const usual = () => limits().find(({ name }) => name === USUAL) ?? null;

/** @param {Limit} limit */
const setupOf = (limit) => ({
  n: limit.steps,
  k: limit.computed,
  shift: fixed(limit.shift, 0),
  prompts: limit.prompts,
});

/** What came of a setup, in figures; the nearest is marked. @param {Limit} limit */
function outcome({ name, psnr, spread, correlation, first, prompts }) {
  const best = nearestOf(psnr);
  const figures = Object.entries(psnr).map(([method, value]) => {
    const values = { what: t("rival_" + method), db: fixed(value, 1), first: first[method], prompts };
    return el("span", { class: method === best ? "best" : "" }, t("limit_figure", values));
  });
  const against = { u: fixed(usual()?.spread, 0), ur: fixed(usual()?.correlation, 2) };
  const own = { spread: fixed(spread, 0), r: fixed(correlation, 2), first: first[OURS], prompts };
  const why = el("p", { class: "tc-note" }, t(`limit_${name}_why`, { ...own, ...against }));
  return [el("p", { class: "tc-limit-figures" }, ...figures), why];
}

/** One setup: which of the methods came nearest? @param {Limit} limit @param {() => void} onchange */
function asked(limit, onchange) {
  /** @type {string | null} */
  let chosen = null;
  const options = Object.keys(limit.psnr).map((method) => {
    const onchosen = () => ((chosen = method), onchange());
    const attributes = { type: "radio", name: `tc-limit-${limit.name}`, value: method, onchange: onchosen };
    return el("label", {}, el("input", attributes), t("rival_" + method));
  });
  const after = el("div", { class: "tc-limit-after", "aria-live": "polite" });
  const title = el("legend", {}, t(`limit_${limit.name}`, setupOf(limit)));
  const node = el(
    "fieldset",
    { class: "tc-limit" },
    title,
    el("div", { class: "tc-limit-options" }, ...options),
    after,
  );
  const reveal = () => {
    node.disabled = true;
    node.classList.add(chosen === nearestOf(limit.psnr) ? "right" : "wrong");
    after.replaceChildren(...outcome(limit));
  };
  return { node, reveal, chosen: () => chosen };
}

/** @param {Check} check */
export function limitsQuiz(check) {
  if (!unusual().length) return null;
  const questions = unusual().map((limit) => asked(limit, () => (done.disabled = !isWhole())));
  const isWhole = () => questions.every(({ chosen }) => chosen() !== null);
  const done = onceButton(
    "guess_check",
    () => {
      questions.forEach(({ reveal }) => reveal());
      check(
        questions.map(({ chosen }) => chosen()),
        unusual(),
      );
    },
    { disabled: true },
  );
  return el("div", { class: "tc-guess tc-limits" }, ...questions.map(({ node }) => node), done);
}

/**
 * Right if the nearest was named in every setup but one.
 * @param {(string | null)[]} chosen
 * @param {Limit[]} all
 * @returns {Verdict}
 */
export function judgeLimits(chosen, all) {
  const k = all.filter(({ psnr }, i) => chosen[i] === nearestOf(psnr)).length;
  return { right: k >= all.length - 1, values: { k, n: all.length } };
}
