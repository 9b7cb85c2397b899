// The arrows of the mechanism: each has a name, can be pointed at and is reached by the arrow keys, as a box.
import { shape } from "../base/dom.js";
import { BOXES, HEAD, LINKS, wayOf } from "./places.js";

/** @import { Box, Bypass, Layout } from "./places.js" */
/**
 * By where it comes from; the gate has two.
 * @typedef {Exclude<Box, "gate" | "output"> | "gate_blocks" | "gate_residual"
 *   | `past_${Bypass}` | "input"} Way
 */
/**
 * @typedef {object} Arrow
 * @property {Way} way
 * @property {Box} from
 * @property {Box} to
 * @property {SVGGElement} node
 */
/** @typedef {{ id: string, node: SVGGElement }} Stop a box or an arrow */

/**
 * Its lines, and around the first one room for a hand.
 * @param {string} way
 * @param {string} name of its kind for the style sheet
 * @param {...string} lines
 */
function arrowOf(way, name, ...lines) {
  const attributes = { class: name, "data-way": way, role: "img", tabindex: -1 };
  const room = shape("path", { class: "reach", d: lines[0] });
  return shape("g", attributes, room, ...lines.map((d) => shape("path", { d })));
}

/** The one past the scaling and shifting. @param {Bypass} signal @param {Layout} layout */
function bypassOf(signal, { bypass, boxes: { compared } }) {
  const line = bypass[signal];
  const across = compared[0] + compared[2] / 2;
  const end = Number(line.slice(line.lastIndexOf("V") + 1));
  const back = end > compared[1] ? HEAD : -HEAD; // it comes from below or from above
  const head = `M${across - HEAD} ${end + back}L${across} ${end}L${across + HEAD} ${end + back}`;
  return arrowOf("past_" + signal, "link", line, head);
}

/** All of them. @param {Layout} layout @returns {Arrow[]} */
export function waysOf(layout) {
  const links = LINKS.map(([from, to]) => {
    const way = /** @type {Way} */ (from === "gate" ? `gate_${to}` : from);
    const { line, head } = wayOf(layout.boxes[from], layout.boxes[to]);
    return { way, from, to, node: arrowOf(way, "link", line, head) };
  });
  return [
    ...links,
    { way: "past_embedding", from: "embedding", to: "compared", node: bypassOf("embedding", layout) },
    { way: "past_latent", from: "latents", to: "compared", node: bypassOf("latent", layout) },
    { way: "input", from: "patches", to: "output", node: arrowOf("input", "input", layout.input) },
  ];
}

/**
 * Each box, and behind it the arrows that lead on from it.
 * @param {Record<Box, { node: SVGGElement }>} boxes
 * @param {Arrow[]} arrows
 * @returns {Stop[]}
 */
export const inReadingOrder = (boxes, arrows) =>
  BOXES.flatMap((box) => [
    { id: box, node: boxes[box].node },
    ...arrows.filter(({ from }) => from === box).map(({ way, node }) => ({ id: `way_${way}`, node })),
  ]);
