// The live plot as a picture: on a ground of its own, with the words that lie beside it on the page.
import { colour } from "./dom.js";
import { delta } from "./numbers.js";
import { loadPlotly } from "./plotly.js";
import { t } from "./words.js";

/** @import { View } from "./types.js" */
/** @import { Graph } from "./plotly.js" */

const SIZE = { width: 1200, height: 560 };

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Plotly reads some HTML in a title; a prompt must stay text. @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>]/g, (sign) => ENTITIES[sign]);

/**
 * A line of text above a half of the plot.
 * @param {string} key
 * @param {number} y
 */
const above = (key, y) => ({
  text: t(key),
  showarrow: false,
  xref: "paper",
  yref: "paper",
  x: 0,
  y,
  xanchor: "left",
  yanchor: "bottom",
  font: { size: 12, color: colour("ink") },
});

/** @param {View} view */
function titleOf({ run: { about }, threshold }) {
  const text = [about.model, about.prompt, "δ " + delta(threshold)].filter(Boolean).join(" · ");
  const place = { x: 0.02, xanchor: "left", y: 0.97, yanchor: "top" };
  return { text: escapeHtml(text), font: { size: 15, color: colour("ink") }, ...place };
}

/**
 * A data address of the plot as it is drawn now. Throws an Error, one sentence, where it is not drawn yet.
 * @param {"png" | "svg"} format
 * @param {View | null} view
 */
export async function pictureOf(format, view) {
  /** @type {Graph | null} */
  const graph = document.querySelector(".tc-plot-graph");
  if (!graph?.data || !view) throw new Error(t("take_plot_wait"));
  const plotly = await loadPlotly();
  const layout = JSON.parse(JSON.stringify(graph.layout));
  const ground = colour("card");
  Object.assign(layout, {
    paper_bgcolor: ground,
    plot_bgcolor: ground,
    ...SIZE,
    autosize: false,
    showlegend: true,
  });
  layout.legend = { orientation: "h", x: 1, xanchor: "right", y: 1.01, yanchor: "bottom" };
  layout.margin = { l: 64, r: 24, t: 64, b: 48 };
  layout.title = titleOf(view);
  layout.annotations = [above("plot_change", 1.005), above("plot_sum", layout.yaxis2.domain[1] + 0.01)];
  layout.xaxis = { ...layout.xaxis, title: { text: t("take_plot_x") } };
  return plotly.toImage({ data: graph.data, layout }, { format, ...SIZE, scale: format === "png" ? 2 : 1 });
}
