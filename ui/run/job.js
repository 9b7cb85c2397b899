// The run of this page, from the press of Run to its end: moves the machine of machine.js and tells the
// parts.
import { emit } from "../base/bus.js";
import { hush } from "../base/toast.js";
import { setThreshold } from "../controls/slider.js";
import { after, isEnd, isEnding } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { currentView, isLive, refresh } from "../screen/view.js";

/** @import { Phase } from "../shared.js" */
/** @import { Move } from "../screen/machine.js" */

/** @param {Move} name */
function move(name) {
  store.job = after(store.job, name);
}

/** Run was pressed; Gradio may hear of it later. */
export function expecting() {
  move("press");
  wait();
}
function wait() {
  store.place = "";
  store.notice = null;
  hush(); // of the run before
  refresh();
}

/**
 * Gradio hears of the press, the server not yet: what is predicted is remembered, and the wait begins. The
 * threshold counts even where the run on screen is of another model and never heard of it.
 * @param {unknown} threshold
 * @param {boolean} linked a link holds all that was asked for
 */
export function starting(threshold, linked) {
  setThreshold(threshold);
  emit("starting", { ...currentView(), linked });
  move("begin");
  wait();
  emit("waiting");
}

/** Gradio has another run of this page under way, not by the Run button. */
export const engage = () => move("engage");

/** A state came. */
export const arrived = () => move("arrive");

let failed = false; // told of a failure in this very moment

/**
 * Gradio tells of the end of a run. "failure" and "then" at once: a run that was stopped has been forgotten.
 * @param {"success" | "failure" | "then"} how
 */
export function ended(how) {
  if (how === "then") return forgotten();
  const gone = isEnd(store.job);
  move("end");
  if (how === "success") return;
  failed = true;
  setTimeout(() => (failed = false));
  if (gone) gaveUp();
}
function forgotten() {
  if (!failed || !isEnding(store.job)) return;
  const again = store.job.name === "again";
  move("forget");
  emit("free", again);
  refresh();
}
// Gradio took no such run, or lost it, and has said why.
function gaveUp() {
  runFailed(null);
  emit("failed");
}

/** Stop was pressed. */
export function stopping() {
  move("stop");
  endRun("stopped");
  emit("stopped");
  refresh();
}

/**
 * Something could not be; the run on screen stays.
 * @param {string | null} sentence
 */
export function runFailed(sentence) {
  move("arrive");
  store.notice = sentence;
  endRun("failed");
  refresh();
}

/** @param {Phase} phase that the run on screen ends with, if it is under way */
function endRun(phase) {
  if (store.run && isLive()) store.run = { ...store.run, phase };
}

/** All is well again. */
export function settled() {
  store.notice = null;
  hush();
  refresh();
}
