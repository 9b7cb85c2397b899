// What is on screen now: the run as it was recorded, or the what-if that the slider asks for. Looks schedules
// up in the table that Python made once per trace; nothing is decided here.
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { logPaint, redrawn } from "../base/paints.js";
import { countsOf, lanesOf } from "./lanes.js";
import { isWaiting } from "./machine.js";
import { expand, find, off, unpacked, unrolled } from "./schedule.js";
import { store } from "./store.js";

/** @import { Table } from "../whatif/types.js" */
/** @import { Packed, PackedRun, Run, View } from "./types.js" */

/** @param {Run} run */
const isFinished = (run) => shared.phases.finished.includes(run.phase);

/** A run is under way on screen. */
export const isLive = () => store.run !== null && !isFinished(store.run) && store.run.phase !== "failed";

/** Anything of this page's is under way. */
export const isBusy = () => isLive() || isWaiting(store.job) || store.rivalsBusy || store.thirdBusy;

/**
 * The model that the next run is of is the one that made this run; else the threshold is not for it. A trace
 * brought along stands for itself.
 * @param {Run} run
 */
export const isOfModel = ({ phase, about: { model } }) =>
  phase === "uploaded" || !store.model || !model || store.model === model;

/**
 * What is on screen; null before anything is.
 * @returns {View | null}
 */
export function currentView() {
  const run = store.run;
  if (!run) return null;
  const finished = isFinished(run);
  const isAsked = isOfModel(run) && finished && run.phase !== "stopped"; // whether the slider asks it
  const table = isAsked ? tableOf(run) : null;
  const threshold = (isAsked ? store.threshold : null) ?? run.controls.threshold;
  const columns = columnsOf(run);
  return {
    run,
    base: run.uncached,
    steps: run.steps,
    measuring: columns === run.uncached,
    threshold,
    ...counted(run, {
      columns,
      kind: finished ? "run" : "live",
      rules: run.rules,
      ...(table && replayed(run, table, threshold)),
    }),
  };
}

/** @param {Run} run */
const tableOf = (run) => (store.table && store.table.run === run.run ? store.table : null);

/**
 * The uncached run stands in for a cached one that has not begun; all computed, it would be false for one
 * that has.
 * @param {Run} run
 */
function columnsOf(run) {
  const begun =
    run.cached.step.length || run.phase === "cached" || (run.baselineReused && run.phase !== "stopped");
  return begun || !run.uncached.step.length ? run.cached : run.uncached;
}

/** @typedef {Pick<View, "columns" | "kind" | "rules" | "table" | "row" | "rowIndex">} Shown */

/** With the rows of steps and what they come to. @param {Run} run @param {Shown} shown */
function counted({ branches }, shown) {
  const lanes = lanesOf(branches, shown.columns, shown.table);
  return { ...shown, lanes, ...countsOf({ ...shown, lanes }) };
}

/**
 * The row of the table that the slider asks for, and the columns by it.
 * @param {Run} run
 * @param {Table} table
 * @param {number} threshold
 * @returns {Shown}
 */
function replayed(run, table, threshold) {
  const place = find(table.rows, threshold);
  const own = table.rows[place];
  const isOff = threshold === 0;
  const row = isOff ? off(own, table) : own;
  // Below the first one, where the way up begins.
  const rowIndex = isOff && own[2].includes("0") ? -1 : place;
  const same = table.rules === run.rules;
  const common = { table, row, rowIndex, rules: table.rules };
  if (same && Math.abs(threshold - run.controls.threshold) < 1e-9) {
    return { ...common, kind: "run", columns: columnsOf(run) };
  }
  const recorded = run.cached.computed.join("");
  const kind = same && row[2] === recorded ? "same" : "whatif";
  return { ...common, kind, columns: expand(row, table, run.cached, threshold) };
}

let pending = false;
/** @type {{ n: number, received: number, phase: string }[]} */
let received = [];

/**
 * At the next frame; a tab in the background has none, and must still be right when it is looked at or read
 * aloud.
 * @param {() => void} draw
 */
function soon(draw) {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    draw();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}

/** Draws everything anew, soon: many slider events can come in one frame, and one drawing is enough. */
export function refresh() {
  if (pending) return;
  pending = true;
  soon(() => {
    pending = false;
    const view = currentView();
    if (!view) return;
    redrawn.began = performance.now();
    emit("view", view);
    const states = received;
    received = [];
    requestAnimationFrame(() =>
      states.forEach((state) => logPaint({ ...state, painted: performance.now() })),
    );
  });
}
on("theme", refresh);

/**
 * A state of a run, as the server sends it.
 * @param {PackedRun} packed
 */
export function setRun(packed) {
  const run = { ...packed, uncached: unpacked(packed.uncached), cached: unpacked(packed.cached) };
  // A state may still be on its way when Stop was pressed: it must not start the run again.
  if (store.job.halted && !isFinished(run)) run.phase = "stopped";
  received.push({ n: run.n, received: performance.now(), phase: run.phase });
  const fresh = !store.run || store.run.run !== run.run;
  store.run = run;
  // Opened, not made: the slider comes along.
  if (fresh && isFinished(run)) store.threshold = run.controls.threshold;
  refresh();
}

/**
 * Every schedule of the run on screen.
 * @param {Packed} packed
 */
export function setTable(packed) {
  const table = JSON.parse(packed.json);
  store.table = { ...table, rows: unrolled(table.rows) };
  refresh();
}
export const tablePart = () => setTable;
