// How an answer to a lesson's question is judged. Pure sums; the numbers are written for people.
import { delta, fixed, num, speedOf } from "./numbers.js";
import { most } from "./statistics.js";

/** @import { Pair, Summary } from "./types.js" */
/** @typedef {{ right: boolean, values: Record<string, unknown> }} Verdict */

const NEAR_BEST = 0.9; // an answer that comes so near the extreme counts: two steps may be as good as equal
const NEAR_LEAST = 0.8;
const NEAR_HALF = 0.04; // of all steps
/** dB; from about there a difference is hard to see. */
export const FAITHFUL = 30;

/**
 * Right if the dot is the one whose `size` is greatest, or as good as it.
 * @param {(pair: Pair) => number} size
 * @returns {(chosen: Pair, pairs: Pair[]) => Verdict}
 */
export const judgeDot = (size) => (chosen, pairs) => {
  const best = pairs[most(pairs, size)];
  const values = { i: chosen.step + 1, v: num(size(chosen)), best: best.step + 1, w: num(size(best)) };
  return { right: size(chosen) >= NEAR_BEST * size(best), values };
};

/**
 * Right if the real change of the step is the least of all, or as good as it.
 * @param {number} step
 * @param {Pair[]} pairs
 * @returns {Verdict}
 */
export function judgeLeast(step, pairs) {
  const chosen = pairs.find((pair) => pair.step === step);
  const low = pairs.reduce((a, b) => (b.out < a.out ? b : a));
  const values = { i: step + 1, v: num(chosen?.out), best: low.step + 1, w: num(low.out) };
  return { right: chosen !== undefined && chosen.out * NEAR_LEAST <= low.out, values };
}

/**
 * Right if the step is the one halfway through the noise, or near it.
 * @param {number} step
 * @param {number[]} times of every step
 * @returns {Verdict}
 */
export function judgeHalf(step, times) {
  const half = (times[0] + times[times.length - 1]) / 2;
  const best = most(times, (time) => -Math.abs(time - half));
  const near = Math.max(1, times.length * NEAR_HALF);
  return {
    right: Math.abs(step - best) <= near,
    values: { i: step + 1, t: delta(times[step]), half: delta(half) },
  };
}

/** @param {Summary} run */
const told = (run) => ({ s: fixed(speedOf(run), 2), db: fixed(run.psnr, 1) });
/** @param {Summary} run */
const isFaithful = ({ psnr }) => (psnr ?? 0) >= FAITHFUL;

/**
 * Right if the run is the fastest of the faithful ones.
 * @param {Summary} chosen
 * @param {Summary[]} runs
 * @returns {Verdict}
 */
export function judgeRun(chosen, runs) {
  const good = runs.filter(isFaithful);
  const best = (good.length ? good : runs).reduce((a, b) => ((speedOf(b) ?? 0) > (speedOf(a) ?? 0) ? b : a));
  const { s: bs, db: bdb } = told(best);
  return { right: chosen === best, values: { ...told(chosen), bs, bdb } };
}
