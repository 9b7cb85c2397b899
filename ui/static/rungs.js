// Recordings of one run at several thresholds. Pure.

/** @import { Rung } from "./types.js" */

const SAME = 0.005; // share of a threshold within which two are one to a hand

/**
 * The recording of a schedule or of its threshold; between two, the one that is nearer.
 * @param {Rung[]} rungs
 * @param {number} threshold
 * @param {string} schedule
 */
export function nearest(rungs, threshold, schedule) {
  const far = (/** @type {Rung} */ rung) => Math.abs(Math.log(Math.max(threshold, 1e-9) / rung.threshold));
  const same = rungs.find((rung) => rung.schedule === schedule);
  const rung = same ?? rungs.reduce((best, each) => (far(each) < far(best) ? each : best));
  return { rung, place: rungs.indexOf(rung), exact: Boolean(same) || far(rung) < SAME };
}
