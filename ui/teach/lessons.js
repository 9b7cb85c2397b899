// What the tour shows and asks, one entry a lesson. Every number comes from the run on screen; the words are
// in ui/words/texts.json under tour_<id>_title, _text, _ask, _right and _wrong.
import { correlation, mean, most } from "../base/statistics.js";
import { callsOf, currentFacts, pairsOf } from "../screen/facts.js";
import { decibelsOf, delta, fixed, num, psnrText, speedOf, took } from "../words/numbers.js";
import { t } from "../words/words.js";
import { judgeDot, judgeHalf, judgeLeast, judgeThreshold } from "./answers.js";
import { canBeGuessed, guessPsnr, judgePsnr } from "./guesspsnr.js";
import { askedThreshold, canBePredicted, guessSteps, judgeSteps, taskOf } from "./guesssteps.js";
import { cloud, curveFor, film, race, residualBlocks, reusedCall, unmeasured } from "./lessonfigures.js";
import { judgeLimits, limitsQuiz, unusual, usual } from "./limitsquiz.js";
import { FAITHFUL, NEAR_GUESS } from "./scoring.js";

/** @import { Pair, View } from "../screen/types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Check } from "./lessonfigures.js" */

/**
 * @typedef {object} Lesson
 * @property {string} id
 * @property {string} where the part of the page that it speaks of, or several, one below the other
 * @property {string} [narrow] the same on a phone, where not all of it has room
 * @property {"whole" | "decision"} [diagram] the mechanism stands above the plot, as in Simple; for an
 *   audience and on paper all of it, or from what is compared on
 * @property {string[]} [stage] what of the page stands beside the text for an audience; else `where`
 * @property {string[]} [below] and below the lesson's own figure
 * @property {"beside" | "quarters" | "under"} [audience] where the figure then stands: beside the text, or
 *   under it; with "quarters" the question is under the page's part
 * @property {(view: View) => Record<string, unknown>} values what is filled into the words
 * @property {(view: View, check: Check, given?: any) => Element | null} [figure] a small one of its own for
 *   the card, with what was answered before, or nothing
 * @property {(step: number, view: View) => Verdict} [steps] judges a step that was clicked in the row of
 *   steps
 * @property {(chosen: any, all: any[]) => Verdict} [dots] judges what was chosen in the lesson's own figure
 * @property {(view: View) => string[]} [paper] what one reads there by pointing, for the handout
 * @property {boolean} [play] the accumulator is played, and asks
 * @property {boolean} [weighs] it speaks of the threshold on screen; the others of the run as it was made
 * @property {(step: number) => string} [live] said of the step that is pointed at
 * @property {(view: View) => string} [lacks] "" or, where the run cannot answer the question, the end of the
 *   key of the
 *   words that say why: tour_<id>_text_<...>; then nothing is asked
 * @property {(view: View) => string} [variant] other words for a run that knows less, which can answer all
 *   the same
 */

const ON_PAPER = 25; // steps whose times are printed

/** @param {number} step */
const timestepOf = (step) => currentFacts()?.timesteps[step] ?? null;
/** @param {number} step */
const timeText = (step) => {
  const time = timestepOf(step);
  return time === null ? "–" : delta(time);
};
/** @param {View} view */
const times = ({ steps }) => Array.from({ length: steps }, (_, step) => timestepOf(step) ?? 0);

/**
 * How far the estimates miss the real change on average, before and after the polynomial.
 * @param {View} view
 */
function misses(view) {
  const pairs = pairsOf(view);
  return {
    before: mean(pairs.map(({ out, ind }) => Math.abs(out - ind))),
    after: mean(pairs.map(({ out, est }) => Math.abs(out - est))),
  };
}

/**
 * How many changes are of a size that the polynomial was not fitted on; "" where that is not known.
 * @param {View} view
 */
function outsideOf(view) {
  const { range, fitted } = view.table?.panel ?? {};
  if (!range || !fitted) return "";
  const pairs = pairsOf(view);
  const out = pairs.filter(({ ind }) => ind < range[0] || ind > range[1]).length;
  return t("tour_rescale_outside", { out, n: pairs.length, f: fitted.steps, steps: view.steps });
}

