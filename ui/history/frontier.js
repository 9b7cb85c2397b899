// Which runs can be compared, and which of them no other beats. Pure.

/**
 * @template Run
 * @typedef {object} Measures
 * @property {(run: Run) => number} speed
 * @property {(run: Run) => number} near
 */

/**
 * Of some runs those that no other beats in both: the slowest and nearest first.
 * @template Run
 * @param {Run[]} runs
 * @param {Measures<Run>} measures
 */
export function frontier(runs, { speed, near }) {
  let best = -Infinity;
  const falling = [...runs].sort((a, b) => speed(b) - speed(a) || near(b) - near(a));
  const kept = falling.filter((run) => {
    if (near(run) <= best) return false;
    best = near(run);
    return true;
  });
  return kept.reverse();
}

/**
 * Runs of one model, of one prompt and noise at one number of steps can be compared.
 * @param {Asked} a
 * @param {Asked} b
 */
export const alike = (a, b) =>
  a.model === b.model && a.steps === b.steps && a.prompt === b.prompt && a.seed === b.seed;
/** @typedef {{ model: string, steps: number, prompt: string, seed: number | null }} Asked */
