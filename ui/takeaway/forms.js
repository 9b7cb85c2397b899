// A schedule as programs and people write it, of whatever the plot shows now; people count from 1. Pure.

/** @import { Columns } from "../screen/types.js" */

/**
 * Per step, computed if any of its calls is.
 * @param {Pick<Columns, "step" | "computed">} columns
 */
export function scheduleForms({ step, computed }) {
  /** @type {number[]} */
  const steps = [];
  step.forEach((place, i) => (steps[place] = steps[place] || Number(Boolean(computed[i]))));
  const mask = Array.from(steps, (any) => any || 0);
  return {
    bits: mask.join(""),
    steps: mask.flatMap((any, place) => (any ? [place + 1] : [])).join(", "),
    mask: "[" + mask.join(", ") + "]",
  };
}
