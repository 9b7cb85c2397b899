// The small figures on the card of the tour. Every number comes from the run on screen.
import shared from "../shared.js";
import { emit } from "../base/bus.js";
import { el } from "../base/dom.js";
import { filmStrip, noiseMoments, predictionMoments } from "../player/film.js";
import { worded } from "../plot/figure.js";
import { scatter } from "../plot/scatter.js";
import { put } from "../plot/series.js";
import { callsOf, currentFacts, pairsOf } from "../screen/facts.js";
import { store } from "../screen/store.js";
import { delta, fixed, num } from "../words/numbers.js";
import { t } from "../words/words.js";
import { momentsOf } from "./moments.js";
import { fewer } from "./scoring.js";
import { visit } from "./visit.js";

/** @import { Call, Pair, View } from "../screen/types.js" */
/** @import { ThresholdPoint } from "./types.js" */
/**
 * What was chosen is an answer, kept as `given`; null takes it back.
 * @typedef {(chosen: any, all?: any[], given?: unknown) => void} Check
 */

// Fewer measured changes show no shape: a trace from elsewhere often holds none, a run of three steps has
// two.
const FEWEST = 3;
const MOMENTS = 5;

/** @param {View} view */
export const unmeasured = (view) => (pairsOf(view).length < FEWEST ? "none" : "");

/** From noise to clip, at the same steps: what the steps were given, and what the model took for the end. */
export function film() {
  const { previews, latents } = currentFacts() ?? {};
  const predicted = previews?.lanes[0] ?? [];
  const given = latents?.steps ?? predicted;
  const rows = [];
  if (latents) {
    const moments = momentsOf(given, predicted.length ? predicted : given, MOMENTS);
    rows.push(filmStrip(t("film_latents"), noiseMoments(latents, moments)));
  }
  if (previews && predicted.length) {
    const moments = momentsOf(predicted, given, MOMENTS);
    rows.push(filmStrip(t("film_predictions"), predictionMoments(previews, 0, moments)));
  }
  return rows.length ? el("div", { class: "tc-films" }, stepsKey(), ...rows) : null;
}

/** What the colours of the row of steps say; for an audience it stands without its legend. */
const stepsKey = () =>
  el(
    "p",
    { class: "tc-note tc-steps-key" },
    ...["computed", "reused"].map((kind) => el("span", {}, swatch(kind), t("legend_" + kind))),
  );

/** @param {Pair[]} pairs */
const indicators = (pairs) => [
  {
    kind: "pair",
    x: pairs.map(({ ind }) => ind),
    y: pairs.map(({ out }) => out),
    customdata: [...pairs.keys()],
  },
];

/** And where the polynomial takes each. @param {Pair[]} pairs */
const estimates = (pairs) => [
  {
    kind: "way",
    x: pairs.flatMap(({ ind, est }) => [ind, est, null]),
    y: pairs.flatMap(({ out }) => [out, out, null]),
  },
  {
    kind: "estimate",
    x: pairs.map(({ est }) => est),
    y: pairs.map(({ out }) => out),
    customdata: [...pairs.keys()],
  },
];

/**
 * Indicator against real change; `moved` draws where the polynomial takes each dot.
 * @param {View} view
 * @param {Check} check
 * @param {{ moved: boolean, given?: number }} look
 */
export function cloud(view, check, { moved, given }) {
  const pairs = pairsOf(view);
  if (unmeasured(view)) return null;
  const empty = worded(shared.figures.cloud, moved ? { tour_axis_ind: "tour_axis_est" } : {});
  return scatter({
    figure: put(empty, moved ? estimates(pairs) : indicators(pairs)),
    names: pairs.map(({ step, ind, est, out }) =>
      t("tour_dot", { i: step + 1, x: num(ind), y: num(est), o: num(out) }),
    ),
    name: t("tour_cloud"),
    onpoint: (i) => emit("point", i === null ? null : view.columns.step.indexOf(pairs[i].step)),
    picked: given,
    onpick: (i) => check(pairs[i], pairs, i),
  });
}

/**
 * A reused call to ask about: one that is not the first after a computed call, if there is such a one.
 * @param {View} view
 * @returns {Call | null}
 */
export function reusedCall(view) {
  const calls = callsOf(view);
  const reused = calls.filter(({ computed }) => !computed);
  return (
    reused.find((call) => calls.indexOf(call) > 0 && !calls[calls.indexOf(call) - 1].computed) ??
    reused[0] ??
    null
  );
}

/**
 * @param {string} text
 * @param {string} [kind]
 */
const box = (text, kind = "") => el("span", { class: "tc-box " + kind }, t(text));
/** @param {...(Node | string)} parts */
const flow = (...parts) => el("p", { class: "tc-flow" }, ...parts);

/** @param {string} kind */
const swatch = (kind) => el("i", { class: "tc-swatch " + kind });

/** A computed and a reused call as boxes. @param {View} view */
export function residualBlocks(view) {
  if (!reusedCall(view)) return null;
  const [computed, reused] = ["computed", "reused"].map(swatch);
  return el(
    "div",
    { class: "tc-flows" },
    flow(computed, box("flow_in"), "→", box("flow_blocks", "heavy"), "→", box("flow_out")),
    flow(el("span", { class: "tc-note" }, t("flow_residual"))),
    flow(reused, box("flow_in"), "+", box("flow_kept", "kept"), "→", box("flow_out")),
  );
}

/** One prompt at many thresholds, of the model on screen where there is such a one. @param {View} view */
export function curveFor({ run }) {
  const { curves = [] } = store.course ?? {};
  return curves.find(({ model }) => model === run.about.model) ?? curves[0] ?? null;
}

/**
 * One prompt at many thresholds: how many times fewer computations against nearness, with the run on screen
 * among them if it is of that prompt.
 * @param {View} view
 * @param {Check} check
 * @param {number} [given]
 */
export function race(view, check, given) {
  const [{ run }, curve] = [view, curveFor(view)];
  if (!curve) return null;
  const { points } = curve;
  const isShown = (/** @type {ThresholdPoint} */ { threshold }) =>
    run.run === curve.run && Math.abs(threshold - run.controls.threshold) < 1e-9;
  /** @param {"point" | "shown"} kind */
  const series = (kind) => {
    const places = [...points.keys()].filter((i) => isShown(points[i]) === (kind === "shown"));
    const of = places.map((i) => points[i]);
    return { kind, x: of.map(fewer), y: of.map(({ psnr }) => psnr), customdata: places };
  };
  return scatter({
    figure: put(worded(shared.figures.race), [series("point"), series("shown")]),
    names: points.map((point) =>
      t("tour_point", {
        t: delta(point.threshold),
        x: fixed(fewer(point), 1),
        db: fixed(point.psnr, 1),
      }),
    ),
    name: t("tour_race"),
    picked: given,
    onpick(i) {
      check(points[i], points, i);
      if (run.run === curve.run) visit(points[i].threshold); // whose clip is then seen
    },
  });
}
