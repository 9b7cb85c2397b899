// What the tour shows and asks, one entry a lesson. Every number comes from the run on screen; the words are
// in ui/texts.json under tour_<id>_title, _text, _ask, _right and _wrong.
import { FAITHFUL, judgeDot, judgeHalf, judgeLeast, judgeRun } from "./answers.js";
import { callsOf, currentFacts, pairsOf } from "./facts.js";
import { cloud, film, isRaceable, race, residualBlocks, reusedCall, unmeasured } from "./lessonfigures.js";
import { decibelsOf, delta, fixed, num, speedOf } from "./numbers.js";
import { correlation, mean } from "./statistics.js";
import { t } from "./words.js";

/** @import { View } from "./types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Check } from "./lessonfigures.js" */

/**
 * @typedef {object} Lesson
 * @property {string} id
 * @property {string} where the part of the page that it speaks of
 * @property {(view: View) => Record<string, unknown>} values what is filled into the words
 * @property {(view: View, check: Check) => Element | null} [figure] a small one of its own for the card, or
 *   nothing
 * @property {(step: number, view: View) => Verdict} [steps] judges a step that was clicked in the row of
 *   steps
 * @property {(chosen: any, all: any[]) => Verdict} [dots] judges what was chosen in the lesson's own figure
 * @property {boolean} [play] the accumulator is played, and asks
 * @property {(step: number) => string} [live] said of the step that is pointed at
 * @property {(view: View) => string} [lacks] "" or, where the run cannot answer the question, the end of the
 *   key of the
 *   words that say why: tour_<id>_text_<...>; then nothing is asked
 * @property {(view: View) => string} [variant] other words for a run that knows less, which can answer all
 *   the same
 */

/** @param {number} step */
const timestepOf = (step) => currentFacts()?.timesteps[step] ?? null;
/** @param {number} step */
const timeText = (step) => {
  const time = timestepOf(step);
  return time === null ? "–" : delta(time);
};
/** @param {View} view */
const times = ({ steps }) => Array.from({ length: steps }, (_, step) => timestepOf(step) ?? 0);

/** @param {View} view */
const isNaive = (view) => pairsOf(view).every(({ est, ind }) => Math.abs(est - ind) < 1e-9);
const isTimed = () => Boolean(currentFacts()?.computedSeconds && currentFacts()?.reusedSeconds);

/** @type {Lesson[]} */
export const LESSONS = [
  {
    id: "noise",
    where: ".tc-player",
    figure: film,
    variant: ({ run }) => (run.figures.uncachedSeconds ? "" : "untimed"),
    values: ({ steps, run }) => ({ n: steps, prompt: run.about.prompt, s: num(run.figures.uncachedSeconds) }),
    steps: (step, { steps }) => ({ right: step === 0, values: { i: step + 1, n: steps } }),
  },
  {
    id: "time",
    where: ".tc-strip",
    values: ({ steps }) => ({ n: steps, a: timeText(0), b: timeText(steps - 1) }),
    live: (step) =>
      timestepOf(step) === null ? "" : t("tour_time_live", { i: step + 1, t: timeText(step) }),
    lacks: () => (timestepOf(0) === null ? "none" : ""),
    steps: (step, view) => judgeHalf(step, times(view)),
  },
  {
    id: "change",
    where: ".tc-plot-card",
    lacks: unmeasured,
    values: (view) => {
      const changes = pairsOf(view).map(({ out }) => out);
      const [big, small] = [Math.max(...changes), Math.min(...changes)];
      return { big: num(big), small: num(small), times: fixed(big / small, 0) };
    },
    steps: (step, view) => judgeLeast(step, pairsOf(view)),
  },
  {
    id: "indicator",
    where: ".tc-plot-card",
    lacks: unmeasured,
    values: (view) => {
      const pairs = pairsOf(view);
      const r = correlation(
        pairs.map(({ ind }) => ind),
        pairs.map(({ out }) => out),
      );
      return { r: fixed(r, 2), n: pairs.length };
    },
    figure: (view, check) => cloud(view, check, false),
    dots: judgeDot(({ out, ind }) => Math.abs(out - ind)),
  },
  {
    id: "rescale",
    where: "#tc-estimator",
    lacks: (view) => unmeasured(view) || (isNaive(view) ? "naive" : ""),
    values: (view) => {
      const pairs = pairsOf(view);
      const before = mean(pairs.map(({ out, ind }) => Math.abs(out - ind)));
      const after = mean(pairs.map(({ out, est }) => Math.abs(out - est)));
      return { a: num(before), b: num(after), n: pairs.length };
    },
    figure: (view, check) => cloud(view, check, !isNaive(view)),
    dots: judgeDot(({ est, ind }) => Math.abs(est - ind)),
  },
  { id: "decide", where: ".tc-plot-card", values: ({ threshold }) => ({ t: delta(threshold) }), play: true },
  {
    id: "residual",
    where: ".tc-strip",
    figure: residualBlocks,
    lacks: (view) => (reusedCall(view) ? "" : "none"),
    variant: () => (isTimed() ? "" : "untimed"),
    values: (view) => {
      const { computedSeconds, reusedSeconds } = currentFacts() ?? {};
      const asked = reusedCall(view);
      const k = asked ? asked.step + 1 : "–";
      return { k, reused: view.reused, a: num(computedSeconds), b: num(reusedSeconds) };
    },
    steps: (step, view) => {
      const asked = reusedCall(view)?.step ?? 0;
      const source =
        callsOf(view)
          .filter((call) => call.computed && call.step < asked)
          .pop()?.step ?? 0;
      return { right: step === source, values: { i: step + 1, k: asked + 1, best: source + 1 } };
    },
  },
  {
    id: "speed",
    where: ".tc-figures",
    lacks: () => (isRaceable() ? "" : "none"),
    variant: ({ run: { figures } }) => {
      if (!speedOf(figures) || decibelsOf(figures) === null) return "unmeasured";
      return figures.sound ? "sound" : "";
    },
    values: ({ run: { figures }, total, computed }) => ({
      x: (figures.disturbed ? "≈" : "") + fixed(speedOf(figures), 2),
      y: fixed(figures.ideal || total / Math.max(1, computed), 2),
      db: fixed(decibelsOf(figures), 1),
      limit: FAITHFUL,
    }),
    figure: race,
    dots: judgeRun,
  },
];
