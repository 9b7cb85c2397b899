// Any choice of rivals at TeaCache's cost: made on request, told call by call with a strip of what each
// computed; their clips go to the player, two or three at once. Below them quality against latency, one curve
// a method.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { el, term } from "../base/dom.js";
import { currentFacts } from "../screen/facts.js";
import { store } from "../screen/store.js";
import { isBusy } from "../screen/view.js";
import { decibelsOf, delta, fixed, nearnessOf, psnrText, took } from "../words/numbers.js";
import { t } from "../words/words.js";
import { playTogether } from "./rivalsclips.js";
import { Curves } from "./rivalscurves.js";
import { aboutMethod, percent, strip } from "./rivalsparts.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run } from "../screen/types.js" */
/** @import { RivalRow } from "./types.js" */

/** @import { Method } from "./rivalsparts.js" */
/** @typedef {{ name: string, attempt: number, calls: number, shares: number[] }} Under */
/** @typedef {{ run: string, rows: RivalRow[], busy: boolean, under: Under | null }} State */

const UNCACHED = "uncached";
const OURS = "teacache";
const MOST = shared.limits.lanes; // clips at once

/** @param {RivalRow[]} rows */
const nearest = (rows) =>
  rows.reduce((best, row) => ((decibelsOf(row) ?? 0) > (decibelsOf(best) ?? 0) ? row : best));

/** What the methods of a run depend on. @param {Run} run */
const kindOf = ({ about, steps }) => `${about.model} ${steps}`;

/** Why rivals of a run cannot be made, as a text's key. @param {Run} run */
function obstacleOf({ phase, about }) {
  if (phase === "uploaded" || about.videos === false) return "signals_uploaded";
  return shared.phases.repeatable.includes(phase) ? null : "signals_later";
}

class Rivals {
  /** @type {Map<string, RivalRow[]>} run id -> rows made in this visit */
  told = new Map();
  /** @type {Map<string, Method[]>} model and steps -> methods, once asked */
  methods = new Map();
  /** @type {string | null} the run that is raced */
  busy = null;
  /** @type {Under | null} */
  under = null;
  chosen = new Set(["pab", "taylorseer", "easy_cache"]);
  /** @type {string[]} */
  lanes = [];
  gist = el("span", { class: "tc-gist" });
  note = el("p", { class: "tc-note", role: "status" });
  body = el("tbody");
  curves = new Curves();
  legend = el("legend", {}, t("rivals_choose"));
  choice = el("fieldset", { class: "tc-choice" }, this.legend);

  /**
   * @param {HTMLElement} root
   * @param {Host["trigger"]} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger;
    const begin = { type: "button", class: "tc-button primary", onclick: () => this.compute() };
    this.start = el("button", begin, t("rivals_run"));
    const end = { type: "button", class: "tc-button", hidden: true, onclick: () => this.cancel() };
    this.stop = el("button", end, t("stop"));
    const play = { type: "button", class: "tc-button", disabled: true, onclick: () => this.show() };
    this.play = el("button", play, t("rivals_play"));
    const heads = [
      t("rivals_lane"),
      t("rivals_method"),
      term("rivals_share"),
      t("col_seconds"),
      "PSNR",
      "SSIM",
      t("rivals_calls"),
    ];
    const head = el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)));
    this.table = el("table", {}, el("thead", {}, head), this.body);
    this.fold = el(
      "details",
      { class: "tc-card tc-poly tc-rivals-all", ontoggle: () => this.drawAll() },
      el("summary", {}, el("b", {}, t("rivals_all")), this.gist),
      el("p", {}, t("rivals_text")),
      this.choice,
      el("div", { class: "tc-row" }, this.start, this.stop),
      this.note,
      el("div", { class: "tc-scroll" }, this.table),
      el("div", { class: "tc-row" }, this.play),
      el("h3", {}, t("frontier_title")),
      this.curves.graph,
      this.curves.source,
    );
    root.append(this.fold);
    for (const news of ["view", "facts"]) on(news, () => this.drawAll());
    for (const news of ["starting", "failed"]) on(news, () => this.leave(null));
  }

  /** @param {Run} run */
  methodsOf(run) {
    return this.methods.get(kindOf(run)) ?? [];
  }
  /**
   * @param {string} name
   * @param {Run} run
   */
  title(name, run) {
    if (name === UNCACHED) return t("uncached");
    if (name === OURS) return "TeaCache";
    return this.methodsOf(run).find((method) => method.name === name)?.title ?? name;
  }
  /** @param {Run} run */
  known(run) {
    return this.told.get(run.run) ?? currentFacts()?.rivals ?? [];
  }
  /** @param {Run} run */
  async ask(run) {
    const kind = kindOf(run);
    if (this.methods.has(kind)) return;
    this.methods.set(kind, []);
    try {
      const answer = await fetch(`teacache/teach/${encodeURIComponent(run.run)}/methods`);
      if (answer.ok) this.methods.set(kind, await answer.json());
      else this.methods.delete(kind);
    } catch {
      this.methods.delete(kind); // offline; the next look asks again
    }
    this.drawChoice(run);
    this.draw();
  }

  compute() {
    if (!store.run) return;
    this.busy = store.run.run;
    this.under = null;
    this.draw();
    this.trigger("compute", { run: this.busy, names: [...this.chosen] });
  }
  cancel() {
    this.busy = this.under = null;
    this.draw();
    this.trigger("cancel", {});
  }
  /** @param {string | null} run */
  leave(run) {
    if (this.busy !== null && this.busy !== run) this.cancel();
  }

