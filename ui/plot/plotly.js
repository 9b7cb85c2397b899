// Plotly, fetched when the page has nothing else to do: 5 MB of script from the installed package, served by
// this server, that must not delay the first screen.
import shared from "../shared.js";
import { colour, el } from "../base/dom.js";
import { language, t } from "../words/words.js";

/**
 * What the page uses of Plotly.
 * @typedef {object} Plotly
 * @property {(graph: HTMLElement, traces: object[], layout: object, config?: object) => Promise<unknown>}
 *   react
 * @property {(graph: HTMLElement, change: object) => Promise<unknown>} relayout
 * @property {(figure: object, options: object) => Promise<string>} toImage
 */
/**
 * An element that Plotly draws in.
 * @typedef {HTMLElement & {
 *   on: (event: string, f: (event: any) => void) => void,
 *   removeAllListeners: (event: string) => void,
 *   data?: object[],
 *   layout?: any,
 * }} Graph
 */

/** An element for Plotly to draw in. @param {string} name of its class */
export const makeGraph = (name) =>
  /** @type {Graph} */ (/** @type {HTMLElement} */ (el("div", { class: name })));

/** @type {Promise<Plotly> | null} */
let loading = null;

/** @returns {Promise<Plotly>} */
const load = () =>
  new Promise((resolve, reject) => {
    const script = el("script", { src: shared.plotly, async: true });
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => reject(new Error("the plot's script did not load"));
    document.head.append(script);
  });

/**
 * A copy with the colours of the moment in place of the style sheet's variables, which Plotly does not know.
 * @param {any} node
 * @returns {any}
 */
export function painted(node) {
  if (typeof node === "string") return node.startsWith("var(--tc-") ? colour(node.slice(9, -1)) : node;
  if (Array.isArray(node)) return node.map(painted);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, painted(value)]));
}

/** The page's own font, which Plotly does not inherit. */
export const fontFamily = () =>
  getComputedStyle(document.querySelector(".tc-root") || document.body).fontFamily;

/** Plotly, once it is there; fetched by the first who asks. */
export const loadPlotly = () => (loading = loading ?? load());

// Plotly's own words, which it looks up by its English ones.
const WORDS = {
  "Download plot as a PNG": "plot_save",
  Pan: "plot_pan",
  Zoom: "plot_zoom",
  "Reset axes": "plot_reset",
  "Preparing image - this may take a few seconds": "plot_saving",
  "Image download succeeded": "plot_saved",
  "Sorry, there was a problem downloading your image!": "plot_failed",
  "Double-click to zoom back out": "plot_back",
};

/** How Plotly behaves in the run's plot, in the page's language. */
export function plotlyConfig() {
  const dictionary = Object.fromEntries(Object.entries(WORDS).map(([theirs, ours]) => [theirs, t(ours)]));
  const decimal = (0.5).toLocaleString(language).charAt(1);
  return {
    displaylogo: false,
    displayModeBar: matchMedia("(pointer: coarse)").matches || innerWidth < 700 ? false : "hover",
    responsive: true,
    doubleClick: "reset",
    // Nothing leaves the server.
    modeBarButtonsToRemove: [
      "select2d",
      "lasso2d",
      "autoScale2d",
      "zoomIn2d",
      "zoomOut2d",
      "sendChartToCloud",
    ],
    locale: language,
    locales: { [language]: { dictionary, format: { decimal } } },
    toImageButtonOptions: { filename: "teacache", format: "png", scale: 2 },
  };
}
