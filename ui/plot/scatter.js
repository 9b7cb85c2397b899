// A figure whose dots can be chosen: by pointer, or with the arrow keys and Enter. What a dot stands for is
// its `customdata`, a place in the list of names. Knows nothing of runs.
import { marksOf, picture } from "./sketch.js";

/** @import { Figure } from "./filling.js" */

/**
 * @typedef {object} Scatter
 * @property {Figure} figure
 * @property {string[]} names of the dots
 * @property {string} name
 * @property {number} [picked] the dot that was chosen before
 * @property {(index: number) => void} [onpick] when a dot is chosen
 * @property {(index: number | null) => void} [onpoint] when one is looked at
 */

/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/**
 * The dot beside another in the order of the dots along x; from none the first or the last.
 * @param {{ x: number }[]} points
 * @param {number | null} from
 * @param {number} move
 */
export function beside(points, from, move) {
  const order = points.map((_, i) => i).sort((a, b) => points[a].x - points[b].x);
  const place = from === null ? (move > 0 ? -1 : 0) : order.indexOf(from);
  return order[(place + move + order.length) % order.length];
}

/**
 * The dots in the order of their names, each with its place in the drawing.
 * @param {SVGElement} svg
 * @param {Scatter} given
 */
function dotsOf(svg, { figure, names }) {
  /** @type {{ mark: Element, x: number, y: number }[]} */
  const dots = [];
  for (const [i, mark] of marksOf(svg, figure)) {
    const [x, y] = ["cx", "cy"].map((name) => Number(mark.getAttribute(name)));
    mark.classList.add("dot");
    mark.setAttribute("data-tip", names[i]);
    mark.setAttribute("data-i", i);
    dots[i] = { mark, x, y };
  }
  return dots;
}

/** @param {Scatter} options */
export function scatter(options) {
  const { figure, names, name, picked, onpick, onpoint } = options;
  const svg = picture(figure, { class: "tc-scatter", tabindex: 0, role: "group", "aria-label": name });
  const dots = dotsOf(svg, options);
  /** @type {number | null} */
  let looked = null;
  /** @param {number | null} i */
  function look(i) {
    looked = i;
    dots.forEach(({ mark }, j) => mark.classList.toggle("looked", j === i));
    if (i !== null) svg.setAttribute("aria-label", name + ": " + names[i]);
    onpoint?.(i);
  }
  const mark = (/** @type {number | undefined} */ i) =>
    dots.forEach((dot, j) => dot.mark.classList.toggle("picked", j === i));
  /** @param {number} i */
  function pick(i) {
    mark(i);
    onpick?.(i);
  }
  mark(picked);
  /**
   * However far it is: a dot is small, and the one that is meant is marked before it is chosen.
   * @param {MouseEvent} event
   */
  function nearest(event) {
    const box = svg.getBoundingClientRect();
    const zoom = figure.layout.width / box.width;
    const [x, y] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    const far = dots.map((dot) => Math.hypot(dot.x - x, dot.y - y));
    return far.length ? far.indexOf(Math.min(...far)) : null;
  }
  svg.addEventListener("pointermove", (event) => nearest(event) !== looked && look(nearest(event)));
  svg.addEventListener("pointerleave", () => look(null));
  svg.addEventListener("click", (event) => {
    const dot = nearest(event);
    if (dot === null) return;
    look(dot);
    pick(dot);
  });
  svg.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const picks = (event.key === "Enter" || event.key === " ") && looked !== null;
    if (move || picks) event.preventDefault();
    if (move) look(beside(dots, looked, move));
    else if (picks && looked !== null) pick(looked);
  });
  return svg;
}
