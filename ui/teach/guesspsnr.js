// The reader says how near the clip will come at another threshold, then takes the recorded run or makes one.
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { moveSlider } from "../controls/slider.js";
import { mayBegin, mayOpen } from "../run/entrances.js";
import { isLive } from "../screen/view.js";
import { delta, fixed, isIdentical } from "../words/numbers.js";
import { t } from "../words/words.js";
import { noteAnswer } from "./answered.js";
import { askedThreshold, callsAt, recordedAt } from "./guesssteps.js";
import { button, placeOf } from "./lessonparts.js";
import { scoreGuess } from "./scoring.js";
import { visit } from "./visit.js";

/** @import { View } from "../screen/types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Check } from "./lessonfigures.js" */

const [LOW, HIGH, FIRST] = [15, 75, 45]; // dB that can be said, and what is said before a hand moves it
const SAME = 0.02; // share within which a run's threshold is the one that was asked about
const TOLD_MS = 400; // Gradio hears of a moved slider a little later
/** Of this lesson, in the list of answers. */
export const FORETELL = "foretell";

/**
 * @typedef {{ guess: number, threshold: number, from: string, prompt: string, seed: number | null }} Guess
 */
/** @type {Guess | null} a guess that a run is to judge */
let pending = null;

/** @param {View} view */
const canRun = ({ run }) =>
  shared.phases.repeatable.includes(run.phase) && !document.body.classList.contains("tc-cannot");

/** Whether the guess can be judged: by a recording, or by a run. @param {View} view */
export function canBeGuessed(view) {
  const threshold = askedThreshold(view);
  const { psnr } = view.run.figures;
  if (threshold === null || psnr === null || psnr === undefined) return false;
  return recordedAt(view, threshold) !== null || canRun(view);
}

/**
 * The calls at the asked threshold, as a row of little cells.
 * @param {View} view
 * @param {number} threshold
 */
function scheduleRow(view, threshold) {
  const calls = callsAt(view, threshold);
  const computed = calls.filter((call) => call.computed).length;
  const name = t("guess_schedule", { k: computed, n: calls.length, t: delta(threshold) });
  const cells = calls.map((call) => el("i", { class: call.computed ? "computed" : "reused" }));
  return [
    el("div", { class: "tc-guess-strip", role: "img", "aria-label": name }, ...cells),
    el("p", { class: "tc-note" }, name),
  ];
}

/**
 * @param {number} guess
 * @param {number[]} truths of which there is one
 * @returns {Verdict}
 */
export function judgePsnr(guess, [truth]) {
  const { off, right } = scoreGuess(guess, truth);
  const answer = isIdentical(truth) ? t("history_identical") : `${fixed(truth, 1)} dB`;
  return { right, values: { g: fixed(guess, 1), db: answer, off: fixed(off, 1) }, off };
}

/**
 * @param {View} view
 * @param {Check} check
 * @param {number} [given] the guess before
 */
export function guessPsnr(view, check, given = FIRST) {
  const threshold = askedThreshold(view);
  if (threshold === null || !canBeGuessed(view)) return null;
  const output = el("output", { for: "tc-guess-db" });
  const attributes = { type: "range", id: "tc-guess-db", min: LOW, max: HIGH, step: 0.5, value: given };
  const range = el("input", { ...attributes, "aria-label": t("guess_range"), oninput: () => say() });
  const say = () => (output.textContent = `${fixed(Number(range.value), 1)} dB`);
  say();
  const recorded = recordedAt(view, threshold);
  const open = (/** @type {{ psnr: number }} */ { psnr }) => {
    const guess = Number(range.value);
    check(guess, [psnr]);
    visit(threshold); // its clip and its figures are then on the page
  };
  const take = recorded && button("guess_take", () => open(recorded));
  const make = canRun(view) ? button("guess_run", () => runIt(view, threshold, Number(range.value))) : null;
  const ends = el("div", { class: "tc-guess-range" }, range, output);
  return el(
    "div",
    { class: "tc-guess" },
    ...scheduleRow(view, threshold),
    ends,
    el("div", { class: "tc-guess-do" }, take, make),
  );
}

/** @param {View} view @param {number} threshold @param {number} guess */
function runIt({ run }, threshold, guess) {
  if (!mayOpen() || !mayBegin()) return;
  const { prompt, seed } = run.about;
  pending = { guess, threshold, from: run.run, prompt, seed };
  moveSlider(threshold);
  setTimeout(() => pending && document.getElementById("tc-run")?.click(), TOLD_MS);
}

/** A run that was made for a guess judges it. @param {View} view */
function follow(view) {
  const { run } = view;
  if (!pending || run.run === pending.from || run.phase !== "done") return;
  const { guess, threshold, prompt, seed } = pending;
  pending = null;
  const { psnr } = run.figures;
  const isAsked = run.about.prompt === prompt && run.about.seed === seed;
  if (!isAsked || Math.abs(run.controls.threshold / threshold - 1) > SAME || typeof psnr !== "number") return;
  noteAnswer(FORETELL, placeOf(view, {}), { ...judgePsnr(guess, [psnr]), given: guess });
  emit("foretold");
}
on("view", follow);
const drop = () => (pending = null);
for (const news of ["failed", "stopped"]) on(news, drop);
on("tour", (at) => at === null && !isLive() && drop()); // as a run begins the tour makes room for it
