// Parts of the page drawn for paper: for its width, whatever the window's, and of the run on screen at rest.
import { el } from "../base/dom.js";
import { makeStrip } from "../board/strip.js";
import { makeMechanism } from "../mechanism/mechanism.js";
import { alone, figureOf } from "../plot/figure.js";
import { makeLegend } from "../plot/legend.js";
import { sketch } from "../plot/sketch.js";
import { curtainOf } from "../plot/veil.js";
import { polynomialPlot } from "../whatif/polynomial.js";
import { t } from "../words/words.js";

/** @import { View } from "../screen/types.js" */
/**
 * @typedef {object} Shown
 * @property {View} view
 * @property {number} [call] the one that is played, after which everything is veiled
 * @property {"whole" | "decision"} [diagram] how much of it
 */

const PLOT = { width: 654, height: 300 };
const BESIDE = { width: 654, height: 230 }; // the diagram
const DIAGRAM = 400; // pixels: folded, so that its type is that of a book

/** The last step that is seen. @param {Shown} shown */
const lastOf = ({ view, call }) => (call === undefined ? Infinity : view.columns.step[call]);

/** @param {Shown} shown */
function stripOf(shown) {
  const host = el("div", { class: "tc-strip" });
  makeStrip(host).draw(shown.view, null);
  for (const lane of host.querySelectorAll(".tc-lane"))
    for (const [step, cell] of lane.querySelectorAll(".tc-cell").entries())
      if (step > lastOf(shown)) cell.className = "tc-cell"; // as one that is not there yet
  return host;
}

/** @param {Shown} shown */
function plotOf(shown) {
  const { view } = shown;
  const legend = makeLegend();
  legend.draw(view);
  const { data, layout } = figureOf(view);
  const { annotations } = alone(layout, view.threshold);
  const isPlayed = shown.call !== undefined;
  const host = el("div", { class: isPlayed ? "tc-plot-paper veiled" : "tc-plot-paper" });
  sketch(host, { data, layout: { ...layout, annotations } }, shown.diagram ? BESIDE : PLOT);
  if (isPlayed) host.append(curtainOf(lastOf(shown), view.steps));
  return el("div", { class: "tc-card tc-plot-card" }, legend.node, host, stripOf(shown));
}

// One for all sheets: it listens as long as the page lives.
/** @type {ReturnType<typeof makeMechanism> | null} */
let mechanism = null;

/** @param {Shown} shown */
function diagramOf({ view, call, diagram }) {
  mechanism ??= makeMechanism();
  mechanism.lay(DIAGRAM);
  mechanism.draw(view, call ?? null);
  const copy = /** @type {HTMLElement} */ (mechanism.node.cloneNode(true));
  copy.classList.toggle("decision", diagram === "decision");
  return copy;
}

/** @param {Shown} shown */
function curveOf({ view: { table } }) {
  if (!table) return null;
  const plot = el("div", { class: "tc-poly-plot" }, ...polynomialPlot(table.panel, null));
  return el("div", { class: "tc-card tc-poly" }, el("b", {}, t("poly_title")), plot);
}

/** @type {Record<string, (shown: Shown) => Node | null>} by what a lesson calls them */
const DRAWN = {
  ".tc-plot-card": plotOf,
  ".tc-strip": stripOf,
  ".tc-mech": diagramOf,
  "#tc-polynomial .tc-poly": curveOf,
};

/** A part of the page on paper. @param {string} selector @param {Shown} shown */
export const onPaper = (selector, shown) => /** @type {HTMLElement | null} */ (DRAWN[selector](shown));
