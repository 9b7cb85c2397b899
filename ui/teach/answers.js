// How an answer to a lesson's question is judged. Pure sums; the numbers are written for people.
import { most } from "../base/statistics.js";
import { delta, fixed, num } from "../words/numbers.js";
import { FAITHFUL, fastest, fewer } from "./scoring.js";

/** @import { Pair } from "../screen/types.js" */
/** @import { ThresholdPoint } from "./types.js" */
/**
 * @typedef {object} Verdict
 * @property {boolean} right
 * @property {Record<string, unknown>} values for the sentence about it, in the language of the moment
 * @property {boolean} [nearly] it counts as right, with a slip
 * @property {number} [off] how far a guess is off, for the score
 * @property {string} [variant] the end of the key of other words, for an answer of its own kind
 * @property {any} [given] what was answered, to be shown again with the verdict: a step, a dot, a guess
 */

// An answer that comes so near the extreme is nearly right: in a picture the two can hardly be told apart.
const NEAR_BEST = 0.9;
const NEAR_LEAST = 0.8;
const SAME_TIME = 1e-6; // two steps are as near to the middle as each other

/**
 * Right if the dot is the one whose `size` is greatest, as far as its figure is written; nearly if it is
 * almost as great.
 * @param {(pair: Pair) => number} size
 * @returns {(chosen: Pair, pairs: Pair[]) => Verdict}
 */
export const judgeDot = (size) => (chosen, pairs) => {
  const best = pairs[most(pairs, size)];
  const values = { i: chosen.step + 1, v: num(size(chosen)), best: best.step + 1, w: num(size(best)) };
  const nearly = size(chosen) >= NEAR_BEST * size(best) && values.v !== values.w;
  return { right: nearly || values.v === values.w, nearly, values, ...(nearly && { variant: "nearly" }) };
};

/**
 * Right if the real change of the step is the least of all, as far as its figure is written; nearly if it is
 * almost as small. The first step changed from nothing.
 * @param {number} step
 * @param {Pair[]} pairs
 * @returns {Verdict}
 */
export function judgeLeast(step, pairs) {
  const chosen = pairs.find((pair) => pair.step === step);
  const low = pairs.reduce((a, b) => (b.out < a.out ? b : a));
  const values = { i: step + 1, v: num(chosen?.out), best: low.step + 1, w: num(low.out) };
  if (chosen === undefined) return { right: false, values, variant: "unknown" };
  const nearly = chosen.out * NEAR_LEAST <= low.out && values.v !== values.w;
  return { right: nearly || values.v === values.w, nearly, values };
}

/**
 * Right if no step is nearer to halfway through the noise.
 * @param {number} step
 * @param {number[]} times of every step
 * @returns {Verdict}
 */
export function judgeHalf(step, times) {
  const half = (times[0] + times[times.length - 1]) / 2;
  const off = (/** @type {number} */ time) => Math.abs(time - half);
  return {
    right: off(times[step]) <= Math.min(...times.map(off)) + SAME_TIME,
    values: { i: step + 1, t: delta(times[step]), half: delta(half) },
  };
}

/** @param {ThresholdPoint} point */
const wordsOf = (point) => ({
  t: delta(point.threshold),
  x: fixed(fewer(point), 1),
  db: fixed(point.psnr, 1),
});

/**
 * Right if the threshold is the fastest of those that keep the clip near enough. Computed calls and PSNR come
 * out the same at every run, seconds do not.
 * @param {ThresholdPoint} chosen
 * @param {ThresholdPoint[]} points
 * @returns {Verdict}
 */
export function judgeThreshold(chosen, points) {
  const { t: bt, x: bx, db: bdb } = wordsOf(fastest(points, FAITHFUL));
  return {
    right: chosen === fastest(points, FAITHFUL),
    values: { ...wordsOf(chosen), bt, bx, bdb, limit: FAITHFUL },
  };
}
