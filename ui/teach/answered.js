// What was answered in the tour: kept over a reload, until somebody forgets it.
import { keep, kept } from "../base/kept.js";

/** @import { Verdict } from "./answers.js" */
/**
 * @typedef {object} Answer
 * @property {boolean} right once
 * @property {number} tries
 * @property {string} run that the last one was about
 * @property {Verdict} verdict on the last one
 */

const KEY = "teacache-tour";
const KEY_LEFT = "teacache-tour-left";

/** @param {any} value */
const fits = (value) =>
  typeof value === "object" &&
  Object.values(value).every((answer) => Number.isInteger(answer?.tries) && answer.verdict?.values);

/** @type {Record<string, Answer>} by lesson */
let all = kept(KEY, {}, fits);

/** @param {string} id @returns {Answer | null} */
export const answerOf = (id) => all[id] ?? null;

/** How many questions were answered right. */
export const rightAnswers = () => Object.values(all).filter(({ right }) => right).length;

export const isAnyAnswered = () => Object.keys(all).length > 0;

/**
 * @param {string} id
 * @param {string} run
 * @param {Verdict} verdict
 */
export function noteAnswer(id, run, verdict) {
  const before = all[id];
  const right = verdict.right || Boolean(before?.right);
  all[id] = { right, tries: (before?.tries ?? 0) + 1, run, verdict };
  keep(KEY, all);
}

export function forgetAnswers() {
  all = {};
  keep(KEY, all);
  noteLeft(0);
}

let left = kept(KEY_LEFT, 0, Number.isInteger);

/** The lesson that was on screen last: the tour goes on with it; 0 where it begins. */
export const lessonLeft = () => left;

/** @param {number} lesson */
export function noteLeft(lesson) {
  left = lesson;
  keep(KEY_LEFT, left);
}
