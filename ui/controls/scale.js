// Where on the slider a threshold lies: a place for each different schedule, so that a hand can choose among
// them; half of them lie in the first seventh of the thresholds. Pure.
import { find } from "../screen/schedule.js";

/** @import { Row } from "../screen/types.js" */

/**
 * @typedef {object} Scale
 * @property {number} last place; the first is 0, which is off
 * @property {(threshold: number) => number} placeOf
 * @property {(place: number) => number} thresholdAt the short number that stands for the place
 */

/**
 * A place for each row of a table.
 * @param {Row[]} rows
 * @returns {Scale}
 */
export const bySchedules = (rows) => ({
  last: rows.length,
  placeOf: (threshold) => (threshold > 0 ? find(rows, threshold) + 1 : 0),
  thresholdAt: (place) => (place > 0 ? rows[Math.min(place, rows.length) - 1][4] : 0),
});

const MOST = 0.1; // of the track that may be left out

/**
 * How much of the track is left out before and after the scale, so that a place lies where the hand left its
 * handle: another run has other schedules, and the place of the same threshold is some pixels away.
 * @param {number} share of the scale at which the place lies
 * @param {number} at where the handle was, in pixels
 * @param {number} width of the whole track
 */
export function insetsFor(share, at, width) {
  const left = share < 1 ? Math.max(0, (at - share * width) / (1 - share)) : 0;
  const right = share > 0 ? Math.max(0, width - at / share) : 0;
  return Math.max(left, right) > MOST * width ? { left: 0, right: 0 } : { left, right };
}

const PLACES = 200; // about the pixels of the slider

/**
 * Even steps up to a threshold, where no schedules are known.
 * @param {number} end
 * @returns {Scale}
 */
export const even = (end) => ({
  last: PLACES,
  placeOf: (threshold) => Math.round((threshold / end) * PLACES),
  thresholdAt: (place) => Number(((place / PLACES) * end).toPrecision(3)),
});

const ROUND = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const APART = 0.09; // of the track, from the middle of a number to the next: a phone's has room for it

/**
 * The numbers along a scale: both ends, and of the round thresholds between them those that have room.
 * @param {Scale} scale
 * @returns {{ threshold: number, share: number }[]} with the share of the track at which each lies
 */
export function numbersAlong({ last, placeOf, thresholdAt }) {
  const end = thresholdAt(last);
  const at = (/** @type {number} */ threshold) => ({ threshold, share: placeOf(threshold) / last });
  const numbers = [{ threshold: 0, share: 0 }];
  for (const each of ROUND.filter((threshold) => threshold < end).map(at)) {
    const before = numbers[numbers.length - 1].share;
    if (each.share - before >= APART && each.share <= 1 - APART) numbers.push(each);
  }
  return [...numbers, { threshold: end, share: 1 }];
}
