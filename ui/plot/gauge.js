// The accumulator at one call as a figure: the twin of `fill` in teacache/study/plot/accumulator.py.
import { put } from "./series.js";

/** @import { Figure } from "./filling.js" */

/**
 * @param {Figure} figure
 * @param {{ total: number, computed: boolean, threshold: number }} call and what was accumulated before it
 */
export function fill(figure, { total, computed, threshold }) {
  const end = Math.max(1e-9, threshold * figure.layout.meta.thresholds);
  const sum = Math.min(total, end);
  const at = (/** @type {number} */ x) => [{ x0: x, x1: x }];
  return put(figure, [{ kind: computed ? "computed" : "reused", x: [sum], y: [0] }], {
    ends: { xaxis: [0, end] },
    places: { sum: at(sum), edge: at(threshold), threshold: at(threshold) },
  });
}
