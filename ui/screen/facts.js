// What the teaching parts know of a finished run besides its columns: timesteps, frames' fidelity, times of
// calls, previews. Asked of the server once per run; the rest are small sums over the columns.
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { whenThere } from "../base/dom.js";
import { recordedKey, t } from "../words/words.js";
import { store } from "./store.js";

/** @import { Call, Facts, Pair, Run, View } from "./types.js" */

/** @type {Map<string, Facts | null>} run id -> what the server told, null while it is asked */
const byRun = new Map();
const AGAIN_MS = 3000;

/** @param {string} id */
async function ask(id) {
  byRun.set(id, null);
  try {
    const answer = await fetch("teacache/teach/" + encodeURIComponent(id));
    if (!answer.ok) return; // the run is gone; the page shows what it has
    byRun.set(id, await answer.json());
    emit("facts", byRun.get(id));
  } catch {
    setTimeout(() => byRun.delete(id), AGAIN_MS); // offline; the next view asks again
  }
}

/** Of the run on screen; null while unknown. */
export const currentFacts = () => (store.run && byRun.get(store.run.run)) || null;

/** @param {Run} run */
const canBeAsked = (run) => run.run && shared.phases.stored.includes(run.phase);
on("view", ({ run }) => canBeAsked(run) && !byRun.has(run.run) && ask(run.run));

/**
 * The first branch of the uncached run: indicator, estimate and real change, where all three are known.
 * @param {View} view
 * @returns {Pair[]}
 */
export const pairsOf = ({ base }) =>
  base.step.flatMap((step, i) => {
    const [ind, est, out] = [base.ind[i], base.est[i], base.out[i]];
    const whole = base.branch[i] === 0 && ind !== null && est !== null && out !== null;
    return whole ? [{ step, branch: 0, ind, est, out }] : [];
  });

/**
 * The calls of the first branch of what is on screen, in order.
 * @param {View} view
 * @returns {Call[]}
 */
export const callsOf = ({ columns: c }) =>
  c.step.flatMap((step, i) => {
    const values = {
      ind: c.ind[i],
      est: c.est[i],
      acc: c.acc[i],
      computed: Boolean(c.computed[i]),
      reason: c.reason[i],
    };
    return c.branch[i] === 0 ? [{ i, step, ...values }] : [];
  });

// The buttons of the recorded runs tell what the run teaches.
whenThere("tc-recorded", "button", () => {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("#tc-recorded button");
  for (const button of buttons) {
    const key = `${recordedKey(button.id.replace("tc-run-", ""))}_tip`;
    if (t(key) !== key) button.dataset.tip = t(key);
  }
});
