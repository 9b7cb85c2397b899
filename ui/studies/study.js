// A figure of a study: made by the server as Plotly's JSON, the same as in notebooks and reports; drawn here
// in the page's ink.
import { loadPlotly } from "../plot/plotly.js";
import { language } from "../words/words.js";

/** @import { Graph } from "../plot/plotly.js" */

const HEIGHT = 320; // px

/**
 * The address of what is told of a run.
 * @param {string} run
 * @param {string} name
 * @param {Record<string, string>} [words]
 */
export const studyAddress = (run, name, words = {}) =>
  `teacache/teach/${encodeURIComponent(run)}/${name}?` + new URLSearchParams({ language, ...words });

/**
 * Draws a figure; gives what the server told, or null where there is no such figure.
 * @param {Graph} host
 * @param {string} address
 * @param {(point: any) => void} [clicked] is told of the point that a click meets
 */
export async function studyFigure(host, address, clicked) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return null;
  const study = await answer.json();
  const plotly = await loadPlotly();
  const font = { color: getComputedStyle(host).color, size: 12 };
  const layout = { ...study.layout, font, height: HEIGHT, autosize: true };
  await plotly.react(host, study.data, layout, { displayModeBar: false, responsive: true });
  host.removeAllListeners("plotly_click");
  if (clicked) host.on("plotly_click", ({ points }) => clicked(points[0]));
  return study;
}
