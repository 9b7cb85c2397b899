// Recordings of one run at several thresholds. Pure.

/** @import { Rung } from "../library/types.js" */

const SAME = 0.005; // share of a threshold within which two are one to a hand

/**
 * The recording of a schedule or of its threshold; between two, the one that is nearer. Null where the run
 * itself, of threshold `own`, is nearer than any.
 * @param {Rung[]} rungs
 * @param {number} threshold
 * @param {string} schedule
 * @param {number} own
 */
export function nearest(rungs, threshold, schedule, own) {
  const far = (/** @type {{ threshold: number }} */ to) =>
    Math.abs(Math.log(Math.max(threshold, 1e-9) / to.threshold));
  const same = rungs.find((rung) => rung.schedule === schedule);
  const rung = same ?? rungs.reduce((best, each) => (far(each) < far(best) ? each : best));
  if (!same && far({ threshold: own }) < far(rung)) return null;
  return { rung, place: rungs.indexOf(rung), exact: Boolean(same) || far(rung) < SAME };
}
