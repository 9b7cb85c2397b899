// Setups in which other ways do as well or better: the reader says which came nearest, then sees what did.
import { el, one } from "../base/dom.js";
import { store } from "../screen/store.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { checkButton } from "./lessonparts.js";
import { nearestOf } from "./scoring.js";

/** @import { Limit } from "../library/types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Check } from "./lessonfigures.js" */

const [OURS, EVEN] = ["teacache", "uniform"];
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
  const [a, b] = [OURS, EVEN].map((method) => fixed(psnr[method], 1));
  const own = { spread: fixed(spread, 0), r: fixed(correlation, 2), first: first[OURS], prompts, a, b };
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
  const inputs = options.map((option) => /** @type {HTMLInputElement} */ (one("input", option)));
  const after = el("div", { class: "tc-limit-after", "aria-live": "polite" });
  const title = el("legend", {}, t(`limit_${limit.name}`, setupOf(limit)));
  const what = t(`limit_${limit.name}_what`);
  const node = el(
    "fieldset",
    { class: "tc-limit" },
    title,
    ...(what === `limit_${limit.name}_what` ? [] : [el("p", { class: "tc-note" }, what)]),
    el("div", { class: "tc-limit-options" }, ...options),
    after,
  );
  const reveal = () => {
    node.disabled = true;
    node.classList.add(chosen === nearestOf(limit.psnr) ? "right" : "wrong");
    after.replaceChildren(...outcome(limit));
  };
  /** @param {string | null} method */
  const choose = (method) => {
    chosen = method;
    for (const input of inputs) input.checked = input.value === method;
  };
  const again = () => {
    node.disabled = false;
    node.classList.remove("right", "wrong");
    after.replaceChildren();
    choose(null);
  };
  return { node, reveal, again, choose, chosen: () => chosen };
}

/** @param {Check} check @param {(string | null)[]} [given] what was chosen before, in each setup */
export function limitsQuiz(check, given) {
  if (!unusual().length) return null;
  const isWhole = () => questions.every(({ chosen }) => chosen() !== null);
  const questions = unusual().map((limit) => asked(limit, () => (done.disabled = !isWhole())));
  const judge = () => {
    const chosen = questions.map((question) => question.chosen());
    questions.forEach(({ reveal }) => reveal());
    check(chosen, unusual());
  };
  const again = () => {
    questions.forEach((question) => question.again());
    done.disabled = true;
    check(null);
  };
  const isChecked = given?.length === questions.length;
  const done = checkButton({ check: judge, again, isChecked, disabled: !isChecked });
  if (isChecked) {
    questions.forEach(({ choose, reveal }, i) => {
      choose(given[i]);
      reveal();
    });
  }
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
  const right = k >= all.length - 1;
  return { right, nearly: right && k < all.length, values: { k, n: all.length } };
}
