// What keys do while the tour is open: they turn its lessons, choose a step, close it.
import { isField, within } from "../base/dom.js";
import { isPresenting } from "./present.js";

/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowLeft: -1 };
/** @type {Record<string, number>} of a presenter's remote; elsewhere they scroll the page */
const REMOTE = { PageDown: 1, PageUp: -1 };

/**
 * What keys steer.
 * @typedef {object} Turned
 * @property {(by: number) => void} turn
 * @property {() => void} choose
 * @property {(wanted: boolean) => void} present
 * @property {() => void} close
 */

/** @param {Turned} tour @param {KeyboardEvent} event */
export function answerKey(tour, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return isPresenting() ? tour.present(false) : tour.close();
  const remote = isPresenting() && REMOTE[event.key]; // wherever the last click was
  if (remote) return tour.turn(remote);
  if (within(event, ".tc-strip")) {
    if (event.key === "Enter") tour.choose();
    return;
  }
  if (isField(event.target) || within(event, "[role=slider]")) return;
  if (MOVES[event.key]) tour.turn(MOVES[event.key]);
}
