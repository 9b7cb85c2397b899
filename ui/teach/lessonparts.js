// What the card of the tour is made of: words of a lesson, buttons, and where on the page it leads.
import { el, iconOf } from "../base/dom.js";
import { cellAt } from "../screen/cells.js";
import { language, t } from "../words/words.js";
import { answerOf } from "./answered.js";

/** @import { Icon } from "../base/dom.js" */
/** @import { View } from "../screen/types.js" */
/** @import { Lesson } from "./lessons.js" */

/**
 * The first of the words that there are, from the most particular on.
 * @param {Lesson} lesson
 * @param {string} name
 * @param {Record<string, unknown>} [values]
 * @param {string[]} [variants]
 */
export function textOf({ id }, name, values = {}, variants = []) {
  const keys = [
    ...variants.filter(Boolean).map((variant) => `tour_${id}_${name}_${variant}`),
    `tour_${id}_${name}`,
  ];
  const chosen = keys.find((key) => t(key) !== key) ?? keys[keys.length - 1];
  return t(chosen, values);
}

/**
 * @param {string} key
 * @param {() => void} onclick
 * @param {object} [more]
 */
export const button = (key, onclick, more = {}) =>
  el("button", { type: "button", class: "tc-button", onclick, ...more }, t(key));

/**
 * A button that checks a guess; then it takes the guess back, for another try. Who pressed it by key stays on
 * it.
 * @param {{ check: () => void, again: () => void, isChecked: boolean, disabled?: boolean }} guess
 */
export function checkButton({ check, again, isChecked, disabled = false }) {
  const press = () => {
    isChecked = !isChecked;
    node.textContent = t(isChecked ? "guess_again" : "guess_check");
    (isChecked ? check : again)();
  };
  const node = button(isChecked ? "guess_again" : "guess_check", press, { disabled });
  return node;
}

/**
 * @param {string} key
 * @param {Icon} icon
 * @param {() => void} onclick
 */
export const iconButton = (key, icon, onclick) =>
  el("button", { type: "button", class: "tc-icon", "aria-label": t(key), onclick }, iconOf(icon));

/**
 * @param {Lesson} lesson
 * @param {View} view
 */
export const lackOf = (lesson, view) => lesson.lacks?.(view) ?? "";

/**
 * Where pointing begins: at the first step that is not the answer.
 * @param {Lesson} lesson
 * @param {View} view
 */
export function awayFromAnswer(lesson, view) {
  const { steps } = lesson;
  if (!steps || lackOf(lesson, view)) return 0;
  const all = Array.from({ length: view.steps }, (_, step) => step);
  return Math.max(
    0,
    all.findIndex((step) => !steps(step, view).right),
  );
}

/**
 * What an answer is about: the run on screen, and its threshold where the question is of that. In another
 * language it is not said again: what is kept of it are words.
 * @param {View} view
 * @param {{ weighs?: boolean }} lesson
 */
export const placeOf = ({ run, threshold }, { weighs }) =>
  `${run.run} ${weighs ? threshold + " " : ""}${language}`;

/**
 * What was said of the last answer, if it was about what is on screen.
 * @param {Lesson} lesson
 * @param {View} view
 */
export function answerOn(lesson, view) {
  const answer = answerOf(lesson.id);
  return answer?.run === placeOf(view, lesson) ? answer.verdict : null;
}

/** The step of a cell that was pressed, whichever lane it is in. @param {Event} event */
export function stepOf(event) {
  const cell = cellAt(event);
  const lane = [...(cell?.parentElement?.querySelectorAll(".tc-cell") ?? [])];
  return cell ? lane.indexOf(cell) : null;
}

/**
 * Lights what a selector names, and tells from where to where that is.
 * @param {string | null} selector
 */
export function light(selector) {
  document.querySelectorAll(".tc-lit").forEach((lit) => lit.classList.remove("tc-lit"));
  const parts = (selector?.split(", ") ?? []).flatMap((each) => document.querySelector(each) ?? []);
  const all = parts.filter((part) => !part.closest("#tc-left"));
  if (!all.length) return null;
  for (const each of all) each.classList.add("tc-lit");
  const boxes = all.map((each) => each.getBoundingClientRect());
  return {
    top: Math.min(...boxes.map(({ top }) => top)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/**
 * Opens a panel that a lesson speaks of; it draws itself a moment later.
 * @param {string} selector
 * @param {() => void} then
 */
export function unfold(selector, then) {
  const fold = document.querySelector(`${selector} details`);
  if (!(fold instanceof HTMLDetailsElement) || fold.open) return;
  fold.addEventListener("toggle", () => requestAnimationFrame(then), { once: true });
  fold.open = true;
}
