// Performance log: when a state came in and when it was on screen (performance.now()); bounded, read by
// benchmarks.

const MOST = 500;

/** @typedef {{ n: number, phase: string, received: number, painted: number }} Paint */

/** @type {Paint[]} */
export const paints = [];

/** When the last drawing of everything began. */
export const redrawn = { began: 0 };

/** @param {Paint} entry */
export function logPaint(entry) {
  paints.push(entry);
  if (paints.length > MOST) paints.shift();
}
