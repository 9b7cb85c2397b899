// The small figures on the card of the tour. Every number comes from the run on screen.
import { emit } from "./bus.js";
import { el } from "./dom.js";
import { callsOf, currentFacts, pairsOf } from "./facts.js";
import { filmStrip } from "./film.js";
import { fixed, num, speedOf } from "./numbers.js";
import { scatter } from "./scatter.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @import { Call, View } from "./types.js" */
/** @typedef {(chosen: any, all: any[]) => void} Check what was chosen is an answer */

// Fewer measured changes show no shape: a trace from elsewhere often holds none, a run of three steps has
// two.
const FEWEST = 3;
const MOMENTS = 5;

/** @param {View} view */
export const unmeasured = (view) => (pairsOf(view).length < FEWEST ? "none" : "");

/** The clip as it took shape, where that was kept: a film strip under the text. */
export function film() {
  const previews = currentFacts()?.previews;
  return previews ? filmStrip(previews, 0, MOMENTS) : null;
}

/**
 * Indicator against real change; `moved` draws where the polynomial takes each dot.
 * @param {View} view
 * @param {Check} check
 * @param {boolean} moved
 */
export function cloud(view, check, moved) {
  const pairs = pairsOf(view);
  if (unmeasured(view)) return null;
  const end =
    Math.max(...pairs.flatMap(({ ind, out, est }) => (moved ? [ind, out, est] : [ind, out])), 1e-9) * 1.06;
  return scatter({
    points: pairs.map(({ step, ind, est, out }) => ({
      x: moved ? est : ind,
      from: moved ? ind : undefined,
      y: out,
      kind: moved ? "estimate" : "",
      name: t("tour_dot", { i: step + 1, x: num(ind), y: num(est), o: num(out) }),
    })),
    end: { x: end, y: end },
    diagonal: true,
    name: t("tour_cloud"),
    labels: [t(moved ? "tour_axis_est" : "tour_axis_ind"), t("tour_axis_out")],
    onpoint: (i) => emit("point", i === null ? null : view.columns.step.indexOf(pairs[i].step)),
    onpick: (i) => check(pairs[i], pairs),
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

/** A computed and a reused call as boxes. @param {View} view */
export function residualBlocks(view) {
  if (!reusedCall(view)) return null;
  const [computed, reused] = ["computed", "reused"].map((kind) => el("i", { class: "tc-swatch " + kind }));
  return el(
    "div",
    { class: "tc-flows" },
    flow(computed, box("flow_in"), "→", box("flow_blocks", "heavy"), "→", box("flow_out")),
    flow(el("span", { class: "tc-note" }, t("flow_residual"))),
    flow(reused, box("flow_in"), "+", box("flow_kept", "kept"), "→", box("flow_out")),
  );
}

export const isRaceable = () => (store.lessonRuns ?? []).length > 1;

/**
 * Speed against fidelity of the recorded runs, with the run on screen among them.
 * @param {View} view
 * @param {Check} check
 */
export function race(view, check) {
  if (!isRaceable()) return null;
  const runs = store.lessonRuns ?? [];
  const points = runs.map((run) => {
    const [x, y] = [speedOf(run) ?? 0, run.psnr ?? 0];
    const name = t("tour_run", { prompt: run.prompt, s: fixed(x, 2), db: fixed(y, 1) });
    return { x, y, r: 5, kind: run.run === view.run.run ? "shown" : "", name };
  });
  const heights = points.map(({ y }) => y);
  const y0 = Math.floor(Math.min(...heights) / 10) * 10;
  return scatter({
    points,
    end: { x: Math.max(...points.map(({ x }) => x)) * 1.08, y: Math.max(...heights) * 1.04 - y0, y0 },
    labels: [t("history_x"), t("history_y")],
    name: t("tour_race"),
    onpick: (i) => check(runs[i], runs),
  });
}
