// Run and Stop as one machine; job.js keeps the one that the page is in. Pure.
//
//   idle ──press──▶ pressed ──begin──▶ asked ──arrive──▶ running ──end──▶ idle
//                      │                 │                  │
//                    stop              stop               stop
//                      ▼                 ▼                  │
//                    idle             ending ◀──────────────┘
//
//   ending ──forget──▶ idle            ending ──press──▶ again ──forget──▶ pressed
//                                      again ──stop──▶ ending
//
// Gradio drops a press while the run before is still there, also one that was stopped and ends with its call:
// `again` keeps the press until then. Of a stopped run Gradio tells twice, in either order: its stream ends
// (`end`), and it has been forgotten (`forget`, after an `end` of its own). Whatever began in between would
// be forgotten in its stead, and nobody could stop it. Forgotten before its stream has ended, a run still
// owes an end, which is not the next run's. A run that was not begun by the Run button is `engage`d: idle
// ──engage──▶ running.

/** @typedef {"idle" | "pressed" | "asked" | "running" | "ending" | "again"} Name */
/** @typedef {"press" | "begin" | "engage" | "arrive" | "stop" | "end" | "forget"} Move */

/**
 * @typedef {object} Job
 * @property {Name} name idle; pressed: Gradio has not heard of it; asked: it has, and no state has come yet;
 *   running;
 *   ending: stopped, and not gone yet; again: Run was pressed meanwhile
 * @property {boolean} halted states of a stopped run may still come, and must not start it again
 * @property {number} ends told of the run that is ending
 * @property {boolean} owed one more end is to come, of a run that has been forgotten
 */

/** @type {Readonly<Job>} */
export const IDLE = { name: "idle", halted: false, ends: 0, owed: false };

/** @type {Record<Move, Partial<Record<Name, Name>>>} where nothing is said, a move changes nothing */
const MOVES = {
  press: { idle: "pressed", running: "asked", ending: "again" },
  begin: { idle: "asked", pressed: "asked", running: "asked", ending: "again" },
  engage: { idle: "running", pressed: "asked" },
  arrive: { pressed: "idle", asked: "running" }, // while it ends, a state is still the stopped run's
  stop: { pressed: "idle", asked: "ending", running: "ending", again: "ending" },
  end: { asked: "pressed", running: "idle" },
  forget: { ending: "idle", again: "pressed" },
};

/** Run was pressed, and no state has come yet. @param {Job} job */
export const isWaiting = ({ name }) => name === "pressed" || name === "asked" || name === "again";

/** A run was stopped, and is not gone yet. @param {Job} job */
export const isEnding = ({ name }) => name === "ending" || name === "again";

/** Gradio has a run of this page under way. @param {Job} job */
export const isEngaged = (job) => job.name === "asked" || job.name === "running" || isEnding(job);

/**
 * An end that Gradio tells of is the end of the run under way: nobody stopped that one, and none before owes
 * one.
 * @param {Job} job
 */
export const isEnd = (job) => !isEnding(job) && !job.owed;

/**
 * What a move makes of a job.
 * @param {Readonly<Job>} job
 * @param {Move} move
 * @returns {Job}
 */
export function after(job, move) {
  if (move === "end" && isEnding(job)) return { ...job, ends: job.ends + 1 };
  if (move === "end" && job.owed) return { ...job, owed: false };
  const name = MOVES[move][job.name] ?? job.name;
  const fresh = name === "ending" && !isEnding(job);
  return {
    name,
    halted: move === "stop" || (job.halted && move !== "begin"),
    ends: fresh ? 0 : job.ends,
    owed: move === "forget" && isEnding(job) ? job.ends < 2 : job.owed,
  };
}
