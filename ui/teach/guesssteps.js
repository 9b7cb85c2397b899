// Some calls in a row at another threshold: the reader marks which of them are reused before it is told.
import shared from "../shared.js";
import { el } from "../base/dom.js";
import { isWeighed } from "../screen/arithmetic.js";
import { callsOf, currentFacts } from "../screen/facts.js";
import { expand, find } from "../screen/schedule.js";
import { delta, num } from "../words/numbers.js";
import { t } from "../words/words.js";
import { checkButton } from "./lessonparts.js";
import { scoreSteps, stretch, worthAsking } from "./scoring.js";

/** @import { Rung } from "../library/types.js" */
/** @import { Call, View } from "../screen/types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Check } from "./lessonfigures.js" */
/** @typedef {{ threshold: number, before: Call, calls: Call[], recorded: Rung | null }} Task */

const CALLS = 8;
const SHARE = 0.6; // of the calls are reused where it is worth asking

/**
 * The recordings at other thresholds by the rules on screen.
 * @param {View} view
 */
const recordings = ({ table, run }) =>
  table && table.rules === run.rules ? (currentFacts()?.ladder?.rungs ?? []) : [];

/**
 * Another threshold than the one on screen, for predictions: a recorded one where there are any.
 * @param {View} view
 */
export function askedThreshold(view) {
  const { table, run } = view;
  if (!table) return null;
  const rungs = recordings(view);
  const all = rungs.length ? rungs.map(({ threshold }) => threshold) : table.rows.map((row) => row[4]);
  const others = all.filter((each) => Math.abs(each - run.controls.threshold) > 1e-9);
  const choices = others.map((threshold) => ({ threshold, schedule: rowAt(view, threshold)?.[2] ?? "" }));
  return worthAsking(choices, SHARE)?.threshold ?? null;
}

/** @param {View} view @param {number} threshold */
const rowAt = ({ table }, threshold) => table?.rows[find(table.rows, threshold)];

/**
 * What was recorded at a threshold; null where nothing was.
 * @param {View} view
 * @param {number} threshold
 */
export const recordedAt = (view, threshold) =>
  recordings(view).find((rung) => rung.threshold === threshold) ?? null;

/**
 * The calls of the first branch at a threshold, by the table.
 * @param {View} view
 * @param {number} threshold
 */
export function callsAt(view, threshold) {
  const row = rowAt(view, threshold);
  if (!row || !view.table) return [];
  return callsOf({ ...view, columns: expand(row, view.table, view.run.cached, threshold) });
}

/** What is asked; null where this run has nothing to ask about. @param {View} view @returns {Task | null} */
export function taskOf(view) {
  const threshold = askedThreshold(view);
  if (threshold === null) return null;
  const calls = callsAt(view, threshold);
  const weighed = calls.map((call) => ({ ...call, weighed: isWeighed(call.reason) && call.est !== null }));
  const start = stretch(weighed, CALLS);
  if (start === null) return null;
  const recorded = recordedAt(view, threshold);
  return { threshold, before: calls[start - 1], calls: calls.slice(start, start + CALLS), recorded };
}

/** What a cell says. @param {Call} call @param {boolean} reused */
const nameOf = ({ step, est }, reused) =>
  t("guess_cell", { i: step + 1, y: num(est), what: t(reused ? "legend_reused" : "legend_computed") });

/** A call to be marked: its estimate as a bar. @param {Call} call @param {number} full */
function cellOf(call, full) {
  let reused = false;
  const share = Math.max(0, Math.min(1, (call.est ?? 0) / full));
  const bar = el("i", { style: `height:${Math.round(100 * share)}%` });
  const truth = el("small", {}, " ");
  const onclick = () => show(!reused);
  const label = nameOf(call, true); // pressed or not: one of both changes
  const parts = [
    el("span", { class: "bar" }, bar),
    el("b", {}, num(call.est, 2)),
    el("span", {}, `${call.step + 1}`),
  ];
  const attributes = { type: "button", class: "tc-guess-cell", "aria-label": label, onclick };
  const node = el("button", attributes, ...parts, truth);
  /** @param {boolean} is */
  function show(is) {
    reused = is;
    node.classList.toggle("reused", is);
    node.setAttribute("aria-pressed", String(is));
  }
  /** The bar shows what happens, its frame whether that was said. */
  function reveal() {
    node.disabled = true;
    node.classList.add(reused === !call.computed ? "right" : "wrong");
    truth.textContent = num(call.acc, 2);
    node.dataset.tip = nameOf(call, !call.computed);
    show(!call.computed);
  }
  function again() {
    node.disabled = false;
    node.classList.remove("right", "wrong");
    truth.textContent = " ";
    delete node.dataset.tip;
    show(false);
  }
  show(false);
  return { node, show, reveal, again, isReused: () => reused };
}

/**
 * @param {View} view
 * @param {Check} check
 * @param {boolean[]} [given] marked before
 */
export function guessSteps(view, check, given) {
  const task = taskOf(view);
  if (!task) return null;
  const full = Math.max(task.threshold, ...task.calls.map(({ est }) => est ?? 0));
  const cells = task.calls.map((call) => cellOf(call, full));
  const line = el(
    "span",
    { class: "line", style: `--at:${(task.threshold / full).toFixed(3)}` },
    `δ ${delta(task.threshold)}`,
  );
  const row = el(
    "div",
    { class: "tc-guess-row", role: "group", "aria-label": t("guess_steps") },
    line,
    ...cells.map(({ node }) => node),
  );
  const note = el("p", { class: "tc-note" }, t("guess_legend"));
  const reveal = () => {
    cells.forEach((cell) => cell.reveal());
    const isMissed = cells.some(({ node }) => node.classList.contains("wrong"));
    note.textContent = [t("guess_sums"), isMissed ? t("guess_missed") : ""].join(" ").trim();
  };
  const judge = () => {
    const marked = cells.map(({ isReused }) => isReused());
    reveal();
    check(marked, [task]);
  };
  const again = () => {
    cells.forEach((cell) => cell.again());
    note.textContent = t("guess_legend");
    check(null);
  };
  const isChecked = given?.length === cells.length;
  if (isChecked) {
    cells.forEach(({ show }, i) => show(given[i]));
    reveal();
  }
  return el("div", { class: "tc-guess" }, row, note, checkButton({ check: judge, again, isChecked }));
}

/**
 * How many were right; and where a real run at that threshold went another way, since its own latents had
 * changed.
 * @param {boolean[]} marked
 * @param {Task[]} tasks
 * @returns {Verdict}
 */
export function judgeSteps(marked, [{ calls, threshold, recorded }]) {
  const { same, n, right } = scoreSteps(
    marked,
    calls.map(({ computed }) => !computed),
  );
  const other = recorded
    ? calls.filter(({ i, computed }) => (recorded.schedule[i] === "1") !== computed).length
    : 0;
  const list = calls
    .filter(({ computed }) => !computed)
    .map(({ step }) => step + 1)
    .join(", ");
  const more = other ? t("guess_recorded", { m: other, n }) : "";
  return { right, nearly: right && same < n, values: { k: same, n, list, t: delta(threshold), more } };
}

/** Whether a run's calls can be decided anew here. @param {View} view */
export const canBePredicted = (view) =>
  shared.phases.finished.includes(view.run.phase) && taskOf(view) !== null;