/**
 * At how many steps the polynomial took the estimate farther from the real change, and where most; "" where
 * it never did.
 * @param {View} view
 */
function harmOf(view) {
  const pairs = pairsOf(view);
  const harm = (/** @type {Pair} */ { out, ind, est }) => Math.abs(out - est) - Math.abs(out - ind);
  const worse = pairs.filter((pair) => harm(pair) > 0);
  if (!worse.length) return "";
  const { step } = worse[most(worse, harm)];
  return t("tour_rescale_where", { m: worse.length, n: pairs.length, i: step + 1 });
}

/** @param {View} view */
const isNaive = (view) => pairsOf(view).every(({ est, ind }) => Math.abs(est - ind) < 1e-9);
const isTimed = () => Boolean(currentFacts()?.computedSeconds && currentFacts()?.reusedSeconds);

/** Figures of the lessons are of the calls with the prompt, where there are others. @param {View} view */
const whoseCalls = ({ run }) => (run.branches.length > 1 ? t("tour_with_prompt") : "");

/** What the usual setup came to, against which the unusual ones are held. */
function usualFigures() {
  const setup = usual();
  const db = (/** @type {string} */ name) => fixed(setup?.psnr[name], 1);
  const counts = { p: setup?.prompts, n: setup?.steps, k: setup?.computed };
  return { ...counts, a: db("teacache"), b: db("uniform"), c: db("fewer_steps") };
}

