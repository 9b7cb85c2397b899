// Any choice of rivals at TeaCache's cost: made on request, told call by call with a strip of what each
// computed; their clips go to the player, two or three at once. Below them quality against latency, one curve
// a method.
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { el, term } from "../base/dom.js";
import { currentFacts } from "../screen/facts.js";
import { decibelsOf, delta, fixed, nearnessOf, psnrText } from "../words/numbers.js";
import { makeGraph } from "../plot/plotly.js";
import { store } from "../screen/store.js";
import { studyAddress, studyFigure } from "./study.js";
import { isBusy } from "../screen/view.js";
import { language, localized, t } from "../words/words.js";

/** @import { Host, RivalRow, Run, Sentence } from "../types.js" */

/**
 * ui/studies/rivals.py, _card.
 * @typedef {object} Method
 * @property {string} name
 * @property {string} title
 * @property {Sentence} about
 * @property {string} paper
 * @property {[name: string, about: Sentence, slow: number, fast: number][]} knobs
 * @property {Sentence | null} why it does not run here
 */
/** @typedef {{ name: string, attempt: number, calls: number, shares: number[] }} Under */
/** @typedef {{ name: string } & Record<string, unknown>} Sweep */
/** @typedef {{ run: string, rows: RivalRow[], busy: boolean, under: Under | null }} State */

const UNCACHED = "uncached";
const OURS = "teacache";
const MOST = shared.limits.lanes; // clips at once

/**
 * A bar per call, as high as the part of it that was computed.
 * @param {number[]} shares
 * @param {number} calls
 */
function strip(shares, calls) {
  const total = shares.reduce((a, b) => a + b, 0);
  const name = t("rivals_strip", { p: fixed((100 * total) / Math.max(1, calls), 0), n: shares.length });
  const height = (/** @type {number} */ share) => Math.max(2, Math.round(100 * Math.min(1, share)));
  const bars = shares.map((share) => el("i", { style: `--share:${height(share)}%` }));
  return el("span", { class: "tc-shares", role: "img", "aria-label": name, "data-tip": name }, ...bars);
}

/** @param {number} share */
const percent = (share) => fixed(100 * share, 0) + " %";

/** @param {RivalRow[]} rows */
const nearest = (rows) =>
  rows.reduce((best, row) => ((decibelsOf(row) ?? 0) > (decibelsOf(best) ?? 0) ? row : best));

/** @param {Sweep} sweep @param {string} [method] */
const sweepPage = ({ name }, method = "") =>
  `teacache/sweeps/${encodeURIComponent(name)}?lang=${language}#${encodeURIComponent(method)}`;

/** What the curves are of. @param {Sweep} sweep */
function sourceOf(sweep) {
  const given = { href: sweepPage(sweep), target: "_blank", rel: "noopener" };
  return [t("frontier_sweep", sweep) + " ", el("a", given, t("frontier_sweep_open"))];
}

/** What the methods of a run depend on. @param {Run} run */
const kindOf = ({ about, steps }) => `${about.model} ${steps}`;

/** Why rivals of a run cannot be made, as a text's key. @param {Run} run */
function obstacleOf({ phase, about }) {
  if (phase === "uploaded" || about.videos === false) return "signals_uploaded";
  return shared.phases.repeatable.includes(phase) ? null : "signals_later";
}

/** What a method is, folded under its name. @param {Method} method */
function aboutMethod({ title, about, paper, knobs, why }) {
  const lines = knobs.map(([name, text, slow, fast]) => {
    const span = slow === fast ? delta(slow) : delta(slow) + " – " + delta(fast);
    return el("li", {}, `${name} ${span}: ${localized(text)}`);
  });
  const ask = { class: "tc-method-ask", "aria-label": t("rivals_about", { what: title }) };
  const link = el("a", { href: paper, target: "_blank", rel: "noopener" }, t("rivals_paper"));
  const reason = why === null ? null : el("p", { class: "tc-note" }, localized(why));
  const text = el("p", {}, localized(about));
  return el("details", {}, el("summary", ask, "?"), text, reason, el("ul", {}, ...lines), link);
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
  plotted = "";
  gist = el("span", { class: "tc-gist" });
  note = el("p", { class: "tc-note", role: "status" });
  body = el("tbody");
  plot = makeGraph("tc-frontier");
  source = el("p", { class: "tc-note" });
  /** @type {Sweep | null} that the curves are of, where this visit has no runs of its own */
  sweep = null;
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
      this.plot,
      this.source,
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
    const figures = [percent(row.share), fixed(row.seconds, 1), ...nearnessOf(row).texts];
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
    const made = rows.map((row) => this.row(row, run, best?.name ?? ""));
    this.body.replaceChildren(this.first(), ...made, ...(this.under ? [this.growing(this.under, run)] : []));
    this.play.hidden = !rows.length || Boolean(run.about.seconds);
    this.play.disabled = this.lanes.length < 2;
  }
  drawAll() {
    this.draw();
    void this.drawPlot();
  }

  /** The clips that are ticked, as one file, made by the server, so that they cannot drift apart. */
  async show() {
    const { run, clip } = store;
    if (!run) return;
    const { still = false, fps, frames } = clip ?? {};
    const names = [UNCACHED, ...this.known(run).map(({ name }) => name)];
    const order = names.filter((name) => this.lanes.includes(name));
    const file = `lanes/${order.join("~")}.${still ? "png" : "mp4"}`;
    const src = `teacache/teach/${encodeURIComponent(run.run)}/${file}`;
    this.note.textContent = t("history_making");
    const refused = await fetched(src);
    this.note.textContent = refused;
    if (refused) return;
    const captions = order.map((name) => this.caption(name, run));
    const links = [[still ? "save_pictures" : "save_video", src]];
    const lanes = order.length;
    emit("play", {
      n: Date.now(),
      run: run.run,
      kind: "video",
      still,
      src,
      fps,
      frames,
      lanes,
      captions,
      links,
    });
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

  async drawPlot() {
    const { run } = store;
    if (!run?.run || !this.fold.open || obstacleOf(run)) return;
    const key = [run.run, this.known(run).length, run.phase].join();
    if (this.plotted === key) return;
    this.plotted = key;
    const ids = [...new Set([run.run, ...store.visited])].join(",");
    const address = studyAddress(run.run, "frontier", { ids });
    const told = await studyFigure(this.plot, address, (point) => this.opened(point.customdata));
    if (!told) {
      this.plotted = "";
      return;
    }
    this.sweep = told.sweep;
    this.source.replaceChildren(...(this.sweep ? sourceOf(this.sweep) : []));
  }
  /** A point opens its run; one of a sweep, which is a mean over many, their page. @param {string} id */
  opened(id) {
    if (this.sweep) window.open(sweepPage(this.sweep, id.split(" ")[0]), "_blank", "noopener");
    else if (id) emit("open", id);
  }

  /** @param {State} next */
  receive(next) {
    if (!next.run) return;
    if (next.busy && next.run !== this.busy) return; // still on its way when it was stopped
    this.told.set(next.run, next.rows);
    this.under = next.busy ? next.under : null;
    if (!next.busy && next.run === this.busy) this.busy = null;
    this.draw();
    if (!next.busy) void this.drawPlot();
  }
}

/**
 * Has a file made; says why not, or nothing. The player asks again, and gets it from the browser's cache.
 * @param {string} src
 */
async function fetched(src) {
  try {
    const answer = await fetch(src);
    if (!answer.ok) return await answer.text();
    await answer.blob();
    return "";
  } catch {
    return t("history_offline");
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
