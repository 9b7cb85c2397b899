// The polynomial's panel, folded: its curve over this run's own pairs, where it was calibrated, where it is
// negative, what it explains; and a new one fitted to the runs of this visit, beside the old.
import { emit, on } from "../base/bus.js";
import { el, term } from "../base/dom.js";
import { polynomialFigure, polynomialLayout } from "../plot/polynomial.js";
import { sketch } from "../plot/sketch.js";
import { delta, fixed, num } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Packed, TableView, View } from "../screen/types.js" */
/** @import { Panel } from "./types.js" */
/** @typedef {{ r2: number | null, threshold: number | null }} Compared */
/**
 * @typedef {Pick<Panel, "curve" | "ends" | "coefficients"> & { n: number, run: string, runs: number,
 *   pairs: number, old: Compared, new: Compared }} Fresh
 */

/**
 * @param {Panel} panel
 * @param {Fresh | null} fresh
 */
function legend(panel, fresh) {
  const keys = [
    ["this", "poly_pairs"],
    ["estimate", "legend_est"],
  ];
  if (fresh) keys.push(["fresh", "poly_new"]);
  if (panel.range) keys.push(["range", "poly_range"]);
  if (panel.negative.length) keys.push(["negative", "poly_below"]);
  const items = keys.map(([swatch, key]) =>
    el("span", { class: "tc-key" }, el("i", { class: "tc-swatch " + swatch }), t(key)),
  );
  return el("div", { class: "tc-legend" }, ...items);
}

/**
 * The curve over the run's own pairs, with its legend and the names of its axes.
 * @param {Panel} panel
 * @param {Fresh | null} fresh
 */
export function polynomialPlot(panel, fresh) {
  const picture = el("div", { role: "img", "aria-label": t("poly_label") });
  sketch(picture, polynomialFigure(panel, { fresh }), polynomialLayout);
  return [legend(panel, fresh), picture, el("p", { class: "tc-caption" }, t("poly_x"))];
}

/** @param {[number, number]} range */
const span = ([low, high]) => `${num(low)} – ${num(high)}`;

/** Terms and their values. @param {Panel} panel */
function facts({ r2, pearson, fitted, range, negative }) {
  const prompts = fitted ? t("poly_prompts", { n: fitted.prompts }) : "";
  const rows = [
    ["poly_r2", r2 !== null && r2 < 0 ? t("poly_r2_none") : fixed(r2, 3)],
    ...(fitted ? [["poly_r2_fit", `${fixed(fitted.r2, 3)} (${prompts})`]] : []),
    ["poly_pearson", fixed(pearson, 3)],
    ["poly_range", range ? span(range) : t("poly_unknown")],
    ["poly_negative", negative.length ? negative.map(span).join(", ") : t("poly_nowhere")],
  ];
  return el("dl", {}, ...rows.flatMap(([key, value]) => [el("dt", {}, term(key)), el("dd", {}, value)]));
}

/** @param {TableView} view */
function cautions({ table: { panel, signal }, steps }) {
  const other = signal === "indicator" ? "" : t("poly_other", { signal: t("by_" + signal) });
  const fitted = panel.fitted?.steps ?? steps;
  const counted = fitted === steps ? "" : t("poly_steps", { fitted, n: steps });
  return [other, counted].filter(Boolean).map((text) => el("p", { class: "tc-caution" }, text));
}

/** @param {Fresh} fresh */
function comparison(fresh) {
  /** @param {string} key @param {Compared} of */
  const row = (key, of) => {
    const usual = of.threshold === null ? "–" : delta(of.threshold);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, t(key)),
      el("td", {}, fixed(of.r2, 3)),
      el("td", {}, usual),
    );
  };
  const heads = [el("th"), el("th", { scope: "col" }, "R²"), el("th", { scope: "col" }, term("poly_usual"))];
  const body = el("tbody", {}, row("poly_old", fresh.old), row("poly_new", fresh.new));
  return el("table", { class: "tc-compared" }, el("thead", {}, el("tr", {}, ...heads)), body);
}

/** What the folded panel says of itself. @param {Panel} panel */
function gistOf({ r2, naive }) {
  if (r2 === null) return t("poly_gist_unknown");
  return t(naive ? "poly_gist_naive" : r2 < 0 ? "poly_gist_worse" : "poly_gist", { r2: fixed(r2, 2) });
}

/** @param {string} key @param {string | null} tip @param {() => void} onclick */
const button = (key, tip, onclick) =>
  el("button", { type: "button", class: "tc-plain", "data-tip": tip, onclick }, t(key));

/**
 * The button that fits a new polynomial, and what it found.
 * @param {Fresh | null} fresh
 * @param {Host["trigger"]} trigger
 */
function refitting(fresh, trigger) {
  const ask = button("refit_ask", t("refit_tip"), () => trigger("refit", {}));
  if (!fresh) return [ask];
  const { coefficients, runs, pairs } = fresh;
  const use = button("refit_use", null, () => trigger("use", { coefficients }));
  const sentence = el("p", {}, t("refit_said", { runs, pairs }));
  return [
    sentence,
    comparison(fresh),
    el("code", {}, coefficients),
    el("div", { class: "tc-row" }, ask, use),
  ];
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function polynomialPart(root, { trigger }) {
  /** @type {View | null} */
  let view = null;
  /** @type {Fresh | null} */
  let fresh = null;
  let latest = "";
  const plot = el("div", { class: "tc-poly-plot" });
  const side = el("div", { class: "tc-poly-side" });
  const gist = el("span", { class: "tc-gist" });
  const summary = el("summary", {}, el("b", {}, t("poly_title")), gist);
  const waiting = el("p", { class: "tc-note", hidden: true }, t("poly_waiting"));
  const body = el("div", { class: "tc-poly-body" }, plot, side, waiting);
  const fold = el("details", { class: "tc-card tc-poly", ontoggle: () => draw() }, summary, body);
  root.append(fold);

  function draw() {
    // What is drawn is of another run: unseen, it keeps its room, so that nothing below it moves.
    body.classList.toggle("waiting", !view?.table);
    waiting.hidden = Boolean(view?.table);
    if (!view?.table) {
      gist.textContent = ""; // of a run under way, or of another model, nothing is known yet
      return;
    }
    const { table } = view;
    gist.textContent = gistOf(table.panel);
    const key = [table.run, table.rules, fresh?.n].join();
    if (!fold.open || key === latest) return;
    latest = key;
    // In use already: one curve.
    const drawn = fresh && fresh.coefficients !== table.panel.coefficients ? fresh : null;
    plot.replaceChildren(...polynomialPlot(table.panel, drawn));
    const warned = cautions(/** @type {TableView} */ (view));
    side.replaceChildren(facts(table.panel), ...warned, ...refitting(fresh, trigger));
  }
  on("view", (next) => {
    view = next;
    if (fresh && next.table && fresh.run !== next.table.run) fresh = null;
    draw();
  });
  on("refit", (result) => {
    fresh = result;
    fold.open = true;
    draw();
  });
}

let count = 0;
export const refitPart =
  () =>
  /** @param {Packed} packed */
  (packed) =>
    emit("refit", { ...JSON.parse(packed.json), n: ++count });
