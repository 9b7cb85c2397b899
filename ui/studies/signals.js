// The signals compared: a run by each at the cost on screen, made on request, signal by signal; what was made
// is kept, here and by the server, for every number of computed calls.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { el, term } from "../base/dom.js";
import { makeJob } from "../base/jobbar.js";
import { currentFacts } from "../screen/facts.js";
import { workOf } from "../screen/lanes.js";
import { currentView } from "../screen/view.js";
import { num } from "../words/numbers.js";
import { t } from "../words/words.js";
import { closestText, isComplete, NAMES, nameOf, remarks, tableRows } from "./signalrows.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run, View } from "../screen/types.js" */
/** @import { SignalRow, Signals } from "./types.js" */
/** @typedef {{ computed: number, rows: SignalRow[] }} Found */

/** Why the signals of a run cannot be compared, as a text's key. @param {View} view */
function obstacleOf({ run, reused }) {
  if (run.phase === "uploaded" || run.about.videos === false) return "signals_uploaded";
  if (!shared.phases.repeatable.includes(run.phase)) return "signals_later";
  return reused ? null : "signals_none_reused";
}

/**
 * About how many seconds: the uncached run, then one by each signal. Only where the run was timed.
 * @param {View} view
 */
function forecast(view) {
  const { computed, reused, total } = workOf(view);
  const facts = currentFacts();
  if (!facts || facts.computedSeconds === null) return null;
  const one = computed * facts.computedSeconds + reused * (facts.reusedSeconds ?? 0);
  const decoding = (NAMES.length + 1) * (facts.decodingSeconds ?? 0);
  return total * facts.computedSeconds + NAMES.length * one + decoding;
}

/** What is said while they are made. @param {Signals} told */
function busyText({ rows, under }) {
  if (!under) return t(rows.length ? "signals_next" : "damage_waiting");
  const { name, attempt, call, calls } = under;
  if (name === "uncached") return t("damage_baseline");
  if (!calls) return nameOf(name) + " …"; // not begun, or judged
  return t(attempt > 1 ? "signals_again" : "signals_under", {
    what: nameOf(name),
    k: attempt,
    i: call,
    n: calls,
  });
}

/** How many of five runs are done, the uncached one first. @param {Signals} told */
function progress({ rows, under }) {
  if (!under) return rows.length ? rows.length + 1 : 0;
  return (under.name === "uncached" ? 0 : rows.length + 1) + under.call / Math.max(1, under.calls);
}

class SignalsPart {
  /**
   * @type {Map<string, Record<string, Signals>>} run id -> what was told in this visit, by number of computed
   *   calls
   */
  made = new Map();
  /** @type {{ run: string, computed: number } | null} what is being made */
  busy = null;
  drawn = "";
  gist = el("span", { class: "tc-gist" });
  job = makeJob(
    "signals_title",
    () => this.compute(),
    () => this.cancel(),
  );
  body = el("tbody");
  caption = el("caption");
  said = el("div", { class: "tc-signals-said" });

