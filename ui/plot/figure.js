// The run's plot as a figure: the empty one that comes from Python, in the page's language, filled with a
// view.
import shared from "../shared.js";
import { delta } from "../words/numbers.js";
import { branchName, t } from "../words/words.js";
import { grown } from "./axes.js";
import { endsOf, fill } from "./filling.js";

/** @import { View } from "../screen/types.js" */
/** @import { Filling } from "./filling.js" */

const WORDS = ["name", "text"]; // fields that hold keys of texts

/**
 * A copy with every key of a text replaced by the text, or by that of the key in its stead.
 * @param {any} node
 * @param {Record<string, string>} [instead]
 * @param {string} [field]
 * @returns {any}
 */
export function worded(node, instead = {}, field = "") {
  if (typeof node === "string")
    return WORDS.includes(field) && node ? t(instead[node] ?? node, { i: "%{x}" }) : node;
  if (Array.isArray(node)) return node.map((each) => worded(each, instead));
  if (node === null || typeof node !== "object") return node;
  const { shapes, ...rest } = node; // a shape's name tells what it is, and is not shown
  const named = Object.entries(rest).map(([name, value]) => [name, worded(value, instead, name)]);
  return { ...Object.fromEntries(named), ...(shapes && { shapes }) };
}

const { labels, ...empty } = worded(shared.figures.run);

/** @param {View} view @returns {Filling} */
const fillingOf = ({ columns, base, run, steps, threshold, kind, measuring }) => ({
  run: columns,
  uncached: base,
  branches: run.branches.length ? run.branches.map((name) => branchName(name)) : [""],
  steps,
  threshold,
  own: kind !== "whatif" && !measuring,
});

/** Where the axes of a view's plot end. @param {View} view */
export const rangesOf = (view) => grown(view, endsOf(empty, fillingOf(view)));

/** The figure of a view. @param {View} view */
export const figureOf = (view) => fill(empty, fillingOf(view), rangesOf(view));

/**
 * The layout of a figure that stands alone: with legend, names and ground, and the threshold's number at the
 * end of its line.
 * @param {any} layout
 * @param {number} threshold
 */
export function alone(layout, threshold) {
  const [{ line }] = layout.shapes;
  const place = { xref: "paper", x: 1.005, xanchor: "left", yref: "y2", y: threshold, yanchor: "middle" };
  const named = {
    text: "δ " + delta(threshold),
    showarrow: false,
    font: { ...layout.font, color: line.color },
    ...place,
  };
  const xaxis = { ...layout.xaxis, ...labels.xaxis };
  return { ...layout, ...labels, xaxis, annotations: [...labels.annotations, named] };
}