/** @type {Lesson[]} */
export const LESSONS = [
  {
    id: "noise",
    where: ".tc-strip",
    stage: [".tc-strip"],
    below: [".tc-stage"],
    figure: film,
    variant: ({ run }) => (run.figures.uncachedSeconds && !run.figures.disturbed ? "" : "untimed"),
    values: ({ steps, run }) => ({
      n: steps,
      prompt: run.about.prompt,
      s: took(run.figures.uncachedSeconds),
    }),
    steps: (step, { steps }) => ({ right: step === 0, values: { i: step + 1, n: steps } }),
  },
  {
    id: "time",
    where: ".tc-strip",
    stage: [".tc-plot-card"],
    values: ({ steps }) => ({ n: steps, a: timeText(0), b: timeText(steps - 1) }),
    live: (step) =>
      timestepOf(step) === null ? "" : t("tour_time_live", { i: step + 1, t: timeText(step) }),
    paper: ({ steps }) =>
      Array.from({ length: steps }, (_, step) => `${step + 1}: ${timeText(step)}`).filter(
        (_, step) => step % Math.ceil(steps / ON_PAPER) === 0,
      ),
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
      return { big: num(big), small: num(small), times: fixed(big / small, 0), whose: whoseCalls(view) };
    },
    steps: (step, view) => judgeLeast(step, pairsOf(view)),
  },
  {
    id: "indicator",
    where: ".tc-mech",
    audience: "quarters",
    diagram: "whole",
    lacks: unmeasured,
    variant: ({ table }) => (table?.stands.latentFree ? "free" : ""),
    values: (view) => {
      const pairs = pairsOf(view);
      const r = correlation(
        pairs.map(({ ind }) => ind),
        pairs.map(({ out }) => out),
      );
      return { r: fixed(r, 2), n: pairs.length, whose: whoseCalls(view) };
    },
    figure: (view, check, given) => cloud(view, check, { moved: false, given }),
    dots: judgeDot(({ out, ind }) => Math.abs(out - ind)),
  },
  {
    id: "rescale",
    where: "#tc-polynomial",
    stage: ["#tc-polynomial .tc-poly"],
    audience: "quarters",
    lacks: (view) => unmeasured(view) || (isNaive(view) ? "naive" : ""),
    variant: (view) => {
      const { before, after } = misses(view);
      return after > before ? "harm" : "";
    },
    values: (view) => {
      const { before, after } = misses(view);
      return { a: num(before), b: num(after), outside: outsideOf(view), where: harmOf(view) };
    },
    figure: (view, check, given) => cloud(view, check, { moved: !isNaive(view), given }),
    dots: judgeDot(({ est, ind }) => Math.abs(est - ind)),
  },
  {
    id: "decide",
    where: ".tc-mech, .tc-plot-card",
    narrow: ".tc-plot-card",
    diagram: "decision",
    stage: [".tc-mech", ".tc-plot-card"],
    audience: "under",
    values: ({ threshold }) => ({ t: delta(threshold) }),
    play: true,
    weighs: true,
  },
  {
    id: "residual",
    where: ".tc-strip",
    diagram: "whole",
    stage: [".tc-mech", ".tc-strip"],
    audience: "under",
    weighs: true,
    figure: residualBlocks,
    lacks: (view) => (reusedCall(view) ? "" : "none"),
    variant: () => (isTimed() ? "" : "untimed"),
    values: (view) => {
      const { computedSeconds, reusedSeconds } = currentFacts() ?? {};
      const call = reusedCall(view);
      const k = call ? call.step + 1 : "–";
      const reused = callsOf(view).filter(({ computed }) => !computed).length;
      return { k, reused, a: num(computedSeconds), b: num(reusedSeconds) };
    },
    steps: (step, view) => {
      const end = reusedCall(view)?.step ?? 0;
      const source =
        callsOf(view)
          .filter((call) => call.computed && call.step < end)
          .pop()?.step ?? 0;
      return { right: step === source, values: { i: step + 1, k: end + 1, best: source + 1 } };
    },
  },
  {
    id: "speed",
    where: ".tc-figures",
    stage: [],
    below: [".tc-stage"],
    lacks: (view) => (curveFor(view) ? "" : "none"),
    variant: ({ run: { figures } }) => {
      if (!speedOf(figures) || decibelsOf(figures) === null) return "unmeasured";
      return figures.sound ? "sound" : "";
    },
    values: (view) => {
      const { run, total, computed } = view;
      const { figures } = run;
      const curve = curveFor(view);
      return {
        t: delta(run.controls.threshold),
        x: (figures.disturbed ? "≈" : "") + fixed(speedOf(figures), 2),
        y: fixed(figures.ideal || total / Math.max(1, computed), 2),
        db: psnrText(decibelsOf(figures)),
        limit: FAITHFUL,
        prompt: curve?.prompt ?? "",
        n: curve?.points.length ?? 0,
      };
    },
    figure: race,
    dots: judgeThreshold,
    paper: (view) =>
      (curveFor(view)?.points ?? []).map(
        ({ threshold, calls, computed, psnr }) =>
          `δ ${delta(threshold)}: ${computed}/${calls}, ${fixed(psnr, 1)} dB`,
      ),
  },
  {
    id: "predict",
    where: ".tc-tour .tc-guess", // the row of steps is of another threshold
    narrow: ".tc-strip",
    stage: [],
    lacks: (view) => (canBePredicted(view) ? "" : "none"),
    values: (view) => {
      const task = taskOf(view);
      return {
        t: delta(task?.threshold ?? 0),
        before: (task?.before.step ?? 0) + 1,
        n: task?.calls.length ?? 0,
      };
    },
    figure: guessSteps,
    dots: judgeSteps,
  },
  {
    id: "foretell",
    where: ".tc-figures",
    stage: [],
    below: [".tc-stage"],
    lacks: (view) => (canBeGuessed(view) ? "" : "none"),
    values: (view) => ({
      t: delta(askedThreshold(view) ?? 0),
      own: delta(view.kind === "whatif" ? view.run.controls.threshold : view.threshold),
      db: psnrText(decibelsOf(view.run.figures)),
      near: NEAR_GUESS,
    }),
    figure: guessPsnr,
    dots: judgePsnr,
  },
  {
    id: "limits",
    where: "#tc-rivals",
    stage: [],
    lacks: () => (unusual().length && usual() ? "" : "none"),
    values: usualFigures,
    figure: (_view, check, given) => limitsQuiz(check, given),
    dots: judgeLimits,
  },
];
