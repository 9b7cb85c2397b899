// The mechanism's boxes, arrows and bars as a drawing, empty: mechanism.js fills a call in.
import { reword, shape } from "../base/dom.js";
import { BOXES, LAYOUTS, linesOf } from "./places.js";
import { inReadingOrder, waysOf } from "./ways.js";

/** @import { Box, Layout } from "./places.js" */

const MOST_BARS = 64; // more than any model of the catalog has; further ones would be one grey
const GAUGE = 8; // pixels from the sides of its box
const LINE = 13; // pixels from one line of a name to the next

/** @param {Box} box @param {Layout} layout */
function frameOf(box, layout) {
  const [x, y, width, height] = layout.boxes[box];
  if (box !== "gate") return shape("rect", { class: "frame", x, y, width, height, rx: 7 });
  const [across, down] = [x + width / 2, y + height / 2];
  const d = `M${across} ${y}L${x + width} ${down}L${across} ${y + height}L${x} ${down}Z`;
  return shape("path", { class: "frame", d });
}

/** A box with room for a name and a value. @param {Box} box @param {Layout} layout */
function boxOf(box, layout) {
  const [x, y, width] = layout.boxes[box];
  const middle = x + width / 2;
  const name = shape("text", { class: "name" });
  const value = shape("text", { class: "value", x: middle, y: box === "gate" ? y + 28 : y + 30 });
  const attributes = { class: "box " + box, "data-box": box, role: "button", tabindex: -1 };
  let written = "";

  /** A name without a value stands in the middle, in two lines where it is long. @param {string[]} said */
  function write([called, number]) {
    if (written === called + number) return; // new nodes under a pointer would count as pointed at anew
    written = called + number;
    reword(value, number);
    const alone = !number && box !== "blocks";
    const lines = (alone ? linesOf(called, width) : [called]).filter(Boolean);
    const first = y + (!alone ? 15 : lines.length > 1 ? 17 : 24);
    name.replaceChildren(...lines.map((line, i) => shape("tspan", { x: middle, y: first + i * LINE }, line)));
  }
  return { node: shape("g", attributes, frameOf(box, layout), name, value), write };
}

/**
 * All of it, in one row or folded.
 * @param {"wide" | "narrow"} name
 */
export function drawingOf(name) {
  const layout = LAYOUTS[name];
  const boxes = /** @type {Record<Box, ReturnType<typeof boxOf>>} */ (
    Object.fromEntries(BOXES.map((box) => [box, boxOf(box, layout)]))
  );
  const ways = waysOf(layout);
  const [x, y, width] = layout.boxes.sum;
  const gauge = shape("rect", { class: "gauge", x: x + GAUGE, y: y + 34, width: 0, height: 3 });
  boxes.sum.node.append(gauge);
  const bars = shape("g", { class: "bars" });
  boxes.blocks.node.append(bars);
  const caption = shape("text", { class: "caption", x: layout.caption[0], y: layout.caption[1] });
  const attributes = { viewBox: `0 0 ${layout.size.join(" ")}`, class: name, role: "group" };
  // A folded one is too high for words above all of it.
  const around = name === "wide" ? { "data-tip-beside": "" } : {};
  const stops = inReadingOrder(boxes, ways);
  return {
    name,
    svg: shape("svg", { ...attributes, ...around }, ...stops.map(({ node }) => node), caption),
    boxes,
    ways,
    stops,
    caption,
    /** @param {number} share of the threshold, 0 to 1 */
    fill: (share) => gauge.setAttribute("width", String(share * (width - 2 * GAUGE))),
    /** @param {number} count of the model's blocks */
    stack: (count) => stack(bars, layout, Math.min(MOST_BARS, count)),
  };
}

/**
 * As many bars as the model has blocks.
 * @param {SVGGElement} bars
 * @param {Layout} layout
 * @param {number} count
 */
function stack(bars, layout, count) {
  if (bars.childElementCount === count) return;
  const [x, y, width] = layout.boxes.blocks;
  const pitch = (width - 14) / count;
  const size = { y: y + 22, width: pitch * 0.7, height: 13, rx: Math.min(1.5, pitch / 4) };
  const places = Array.from({ length: count }, (_, i) => i);
  bars.replaceChildren(
    ...places.map((i) => shape("rect", { x: x + 7 + i * pitch, ...size, style: `--i: ${i / count}` })),
  );
}