  /** @param {Run} run */
  drawChoice(run) {
    const boxes = this.methodsOf(run).map((method) => {
      const { name, title, why } = method;
      const choose = () => {
        if (box.checked) this.chosen.add(name);
        else this.chosen.delete(name);
        this.draw();
      };
      const box = el("input", { type: "checkbox", value: name, disabled: why !== null, onchange: choose });
      if (why !== null) this.chosen.delete(name);
      box.checked = this.chosen.has(name);
      return el("div", { class: "tc-method" }, el("label", {}, box, " ", title), aboutMethod(method));
    });
    this.choice.replaceChildren(this.legend, ...boxes);
  }
  /** The box that puts a clip into the player. @param {string} name */
  lane(name) {
    const there = this.lanes.includes(name);
    const choose = () => {
      this.lanes = box.checked ? [...this.lanes, name] : this.lanes.filter((other) => other !== name);
      this.draw();
    };
    const disabled = !there && this.lanes.length >= MOST;
    const box = el("input", { type: "checkbox", "aria-label": t("rivals_lane"), disabled, onchange: choose });
    box.checked = there;
    return box;
  }
  /**
   * @param {RivalRow} row
   * @param {Run} run
   * @param {string} best
   */
  row(row, run, best) {
    const values = Object.entries(row.values)
      .map(([name, value]) => `${name} ${delta(value)}`)
      .join(", ");
    const figures = [percent(row.share), took(row.seconds), ...nearnessOf(row).texts];
    return el(
      "tr",
      { class: row.name === best ? "winner" : "" },
      el("td", {}, this.lane(row.name)),
      el("th", { scope: "row", "data-tip": values }, this.title(row.name, run)),
      ...figures.map((text) => el("td", {}, text)),
      el("td", {}, strip(row.shares, row.calls)),
    );
  }
  first() {
    const figures = ["100 %", "", "", "", ""].map((text) => el("td", {}, text));
    const head = el("th", { scope: "row" }, t("uncached"));
    return el("tr", {}, el("td", {}, this.lane(UNCACHED)), head, ...figures);
  }
  /**
   * @param {Under} under
   * @param {Run} run
   */
  growing({ name, calls, shares }, run) {
    const head = el("th", { scope: "row" }, this.title(name, run));
    const done = el("td", { colspan: 4 }, calls ? `${shares.length}/${calls}` : "…");
    return el("tr", { class: "tc-under" }, el("td"), head, done, el("td", {}, strip(shares, calls)));
  }
  /** @param {Run} run */
  sentence(run) {
    const { under } = this;
    if (this.busy === null) return t(obstacleOf(run) ?? "");
    if (!under) return t("damage_waiting");
    return t("rivals_under", { what: this.title(under.name, run), k: Math.max(1, under.attempt) });
  }
  draw() {
    const { run } = store;
    if (!run?.run) return;
    this.leave(run.run);
    const rows = this.known(run);
    const best = rows.length > 1 ? nearest(rows) : null;
    const values = best && { what: this.title(best.name, run), db: fixed(decibelsOf(best), 1) };
    this.gist.textContent = values ? t("rivals_nearest", values) : t("rivals_gist");
    if (!this.fold.open) return;
    void this.ask(run);
    this.start.disabled = this.busy !== null || isBusy() || !this.chosen.size || obstacleOf(run) !== null;
    this.stop.hidden = this.busy === null;
    this.note.textContent = this.sentence(run);
    const names = [UNCACHED, ...rows.map(({ name }) => name)];
    this.lanes = this.lanes.filter((name) => names.includes(name));
    this.table.hidden = !rows.length && !this.under;
    const cells = rows.map((row) => this.row(row, run, best?.name ?? ""));
    this.body.replaceChildren(this.first(), ...cells, ...(this.under ? [this.growing(this.under, run)] : []));
    this.play.hidden = !rows.length || Boolean(run.about.seconds);
    this.play.disabled = this.lanes.length < 2;
  }
  drawAll() {
    this.draw();
    this.drawCurves();
  }
  drawCurves() {
    const { run } = store;
    if (run?.run && this.fold.open && !obstacleOf(run)) void this.curves.draw(run, this.known(run).length);
  }

  /** The clips that are ticked. */
  async show() {
    const { run } = store;
    if (!run) return;
    const names = [UNCACHED, ...this.known(run).map(({ name }) => name)];
    const order = names.filter((name) => this.lanes.includes(name));
    this.note.textContent = t("history_making");
    const captions = order.map((name) => this.caption(name, run));
    this.note.textContent = await playTogether(run.run, order, captions);
  }
  /**
   * @param {string} name
   * @param {Run} run
   */
  caption(name, run) {
    const row = this.known(run).find((other) => other.name === name);
    if (!row) return this.title(name, run);
    return `${this.title(name, run)}, ${percent(row.share)}, ${psnrText(decibelsOf(row))}`;
  }

  /** @param {State} next */
  receive(next) {
    if (!next.run) return;
    if (next.busy && next.run !== this.busy) return; // still on its way when it was stopped
    this.told.set(next.run, next.rows);
    this.under = next.busy ? next.under : null;
    if (!next.busy && next.run === this.busy) this.busy = null;
    this.draw();
    if (!next.busy) this.drawCurves();
  }
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function rivalsAllPart(root, { trigger }) {
  const part = new Rivals(root, trigger);
  return part.receive.bind(part);
}
