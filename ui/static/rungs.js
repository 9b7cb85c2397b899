// Recordings of one run at several thresholds. Pure.

/** @import { Rung } from "./types.js" */

/** @param {string} schedule */
const computedIn = (schedule) => schedule.split("1").length - 1;

/**
 * The recording for a schedule, or the one whose number of computed calls is nearest.
 * @param {Rung[]} rungs
 * @param {string} schedule
 */
export function nearest(rungs, schedule) {
  const wanted = computedIn(schedule);
  const far = (/** @type {Rung} */ rung) => Math.abs(computedIn(rung.schedule) - wanted);
  const exact = rungs.find((rung) => rung.schedule === schedule);
  const rung = exact ?? rungs.reduce((best, each) => (far(each) < far(best) ? each : best));
  return { rung, place: rungs.indexOf(rung), exact: Boolean(exact) };
}
