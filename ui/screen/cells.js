// The row of steps under a pointer: which of its cells is meant.
import { within } from "../base/dom.js";

const NEAR = 8; // pixels: between two cells a press means the nearer one

/**
 * How far a point lies from a cell.
 * @param {MouseEvent} point
 * @param {Element} cell
 */
function distance({ clientX, clientY }, cell) {
  const { left, right, top, bottom } = cell.getBoundingClientRect();
  return Math.hypot(
    Math.max(left - clientX, 0, clientX - right),
    Math.max(top - clientY, 0, clientY - bottom),
  );
}

/**
 * The cell that was pressed or pointed at; a press between cells is of the nearest.
 * @param {Event} event
 * @returns {HTMLElement | null}
 */
export function cellAt(event) {
  const cell = within(event, ".tc-strip .tc-cell");
  if (cell || event.type !== "click" || !(event instanceof MouseEvent)) return cell;
  if (within(event, ".tc-lane-name")) return null;
  const cells = [...(within(event, ".tc-strip")?.querySelectorAll(".tc-cell") ?? [])];
  const near = cells.map((each) => ({ each, far: distance(event, each) })).sort((a, b) => a.far - b.far)[0];
  return near && near.far <= NEAR ? /** @type {HTMLElement} */ (near.each) : null;
}
