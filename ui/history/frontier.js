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
  const front = falling.filter((run) => {
    if (near(run) <= best) return false;
    best = near(run);
    return true;
  });
  return front.reverse();
}

/**
 * TeaCache's line: the recordings of a run at other thresholds, and the run itself, which is one of them.
 * @template {{ threshold: number }} Point
 * @param {Point[]} rungs
 * @param {Point} own
 */
export const ladderLine = (rungs, own) =>
  rungs.length ? [...rungs, own].sort((a, b) => a.threshold - b.threshold) : [];

/**
 * @typedef {object} Asked
 * @property {string} model
 * @property {string} prompt
 * @property {number | null} seed
 * @property {number} steps
 * @property {(number | null)[]} size
 * @property {number | null} guidance
 */
const ASKED = /** @type {const} */ (["model", "prompt", "seed", "steps", "size", "guidance"]);

/**
 * In what two runs differ so that they cannot be compared, by name.
 * @param {Asked} a
 * @param {Asked} b
 */
export const differences = (a, b) => ASKED.filter((name) => String(a[name]) !== String(b[name]));

/** @param {Asked} a @param {Asked} b */
export const alike = (a, b) => !differences(a, b).length;

/**
 * The run on screen, of the visitor's own those that are like it, and what else of its model it is read
 * against.
 * @template {Asked} Run
 * @param {Run | undefined} current
 * @param {Run[]} own
 * @param {Run[]} others
 */
export function closest(current, own, others) {
  if (!current) return [];
  const ofItsModel = others.filter(({ model }) => model === current.model);
  const beside = [...ofItsModel, ...own.filter((run) => alike(run, current))];
  return [...beside.filter((run) => run !== current), current];
}
