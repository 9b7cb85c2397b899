// All schedules there are: the run's prompt and noise again, with few enough steps that every schedule can be
// run. A histogram of their errors, and where TeaCache, even intervals and the planned schedule stand. Made
// on request; kept here and by the server.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { makeGraph } from "../plot/plotly.js";
import { currentFacts } from "../screen/facts.js";
import { store } from "../screen/store.js";
import { isBusy } from "../screen/view.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { studyAddress, studyFigure } from "./study.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run, Size } from "../screen/types.js" */
/** @typedef {{ run: string, steps: number, computed: number, busy: boolean, total?: number }} State */
/** @typedef {{ schedule: string, percentile: number, regret: number }} Mark */

const MARKS = ["best", "planned", "teacache", "uniform"];
const HEADS = ["everything_schedule", "everything_steps", "everything_percentile", "everything_regret"];

/** @param {Pick<Size, "steps" | "computed">} size */
const nameOf = ({ steps, computed }) => `${computed}-of-${steps}`;
const sizes = () => currentFacts()?.everything ?? [];

/** Why the schedules of a run cannot be run, as a text's key. @param {Run} run */
function obstacleOf({ about, phase }) {
  if (!shared.small.includes(about.model)) return "everything_only";
  if (phase === "uploaded") return "signals_uploaded";
  return shared.phases.repeatable.includes(phase) ? null : "signals_later";
}

/** @param {string} name @param {Mark} mark */
function row(name, { schedule, percentile, regret }) {
  const bits = [...schedule].map((bit) => el("i", { class: bit === "1" ? "on" : "" }));
  const strip = el("span", { class: "tc-bits", role: "img", "aria-label": schedule }, ...bits);
  const cells = [strip, fixed(percentile, 1) + " %", fixed(regret, 1) + " dB"].map((cell) =>
    el("td", {}, cell),
  );
  return el("tr", {}, el("th", { scope: "row" }, t("mark_" + name)), ...cells);
}

class Everything {
  /** @type {Set<string>} "run/4-of-12" made in this visit */
  made = new Set();
  /** @type {string | null} the run that is under way */
  busy = null;
  /** @type {State | null} how far it is */
  under = null;
  drawn = "";
  offered = ""; // the run that the sizes are of
  note = el("p", { class: "tc-note", role: "status" });
  plot = makeGraph("tc-everything-plot");
  body = el("tbody");

  /**
   * @param {HTMLElement} root
   * @param {Host["trigger"]} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger;
    this.choice = el("select", { "aria-label": t("everything_size_label"), onchange: () => this.draw() });
    const begin = { type: "button", class: "tc-button primary", onclick: () => this.compute() };
    this.start = el("button", begin, t("everything_run"));
    const end = { type: "button", class: "tc-button", hidden: true, onclick: () => this.cancel() };
    this.stop = el("button", end, t("stop"));
    const heads = HEADS.map((key) => el("th", { scope: "col" }, t(key)));
    this.table = el("table", { hidden: true }, el("thead", {}, el("tr", {}, ...heads)), this.body);
    const gist = el("span", { class: "tc-gist" }, t("everything_gist"));
    this.fold = el(
      "details",
      { class: "tc-card tc-poly tc-everything", ontoggle: () => this.draw() },
      el("summary", {}, el("b", {}, t("everything_title")), gist),
      el("p", {}, t("everything_text")),
      el("div", { class: "tc-row" }, this.choice, this.start, this.stop),
      this.note,
      this.plot,
      el("div", { class: "tc-scroll" }, this.table),
    );
    root.append(this.fold);
    for (const news of ["view", "facts"]) on(news, () => this.draw());
    for (const news of ["starting", "failed"]) on(news, () => this.leave(null));
  }

  get size() {
    return sizes().find((size) => nameOf(size) === this.choice.value);
  }
  compute() {
    const { size } = this;
    if (!size || !store.run) return;
    this.busy = store.run.run;
    this.under = null;
    this.draw();
    this.trigger("compute", { run: this.busy, steps: size.steps, computed: size.computed });
  }
  cancel() {
    this.busy = this.under = null;
    this.draw();
    this.trigger("cancel", {});
  }
  /** Who leaves the run, or starts another, wants the machine for that. @param {string | null} run */
  leave(run) {
    if (this.busy !== null && this.busy !== run) this.cancel();
  }
  /** @param {string} run */
  offer(run) {
    if (this.offered === run || !sizes().length) return;
    this.offered = run;
    const before = this.choice.value;
    const names = sizes().map(nameOf);
    const options = sizes().map((size) =>
      el("option", { value: nameOf(size) }, t("everything_size", { ...size })),
    );
    this.choice.replaceChildren(...options);
    if (names.includes(before)) this.choice.value = before;
  }
  /** @param {Run} run @param {boolean} there it has been made */
  sentence(run, there) {
    if (this.busy !== null)
      return this.under ? t("everything_under", { ...this.under }) : t("damage_waiting");
    const obstacle = obstacleOf(run);
    if (obstacle) return t(obstacle);
    return this.size && !there ? t("everything_none", { ...this.size }) : "";
  }
  draw() {
    const { run } = store;
    if (!run?.run) return;
    this.leave(run.run);
    if (!this.fold.open) return;
    this.offer(run.run);
    const { size } = this;
    const there = size !== undefined && (size.made || this.made.has(`${run.run}/${nameOf(size)}`));
    this.start.hidden = this.busy !== null || there;
    this.start.disabled = !size || isBusy() || obstacleOf(run) !== null;
    this.stop.hidden = this.busy === null;
    this.choice.disabled = this.busy !== null;
    this.note.textContent = this.sentence(run, there);
    this.plot.hidden = this.table.hidden = !there;
    if (size && there) void this.show(run.run, size);
  }
  /** @param {string} run @param {Size} size */
  async show(run, size) {
    const key = `${run}/${nameOf(size)}`;
    if (this.drawn === key) return;
    this.drawn = key;
    /** @type {{ marks: Record<string, Mark> } | null} */
    const study = await studyFigure(this.plot, studyAddress(run, "everything/" + nameOf(size)));
    if (!study) {
      this.drawn = "";
      return;
    }
    const marks = MARKS.filter((mark) => mark in study.marks);
    this.body.replaceChildren(...marks.map((mark) => row(mark, study.marks[mark])));
  }
  /** @param {State} next */
  receive(next) {
    if (!next.run || (next.busy && next.run !== this.busy)) return; // still on its way when it was stopped
    this.under = next.busy && next.total ? next : null;
    if (!next.busy) {
      this.made.add(`${next.run}/${nameOf(next)}`);
      if (next.run === this.busy) this.busy = null;
    }
    this.draw();
  }
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function everythingPart(root, { trigger }) {
  const part = new Everything(root, trigger);
  return part.receive.bind(part);
}