  /**
   * @param {HTMLElement} root
   * @param {Host["trigger"]} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger;
    const { bar, note, start, stop } = this.job;
    const heads = [t("signals_by"), t("col_computed"), "δ", term("signals_error"), "PSNR", "SSIM"];
    const head = el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)));
    this.table = el("table", {}, this.caption, el("thead", {}, head), this.body);
    const row = el("div", { class: "tc-row" }, start, stop);
    this.fold = el(
      "details",
      { class: "tc-card tc-poly tc-signals", ontoggle: () => this.draw() },
      el("summary", {}, el("b", {}, t("signals_title")), this.gist),
      el(
        "div",
        { class: "tc-damage-body" },
        el("div", { class: "tc-damage-side" }, el("p", {}, t("signals_text")), row, bar, note),
        el("div", { class: "tc-signals-found" }, this.table, this.said),
      ),
    );
    root.append(this.fold);
    for (const news of ["view", "facts"]) on(news, () => this.draw());
    for (const news of ["starting", "failed"]) on(news, () => this.leave(null));
  }

  compute() {
    const view = currentView();
    if (!view) return;
    this.busy = { run: view.run.run, computed: workOf(view).computed };
    this.remember({ ...this.busy, rows: this.known(view.run)[this.busy.computed] ?? [], busy: true });
    this.draw();
    this.trigger("compute", this.busy);
  }
  cancel() {
    this.busy = null;
    this.draw();
    this.trigger("cancel", {});
  }
  /**
   * Who leaves the run, or starts another, wants the machine for that; what was made is kept.
   * @param {string | null} run
   */
  leave(run) {
    if (this.busy !== null && this.busy.run !== run) this.cancel();
  }
  /** @param {Signals} signals */
  remember(signals) {
    this.made.set(signals.run, { ...this.made.get(signals.run), [signals.computed]: signals });
  }
  /** What was told of what is being made. */
  get told() {
    return this.busy ? (this.made.get(this.busy.run)?.[this.busy.computed] ?? null) : null;
  }
  /**
   * Rows by number of computed calls.
   * @param {Run} run
   * @returns {Record<string, SignalRow[]>}
   */
  known({ run }) {
    const latest = Object.values(this.made.get(run) ?? {}).map(({ computed, rows }) => [computed, rows]);
    return { ...currentFacts()?.signals, ...Object.fromEntries(latest) };
  }
  /**
   * What the table shows: what is being made, what fits the screen, or else what was made for the number next
   * to it.
   * @param {View} view
   * @returns {Found | null}
   */
  shown(view) {
    const all = this.known(view.run);
    const wanted = this.busy ? this.busy.computed : workOf(view).computed;
    const there = Object.keys(all)
      .map(Number)
      .filter((n) => n === wanted || isComplete(all[n]));
    if (!there.length) return null;
    const computed = there.reduce((best, n) => (Math.abs(n - wanted) < Math.abs(best - wanted) ? n : best));
    return { computed, rows: all[computed] };
  }
  /** @param {View} view */
  sentence(view) {
    if (this.told) return busyText(this.told);
    const rows = this.known(view.run)[workOf(view).computed];
    if (rows && isComplete(rows)) return "";
    const obstacle = obstacleOf(view);
    if (obstacle) return t(obstacle);
    if (rows?.length) return t("signals_stopped", { done: rows.length, total: NAMES.length });
    const seconds = forecast(view);
    return seconds === null ? "" : t("signals_forecast", { s: num(seconds, seconds < 10 ? 1 : 2) });
  }

  /**
   * Drawn once it is looked at, and again where it says something else: a view comes with every move of the
   * slider.
   * @param {View} view
   * @param {Found | null} entry
   */
  drawTable(view, entry) {
    const paper = currentFacts()?.paper;
    const key = entry ? [view.run.run, entry.computed, entry.rows.length, Boolean(paper)].join() : "";
    this.table.hidden = !entry;
    if (!this.fold.open || key === this.drawn) return;
    this.drawn = key;
    this.said.replaceChildren();
    if (!entry) return;
    this.body.replaceChildren(...tableRows(entry.rows));
    this.caption.textContent = t("signals_at", { n: entry.computed });
    if (!isComplete(entry.rows)) return;
    this.said.append(...remarks(entry, paper).map((text) => el("p", { class: "tc-note" }, text)));
  }
  draw() {
    const view = currentView();
    if (!view) return;
    this.leave(view.run.run);
    const table = this.shown(view);
    const whole = table !== null && isComplete(table.rows);
    const { start, note } = this.job;
    this.gist.textContent = whole ? closestText(table.rows) : t("signals_gist");
    const { computed, total } = workOf(view);
    start.textContent = t("signals_run", { n: computed, total });
    start.hidden = this.busy !== null || (whole && table.computed === computed);
    start.disabled = obstacleOf(view) !== null;
    this.job.draw(this.busy !== null, this.told ? (100 * progress(this.told)) / (NAMES.length + 1) : 0);
    note.textContent = this.sentence(view);
    this.drawTable(view, table);
  }
  /** @param {Signals} next */
  receive(next) {
    const { busy } = this;
    const mine = busy !== null && next.run === busy.run && next.computed === busy.computed;
    if (next.busy && !mine) return; // still on its way when it was stopped
    this.remember(next);
    if (!next.busy && mine) this.busy = null;
    this.draw();
  }
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function signalsPart(root, { trigger }) {
  const part = new SignalsPart(root, trigger);
  return part.receive.bind(part);
}
