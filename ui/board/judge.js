// What the what-if had foretold, against what the run then did. Pure; prediction.js keeps the score.

/** @import { Outcome, Run, View } from "../screen/types.js" */

/**
 * @typedef {object} Promised
 * @property {string} from the run it was read from
 * @property {string} schedule foretold, a letter per call
 * @property {string} asked what was asked for besides the rules
 * @property {string} rules
 * @property {number} threshold
 */

/**
 * What must be the same for a prediction to hold: prompt, noise and steps.
 * @param {Run} run
 */
const askedOf = ({ about, steps }) =>
  [about.model, about.prompt, about.seed, about.guidance, steps].join("\n");

/**
 * What a view foretells. Only another schedule than the recorded one is a prediction, and only one that a run
 * can follow: by the same indicator.
 * @param {View | null} view
 * @returns {Promised | null}
 */
export function promiseOf(view) {
  if (!view || view.kind !== "whatif" || !view.table || !view.row) return null;
  const { signal, stands, rules } = view.table;
  if (signal !== "indicator" || !stands.held) return null;
  const { run, row, threshold } = view;
  return { from: run.run, schedule: row[2], asked: askedOf(run), rules, threshold };
}

/**
 * How a finished run kept a promise; null where it was about something else.
 * @param {Promised} promised
 * @param {Run} run
 * @returns {Outcome | null}
 */
export function judge(promised, run) {
  const schedule = run.cached.computed;
  const fits =
    promised.asked === askedOf(run) &&
    promised.rules === run.rules &&
    promised.schedule.length === schedule.length &&
    Math.abs(promised.threshold - run.controls.threshold) < 1e-6;
  if (!fits) return null;
  const wrong = schedule.flatMap((computed, i) => (String(computed) === promised.schedule[i] ? [] : [i]));
  return {
    wrong: new Set(wrong),
    same: schedule.length - wrong.length,
    n: schedule.length,
    schedule: promised.schedule,
  };
}
