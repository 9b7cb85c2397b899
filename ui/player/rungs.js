// Recordings of one run at several thresholds. Pure.

/** @import { Rung } from "../library/types.js" */

const SAME = 1e-9; // two thresholds that are one

/**
 * The recording of a schedule; without one, that of the nearest threshold. `exact`: its steps are those asked
 * for. `here`: it is of the threshold asked for, though a replay foretold other steps. Null where the run
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
  return { rung, place: rungs.indexOf(rung), exact: Boolean(same), here: far(rung) < SAME };
}

/**
 * What may be said beside a what-if: that its very steps were recorded, that the recording of its threshold
 * took others, that the nearest one stands there, or that nothing is reused and no recording is needed.
 * @param {{ ladder: unknown, exact: boolean, here: boolean } | null} recording null: of the run itself
 */
export function claimOf(recording) {
  if (!recording) return "nearest";
  if (!recording.ladder) return "uncached";
  if (recording.exact) return "exact";
  return recording.here ? "drifted" : "nearest";
}
