// A small scatter plot whose dots can be chosen: by pointer, or with the arrow keys and Enter. Draws; knows
// nothing of runs.
import { shape } from "../base/dom.js";
import { delta } from "../words/numbers.js";
import { roundTicks } from "./axes.js";

const TICKS = 6;
const BOX = { width: 264, height: 182, left: 36, right: 8, top: 22, bottom: 30 };
const REACH = 16; // units; a dot of four is hard to hit

/**
 * @typedef {object} Dot
 * @property {number} x
 * @property {number} y
 * @property {number} [from] where it came from along x
 * @property {string} name
 * @property {string} [kind] a class of its own
 * @property {number} [r]
 */
/**
 * @typedef {{ x: number, y: number, x0?: number, y0?: number }} Ends spans of the axes, and where they start
 */

/**
 * @typedef {object} Scatter
 * @property {Dot[]} points
 * @property {[x: string, y: string]} labels
 * @property {Ends} end
 * @property {boolean} [diagonal] x = y is drawn
 * @property {string} name
 * @property {(index: number) => void} [onpick] when a dot is chosen
 * @property {(index: number | null) => void} [onpoint] when one is looked at
 */

/** @param {Ends} end */
const scale = ({ x, y, x0 = 0, y0 = 0 }) => ({
  /** @param {number} v */
  x: (v) => BOX.left + ((v - x0) / x) * (BOX.width - BOX.left - BOX.right),
  /** @param {number} v */
  y: (v) => BOX.height - BOX.bottom - ((v - y0) / y) * (BOX.height - BOX.top - BOX.bottom),
});
/** @typedef {ReturnType<typeof scale>} Scale */

/**
 * @param {Scale} at
 * @param {Ends} end
 * @param {[string, string]} labels
 */
function axes(at, end, labels) {
  const ys = roundTicks(end.y, TICKS).map((value) => value + (end.y0 ?? 0));
  const xs = roundTicks(end.x, TICKS).map((value) => value + (end.x0 ?? 0));
  const right = BOX.width - BOX.right;
  return [
    ...ys.flatMap((value) => {
      const y = at.y(value);
      const text = shape("text", { x: BOX.left - 5, y: y + 4, "text-anchor": "end" }, delta(value));
      return [shape("line", { class: "grid", x1: BOX.left, x2: right, y1: y, y2: y }), text];
    }),
    ...xs.map((value) =>
      shape("text", { x: at.x(value), y: BOX.height - 17, "text-anchor": "middle" }, delta(value)),
    ),
    shape("text", { x: right, y: BOX.height - 3, "text-anchor": "end" }, labels[0]),
    shape("text", { x: 0, y: 10 }, labels[1]),
  ];
}

/**
 * @param {Scale} at
 * @param {Ends} end
 */
function diagonalOf(at, { x, y, x0 = 0, y0 = 0 }) {
  const [low, high] = [Math.max(x0, y0), Math.min(x0 + x, y0 + y)];
  return shape("line", { class: "diagonal", x1: at.x(low), y1: at.y(low), x2: at.x(high), y2: at.y(high) });
}

/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/**
 * The dot beside another in the order of the dots along x; from none the first or the last.
 * @param {Dot[]} points
 * @param {number | null} from
 * @param {number} move
 */
export function beside(points, from, move) {
  const order = points.map((_, i) => i).sort((a, b) => points[a].x - points[b].x);
  const place = from === null ? (move > 0 ? -1 : 0) : order.indexOf(from);
  return order[(place + move + order.length) % order.length];
}

/** @param {Scatter} given */
export function scatter({ points, labels, end, diagonal, onpick, onpoint, name }) {
  const at = scale(end);
  const dots = points.map((p, i) => {
    const given = { class: "dot " + (p.kind || ""), cx: at.x(p.x), cy: at.y(p.y), r: p.r || 4 };
    return shape("circle", { ...given, "data-tip": p.name, "data-i": i });
  });
  const arrows = points.flatMap(({ x, y, from }) => {
    if (from === undefined) return [];
    return [shape("line", { class: "moved", x1: at.x(from), x2: at.x(x), y1: at.y(y), y2: at.y(y) })];
  });
  const view = { viewBox: `0 0 ${BOX.width} ${BOX.height}`, tabindex: 0, role: "group", "aria-label": name };
  const line = diagonal ? diagonalOf(at, end) : null;
  const svg = shape(
    "svg",
    { class: "tc-scatter", ...view },
    ...axes(at, end, labels),
    line,
    ...arrows,
    ...dots,
  );
  /** @type {number | null} */
  let looked = null;
  /** @param {number | null} i */
  function look(i) {
    looked = i;
    dots.forEach((dot, j) => dot.classList.toggle("looked", j === i));
    if (i !== null) svg.setAttribute("aria-label", name + ": " + points[i].name);
    onpoint?.(i);
  }
  /** @param {MouseEvent} event */
  function nearest(event) {
    const box = svg.getBoundingClientRect();
    const zoom = BOX.width / box.width;
    const [x, y] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    const far = points.map((p) => Math.hypot(at.x(p.x) - x, at.y(p.y) - y));
    const best = far.indexOf(Math.min(...far));
    return far[best] < REACH ? best : null;
  }
  svg.addEventListener("pointermove", (event) => nearest(event) !== looked && look(nearest(event)));
  svg.addEventListener("pointerleave", () => look(null));
  svg.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found === null) return;
    look(found);
    onpick?.(found);
  });
  svg.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const picks = (event.key === "Enter" || event.key === " ") && looked !== null;
    if (move || picks) event.preventDefault();
    if (move) look(beside(points, looked, move));
    else if (picks && looked !== null) onpick?.(looked);
  });
  return svg;
}
