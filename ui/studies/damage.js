// The damage map: one row a step, one column a frame; each row is a run that reused that step alone. Made on
// request, row by row; what was made is kept, here and by the server.
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { makeJob } from "../base/jobbar.js";
import { seekFrame } from "../player/player.js";
import { makeGraph } from "../plot/plotly.js";
import { callsOf, currentFacts } from "../screen/facts.js";
import { currentView } from "../screen/view.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { BAD, GOOD, Grid } from "./map.js";
import { studyAddress, studyFigure } from "./study.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run, View } from "../screen/types.js" */
/** @import { Damage } from "./types.js" */
/** @typedef {Damage & { run: string }} State */

/** For other models it would take hours, and of a trace nothing can be run. @param {Run} run */
const isForeign = ({ about, phase }) => !shared.small.includes(about.model) || phase === "uploaded";

/** The cell that was hurt most, as it is said. @param {Damage["rows"]} rows */
function worstOf(rows) {
  const all = Object.entries(rows).flatMap(([step, psnr]) =>
    psnr.map((db, frame) => ({ i: Number(step) + 1, f: frame + 1, db })),
  );
  if (!all.length) return null;
  const worst = all.reduce((a, b) => (b.db < a.db ? b : a));
  return { ...worst, db: fixed(worst.db, 1) };
}

/**
 * The text that tells where the map is.
 * @param {Run} run
 * @param {Damage | null} damage
 * @param {boolean} isMade something was made
 */
function keyOf(run, damage, isMade) {
  if (isForeign(run) && !isMade) return "damage_only";
  if (damage?.busy)
    return damage.waiting ? "damage_waiting" : damage.baseline ? "damage_baseline" : "damage_busy";
  if (damage && damage.done < (damage.total ?? 0)) return "damage_stopped";
  return isMade ? "damage_worst" : "damage_none";
}

class DamagePart {
  /** @type {Map<string, Damage>} run id -> what was told of its map in this visit */
  made = new Map();
  /** @type {string | null} the run whose map is being made */
  busy = null;
  drawn = "";
  reasoned = "";
  figure = makeGraph("tc-reasons-figure");
  gist = el("span", { class: "tc-gist" });
  job = makeJob(
    "damage_title",
    () => this.compute(),
    () => this.cancel(),
  );
  grid = new Grid((step, frame) => {
    emit("point-step", step);
    seekFrame(frame);
  });

  /**
   * @param {HTMLElement} root
   * @param {Host["trigger"]} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger;
    const { bar, note, start, stop } = this.job;
    const ends = [t("damage_scale_bad", { db: BAD }), el("i"), t("damage_scale_good", { db: GOOD })];
    this.scale = el("p", { class: "tc-map-scale tc-note" }, ...ends);
    const title = el("h3", {}, t("why_title"));
    this.why = el(
      "div",
      { class: "tc-reasons", hidden: true },
      title,
      el("p", {}, t("why_text")),
      this.figure,
    );
    const row = el("div", { class: "tc-row" }, start, stop);
    const side = el(
      "div",
      { class: "tc-damage-side" },
      el("p", {}, t("damage_text")),
      row,
      bar,
      note,
      this.scale,
    );
    this.fold = el(
      "details",
      { class: "tc-card tc-poly tc-damage", ontoggle: () => this.draw() },
      el("summary", {}, el("b", {}, t("damage_title")), this.gist),
      el("div", { class: "tc-damage-body" }, side, this.grid.node),
      this.why,
    );
    root.append(this.fold);
    for (const news of ["view", "facts"]) on(news, () => this.draw());
    for (const news of ["starting", "failed"]) on(news, () => this.leave(null));
  }

  compute() {
    const view = currentView();
    if (!view) return;
    const run = (this.busy = view.run.run);
    const before = { rows: {}, done: 0, total: view.steps - 1, ...this.known(view) };
    this.made.set(run, { ...before, busy: true, waiting: true });
    this.draw();
    this.trigger("compute", { run });
  }
  cancel() {
    const before = this.busy === null ? undefined : this.made.get(this.busy);
    if (this.busy !== null && before) this.made.set(this.busy, { ...before, busy: false });
    this.busy = null;
    this.draw();
    this.trigger("cancel", {});
  }
  /**
   * Who leaves the run, or starts another, wants the machine for that; the rows so far are kept.
   * @param {string | null} run
   */
  leave(run) {
    if (this.busy !== null && this.busy !== run) this.cancel();
  }
  /**
   * What is known of the run on screen: just made, or kept from before.
   * @param {View} view
   */
  known({ run }) {
    return this.made.get(run.run) || currentFacts()?.damage || null;
  }

  /**
   * The map itself is drawn once it is looked at, and stays while only the schedule changes: that is every
   * move of the slider.
   * @param {View} view
   * @param {Damage["rows"]} rows
   */
  drawMap(view, rows) {
    const [frames] = Object.values(rows);
    this.grid.node.hidden = this.scale.hidden = !frames;
    this.grid.node.setAttribute("aria-label", this.gist.textContent ?? "");
    if (!this.fold.open || !frames) return;
    const key = view.run.run + Object.keys(rows).length;
    if (key !== this.drawn) this.grid.build(view.steps, rows, frames.length);
    this.drawn = key;
    const reused = callsOf(view).filter(({ computed }) => !computed);
    this.grid.mark(new Set(reused.map(({ step }) => step)));
  }
  draw() {
    const view = currentView();
    if (!view) return;
    const { run } = view;
    this.leave(run.run);
    const damage = this.known(view);
    const { rows = {}, done = 0, total = null } = damage ?? {};
    const { start, note } = this.job;
    start.textContent = t(done ? "damage_more" : "damage_compute");
    start.hidden = this.busy !== null || (damage !== null && done === total) || isForeign(run);
    start.disabled = !shared.phases.repeatable.includes(run.phase);
    this.job.draw(this.busy !== null, total ? (100 * done) / total : 0);
    const worst = worstOf(rows);
    const key = keyOf(run, damage, worst !== null);
    note.textContent = t(key, { done, total: total || view.steps - 1, ...worst });
    this.gist.textContent = worst ? t("damage_worst", worst) : t(key === "damage_only" ? key : "damage_gist");
    this.drawMap(view, rows);
    void this.drawWhy(run.run, damage !== null && done === total);
  }
  /**
   * Below the map: what TeaCache estimates at each step beside what reusing it does. They disagree, and that
   * teaches why.
   * @param {string} run
   * @param {boolean} whole the map is complete
   */
  async drawWhy(run, whole) {
    this.why.hidden = !whole;
    if (!this.fold.open || !whole || this.reasoned === run) return;
    this.reasoned = run;
    if (!(await studyFigure(this.figure, studyAddress(run, "why")))) this.reasoned = "";
  }
  /** @param {State} next */
  receive(next) {
    if (next.busy && next.run !== this.busy) return; // still on its way when it was stopped
    this.made.set(next.run, next);
    if (!next.busy && next.run === this.busy) this.busy = null;
    this.draw();
  }
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function damagePart(root, { trigger }) {
  const part = new DamagePart(root, trigger);
  return part.receive.bind(part);
}
