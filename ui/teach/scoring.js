// How predictions are asked for and scored. Pure.

/** dB; from about there a difference is hard to see. */
export const FAITHFUL = 35;
/** dB that a guess may be off. */
export const NEAR_GUESS = 3;
const SLIPS = 1; // steps that a prediction may miss

/** @typedef {{ computed: boolean, weighed: boolean }} Weighed a call; its sum was held against delta */

/**
 * Where the `n` calls begin that are the most worth to predict: the sum starts at 0, it alone decides, and it
 * turns most often between computed and reused. Null where there is no such stretch.
 * @param {Weighed[]} calls
 * @param {number} n
 */
export function stretch(calls, n) {
  let [best, most] = [-1, 0];
  for (let start = 1; start + n <= calls.length; start++) {
    const part = calls.slice(start, start + n);
    if (!calls[start - 1].computed || !part.every(({ weighed }) => weighed)) continue;
    const turns = part.filter(({ computed }, i) => i > 0 && computed !== part[i - 1].computed).length;
    if (turns > most) [best, most] = [start, turns];
  }
  return best < 0 ? null : best;
}

/**
 * Which of some schedules is worth a prediction: the one that reuses next to `share` of its calls.
 * @template {{ schedule: string }} Known
 * @param {Known[]} schedules
 * @param {number} share
 */
export function worthAsking(schedules, share) {
  const far = (/** @type {Known} */ { schedule }) =>
    Math.abs([...schedule].filter((call) => call === "0").length / schedule.length - share);
  return schedules.reduce((/** @type {Known | null} */ best, each) => {
    return best === null || far(each) < far(best) ? each : best;
  }, null);
}

/**
 * How many steps were foretold; one slip is forgiven.
 * @param {boolean[]} marked as reused
 * @param {boolean[]} reused
 */
export function scoreSteps(marked, reused) {
  const same = reused.filter((is, i) => is === marked[i]).length;
  return { same, n: reused.length, right: same >= reused.length - SLIPS };
}

/**
 * How far a guess is off.
 * @param {number} guess
 * @param {number} truth
 */
export function scoreGuess(guess, truth) {
  const off = Math.abs(guess - truth);
  return { off, right: off <= NEAR_GUESS };
}

/** How many times fewer computations. @param {{ calls: number, computed: number }} point */
export const fewer = ({ calls, computed }) => calls / Math.max(1, computed);

/**
 * The point with the fewest computations among those of at least `limit` dB; of two alike the nearer clip.
 * @template {{ calls: number, computed: number, psnr: number }} Point
 * @param {Point[]} points
 * @param {number} limit
 */
export function fastest(points, limit) {
  const good = points.filter(({ psnr }) => psnr >= limit);
  return (good.length ? good : points).reduce((best, each) => {
    const gain = fewer(each) - fewer(best);
    return gain > 0 || (gain === 0 && each.psnr > best.psnr) ? each : best;
  });
}

/** The method with the highest PSNR. @param {Record<string, number>} psnr */
export const nearestOf = (psnr) =>
  Object.keys(psnr).reduce((best, name) => (psnr[name] > psnr[best] ? name : best));
