// The polynomial's panel, folded: its curve over this run's own pairs, where it was calibrated, where it is
// negative, what it explains; and a new one fitted to the runs of this visit, beside the old.
import { roundTicks } from "./axes.js";
import { emit, on } from "./bus.js";
import { el, term } from "./dom.js";
import { delta, fixed, num } from "./numbers.js";
import { t } from "./words.js";

/** @import { Host, Packed, Panel, TableView, View } from "./types.js" */
/** @typedef {{ r2: number | null, threshold: number | null }} Compared */
/**
 * @typedef {Pick<Panel, "curve" | "coefficients"> & { n: number, run: string, runs: number, pairs: number,
 *   old: Compared, new: Compared }} Fresh
 */

const [W, H] = [560, 220];
const [L, R, T, B] = [46, 12, 12, 22];
const INNER = `x="${L}" y="${T}" width="${W - L - R}" height="${H - T - B}"`;

/**
 * @param {Panel} panel
 * @param {Fresh | null} fresh
 */
function scales(panel, fresh) {
  const highest = Math.max(...panel.pairs.map(([, , change]) => change), 1e-3);
  const seen = [...panel.curve, ...(fresh ? fresh.curve : [])].flatMap(([, y]) => (y === null ? [] : [y]));
  // A quartic may soar or plunge: the pairs set the scale.
  const top = Math.min(highest * 2, Math.max(highest, ...seen)) * 1.08;
  const end = Math.max(...panel.curve.map(([x]) => x), ...panel.pairs.map(([, x]) => x));
  const low = Math.max(-top * 0.5, Math.min(0, ...seen));
  return {
    end,
    top,
    low,
    /** @param {number} value */
    x: (value) => L + (value / end) * (W - L - R),
    /** @param {number} value */
    y: (value) => T + (1 - (value - low) / (top - low)) * (H - T - B),
  };
}
/** @typedef {ReturnType<typeof scales>} Scale */

/**
 * @param {Panel["curve"]} points
 * @param {Scale} at
 * @param {string} name
 */
function curve(points, at, name) {
  const places = points.flatMap(([x, y]) =>
    y === null ? [] : [`${at.x(x).toFixed(1)} ${at.y(y).toFixed(1)}`],
  );
  return `<path class="${name}" clip-path="url(#tc-poly-inner)" d="M${places.join("L")}"/>`;
}

/**
 * @param {Scale} at
 * @param {string} name
 * @param {[low: number, high: number]} range
 */
function band(at, name, [low, high]) {
  const width = Math.max(1, at.x(Math.min(high, at.end)) - at.x(low));
  return `<rect class="${name}" x="${at.x(low)}" y="${T}" width="${width}" height="${at.y(at.low) - T}"/>`;
}

/** @param {Scale} at */
const axes = (at) => [
  ...roundTicks(at.end).map(
    (x) => `<text x="${at.x(x)}" y="${H - 6}" text-anchor="middle">${delta(x)}</text>`,
  ),
  ...roundTicks(at.top).map((y) => {
    const text = `<text x="${L - 6}" y="${at.y(y)}" dy=".35em" text-anchor="end">${delta(y)}</text>`;
    return `<path class="grid" d="M${L} ${at.y(y)}H${W - R}"/>${text}`;
  }),
];

/**
 * @param {Scale} at
 * @param {Panel["pairs"][number]} pair
 */
function dot(at, [step, x, y]) {
  const title = `<title>${t("say_step", { i: step + 1 })}: ${num(x)} → ${num(y)}</title>`;
  const place = `cx="${at.x(x).toFixed(1)}" cy="${at.y(y).toFixed(1)}"`;
  return `<circle class="pair" ${place} r="3.2">${title}</circle>`;
}

/**
 * Numbers and fixed words only.
 * @param {Panel} panel
 * @param {Fresh | null} fresh
 */
function picture(panel, fresh) {
  const at = scales(panel, fresh);
  const drawn = [
    `<clipPath id="tc-poly-inner"><rect ${INNER}/></clipPath>`,
    panel.range ? band(at, "calibrated", panel.range) : "",
    ...panel.negative.map((range) => band(at, "negative", range)),
    ...axes(at),
    ...panel.pairs.map((pair) => dot(at, pair)),
    curve(panel.curve, at, "estimate"),
    fresh ? curve(fresh.curve, at, "fresh") : "",
  ];
  return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${t("poly_label")}">${drawn.join("")}</svg>`;
}

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
  const said = el("p", {}, t("refit_said", { runs, pairs }));
  return [said, comparison(fresh), el("code", {}, coefficients), el("div", { class: "tc-row" }, ask, use)];
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
  let shown = "";
  const plot = el("div", { class: "tc-poly-plot" });
  const side = el("div", { class: "tc-poly-side" });
  const gist = el("span", { class: "tc-gist" });
  const summary = el("summary", {}, el("b", {}, t("poly_title")), gist);
  const body = el("div", { class: "tc-poly-body" }, plot, side);
  const fold = el("details", { class: "tc-card tc-poly", ontoggle: () => draw() }, summary, body);
  root.append(fold);

  function draw() {
    if (!view?.table) return;
    const { table } = view;
    gist.textContent = gistOf(table.panel);
    const key = [table.run, table.rules, fresh?.n].join();
    if (!fold.open || key === shown) return;
    shown = key;
    // In use already: one curve.
    const drawn = fresh && fresh.coefficients !== table.panel.coefficients ? fresh : null;
    plot.innerHTML = picture(table.panel, drawn);
    plot.prepend(legend(table.panel, drawn));
    plot.append(el("p", { class: "tc-caption" }, t("poly_x")));
    const warned = cautions(/** @type {TableView} */ (view));
    side.replaceChildren(facts(table.panel), ...warned, ...refitting(fresh, trigger));
  }
  on("view", (next) => {
    view = next;
    if (fresh && next.table && fresh.run !== next.table.run) fresh = null;
    draw();
  });
  on("refit", (found) => {
    fresh = found;
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
