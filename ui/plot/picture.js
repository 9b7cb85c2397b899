// The live plot as a picture: it stands alone, with the words that lie beside it on the page.
import { delta } from "../words/numbers.js";
import { shortened, t } from "../words/words.js";
import { alone, figureOf } from "./figure.js";
import { fontFamily, loadPlotly, painted, plotlyConfig } from "./plotly.js";

/** @import { View } from "../screen/types.js" */
/** @import { Graph } from "./plotly.js" */

const SIZE = { width: 1200, height: 560 };
// Of the title: signs and pixels of a line, the most of a prompt.
const [SIGNS, LINE, LONGEST] = [120, 20, 200];

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Plotly reads some HTML in a title; a prompt must stay text. @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>]/g, (sign) => ENTITIES[sign]);

/** How wide a sign is, in those of Latin script. @param {string} sign */
const widthOf = (sign) => (sign > "\u1100" ? 2 : 1);

/**
 * In lines as wide as the picture, broken between words where there are any.
 * @param {string} text
 */
function lined(text) {
  const lines = [""];
  let wide = 0;
  for (const word of text.match(/\S{1,40}\s*/g) ?? []) {
    const more = [...word.trimEnd()].reduce((sum, sign) => sum + widthOf(sign), 0);
    if (wide && wide + more > SIGNS) {
      lines.push("");
      wide = 0;
    }
    lines[lines.length - 1] += word;
    wide += more + word.length - word.trimEnd().length;
  }
  return lines.map((line) => line.trimEnd());
}

/** What was run, in lines. @param {View} view */
export function titleLines({ run: { about }, threshold }) {
  const { title, model, prompt } = about;
  const parts = [title || model, prompt && shortened(prompt, LONGEST), "δ " + delta(threshold)];
  return lined(parts.filter(Boolean).join(" · "));
}

/**
 * The layout with a title, for each line of which there is room.
 * @param {any} layout
 * @param {string[]} lines
 */
function titled(layout, lines) {
  const place = { x: 0.02, xanchor: "left", y: 1, yanchor: "top", pad: { t: 14 } };
  const text = lines.map(escapeHtml).join("<br>");
  const title = { text, font: { size: 15, color: "var(--tc-ink)" }, ...place };
  const margin = { ...layout.margin, t: layout.margin.t + LINE * (lines.length - 1) };
  return { ...layout, title, margin };
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
  const whole = { ...alone(asDrawn(layout), view.threshold), ...SIZE, font };
  const figure = painted({ data, layout: titled(whole, titleLines(view)) });
  const scale = format === "png" ? 2 : 1;
  return plotly.toImage({ ...figure, config: plotlyConfig() }, { format, ...SIZE, scale });
}
