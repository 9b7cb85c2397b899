// Parts of the page drawn for paper: for its width, whatever the window's, and of the run on screen at rest.
import { el } from "../base/dom.js";
import { makeStrip } from "../board/strip.js";
import { makeMechanism } from "../mechanism/mechanism.js";
import { alone, figureOf } from "../plot/figure.js";
import { makeLegend } from "../plot/legend.js";
import { sketch } from "../plot/sketch.js";
import { polynomialPlot } from "../whatif/polynomial.js";
import { t } from "../words/words.js";

/** @import { View } from "../screen/types.js" */

const PLOT = { width: 654, height: 300 };
const DIAGRAM = 400; // pixels: folded, so that its type is that of a book

/** @param {View} view */
function stripOf(view) {
  const host = el("div", { class: "tc-strip" });
  makeStrip(host).draw(view, null);
  return host;
}

/** @param {View} view */
function plotOf(view) {
  const legend = makeLegend();
  legend.draw(view);
  const { data, layout } = figureOf(view);
  const { annotations } = alone(layout, view.threshold);
  const host = el("div", {});
  sketch(host, { data, layout: { ...layout, annotations } }, PLOT);
  return el("div", { class: "tc-card tc-plot-card" }, legend.node, host, stripOf(view));
}

// One for all sheets: it listens as long as the page lives.
/** @type {ReturnType<typeof makeMechanism> | null} */
let mechanism = null;

/** @param {View} view */
function diagramOf(view) {
  mechanism ??= makeMechanism();
  mechanism.lay(DIAGRAM);
  mechanism.draw(view, null);
  return mechanism.node.cloneNode(true);
}

/** @param {View} view */
function curveOf({ table }) {
  if (!table) return null;
  const plot = el("div", { class: "tc-poly-plot" }, ...polynomialPlot(table.panel, null));
  return el("div", { class: "tc-card tc-poly" }, el("b", {}, t("poly_title")), plot);
}

/** @type {Record<string, (view: View) => Node | null>} by what a lesson calls them */
const DRAWN = {
  ".tc-plot-card": plotOf,
  ".tc-strip": stripOf,
  ".tc-mech": diagramOf,
  "#tc-polynomial .tc-poly": curveOf,
};

/** A part of the page on paper. @param {string} selector @param {View} view */
export const onPaper = (selector, view) => /** @type {HTMLElement | null} */ (DRAWN[selector](view));
