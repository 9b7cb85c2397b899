// The live plot as a picture: it stands alone, with the words that lie beside it on the page.
import { delta } from "../words/numbers.js";
import { t } from "../words/words.js";
import { alone, figureOf } from "./figure.js";
import { fontFamily, loadPlotly, painted } from "./plotly.js";

/** @import { View } from "../screen/types.js" */
/** @import { Graph } from "./plotly.js" */

const SIZE = { width: 1200, height: 560 };

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Plotly reads some HTML in a title; a prompt must stay text. @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>]/g, (sign) => ENTITIES[sign]);

/** @param {View} view */
function titleOf({ run: { about }, threshold }) {
  const { title, model, prompt } = about;
  const text = [title || model, prompt, "δ " + delta(threshold)].filter(Boolean).join(" · ");
  const place = { x: 0.02, xanchor: "left", y: 0.97, yanchor: "top" };
  return { text: escapeHtml(text), font: { size: 15, color: "var(--tc-ink)" }, ...place };
}

/**
 * The axes as long as they are drawn, where a visitor has zoomed.
 * @param {any} layout
 */
function asDrawn(layout) {
  /** @type {Graph | null} */
  const graph = document.querySelector(".tc-plot:not(.moving) .tc-plot-graph");
  const onScreen = graph?.layout;
  if (!onScreen) return layout;
  const axes = ["xaxis", "yaxis", "yaxis2"].map((name) => [
    name,
    { ...layout[name], range: onScreen[name].range },
  ]);
  return { ...layout, ...Object.fromEntries(axes) };
}

/**
 * A data address of the plot as it is now. Throws an Error, one sentence, where there is none yet.
 * @param {"png" | "svg"} format
 * @param {View | null} view
 */
export async function pictureOf(format, view) {
  if (!view) throw new Error(t("take_plot_wait"));
  const plotly = await loadPlotly();
  const { data, layout } = figureOf(view);
  const font = { ...layout.font, family: fontFamily() };
  const whole = { ...alone(asDrawn(layout), view.threshold), ...SIZE, font, title: titleOf(view) };
  const scale = format === "png" ? 2 : 1;
  return plotly.toImage(painted({ data, layout: whole }), { format, ...SIZE, scale });
}
