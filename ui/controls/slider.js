// The threshold: Gradio's own slider, so that there is one source of the value. Its hand is track.js, which
// goes from schedule to schedule, as arrow keys do in the number's box. A typed number stays as it is.
import { emit } from "../base/bus.js";
import { within } from "../base/dom.js";
import { SLIDER_NUMBER, setSlider, sliderInput } from "../gradio_glue/slider.js";
import { find } from "../screen/schedule.js";
import { store } from "../screen/store.js";
import { currentView, isLive, refresh } from "../screen/view.js";

/** @type {Record<string, number>} */
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };

/**
 * Sets the slider; its change event comes back through setThreshold.
 * @param {number} value
 */
export function moveSlider(value) {
  const range = sliderInput();
  if (!range) return;
  setSlider(range, Math.min(Math.max(value, Number(range.min)), Number(range.max)));
  setThreshold(Number(range.value)); // at once; Gradio tells the same a little later
}

/**
 * The threshold of what is on screen; Gradio's box may hold something else than a number.
 * @param {unknown} value
 */
export function setThreshold(value) {
  if (typeof value !== "number" || value === store.threshold) return;
  store.threshold = Math.max(0, value); // 0 is off; below it there is nothing
  store.notice = null;
  emit("threshold");
  if (!isLive()) refresh();
}

/**
 * The short number that stands for the schedule which a threshold gives; 0 stays 0, since it means off.
 * @param {number} value
 */
export function snapped(value) {
  const table = currentView()?.table;
  return table && value > 0 ? table.rows[find(table.rows, value)][4] : value;
}

/**
 * To a row of the table.
 * @param {number} index
 */
export function goTo(index) {
  const row = currentView()?.table?.rows[index];
  if (row) moveSlider(row[4]);
}

/**
 * To the next different schedule up or down.
 * @param {number} direction
 */
export function neighbour(direction) {
  const view = currentView();
  if (view?.rowIndex !== undefined) goTo(view.rowIndex + direction);
}

/**
 * Which way an arrow key goes; 0 for any other key.
 * @param {KeyboardEvent} event
 */
export const directionOf = (event) => KEYS[event.key] ?? 0;

// Before Gradio reads the key: capture comes first.
document.addEventListener(
  "keydown",
  (event) => {
    const direction = /Up|Down/.test(event.key) ? directionOf(event) : 0; // the others are the caret's own
    if (!direction || !within(event, SLIDER_NUMBER)) return;
    event.preventDefault();
    event.stopPropagation();
    neighbour(direction);
  },
  true,
);
