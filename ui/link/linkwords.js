// What a link tells of the controls: what differs from the run on screen, or from what is usual. Pure.

/** @import { Run } from "../screen/types.js" */

/** The names that a link may hold. */
export const OURS = [
  ...[
    "run",
    "threshold",
    "model",
    "prompt",
    "seed",
    "steps",
    "guidance",
    "seconds",
    "estimator",
    "first",
    "last",
  ],
  ...[
    "most",
    "coefficients",
    "negative",
    "indicator",
    "mode",
    "planned",
    "tour",
    "present",
    "step",
    "show",
    "level",
  ],
];

/** @type {Record<string, string>} what a link leaves out, since it is what a run has without it */
const PLAIN = { indicator: "indicator", negative: "keep", first: "1", last: "1", most: "0" };

/** @type {Record<string, string>} controls that count beside one estimator alone */
const OF_ONE = { coefficients: "own", planned: "planned" };

/**
 * What the run on screen has of a control; undefined where it has none of the kind.
 * @param {string} name
 * @param {Run} run
 * @returns {unknown}
 */
function ownOf(name, { steps, about, controls }) {
  const { model, prompt, seed, guidance, seconds } = about;
  /** @type {Record<string, unknown>} */
  const own = { steps, model, prompt, seed, guidance, seconds };
  own.estimator = controls.planned ? "planned" : controls.naive ? "naive" : "calibrated";
  own.planned = controls.planned;
  own.first = controls.first;
  own.last = controls.last;
  own.most = controls.max;
  return own[name] ?? PLAIN[name] ?? "";
}

/** @param {unknown} value */
const isEmpty = (value) => value === null || value === undefined || value === "";

/**
 * @param {Record<string, unknown>} set the controls' values by name
 * @param {Run} run on screen
 * @param {number | null} threshold the slider's own, which is newer than the control's
 */
export function linkWords(set, run, threshold) {
  /** @type {Record<string, string>} */
  const words = {};
  for (const [name, value] of Object.entries(set)) {
    if (name === "threshold" || isEmpty(value) || !OURS.includes(name)) continue;
    const idle = name in OF_ONE && set.estimator !== OF_ONE[name];
    const usual = name !== "coefficients" && String(value) === String(ownOf(name, run));
    if (!idle && !usual) words[name] = String(value);
  }
  if (threshold !== null && Math.abs(threshold - run.controls.threshold) > 1e-9)
    words.threshold = String(threshold);
  return words;
}
