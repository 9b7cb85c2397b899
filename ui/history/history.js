// The runs of this visitor, in a list and as dots. The browser keeps only their ids; what they gave is asked
// of the server, which lists no run to anybody who does not name it.
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { bringToView, el, one, term } from "../base/dom.js";
import { note } from "../base/toast.js";
import { keep, kept } from "../base/kept.js";
import { recordingOf } from "../player/ladder.js";
import { mayOpen, opens } from "../run/entrances.js";
import { currentFacts } from "../screen/facts.js";
import { store } from "../screen/store.js";
import { currentView } from "../screen/view.js";
import { localized, recordedKey, t } from "../words/words.js";
import { makeCaption, shownOf } from "./curves.js";
import { dotKeys, drawDots, gainText, lineOf, nearText, ruleText, sentenceOf } from "./dots.js";
import { closest } from "./frontier.js";
import { caption, cautionFor, pairOf, sizeOf } from "./pair.js";
import { isFolded, sayHow, standing } from "./standing.js";
import { titleOf, wayBack } from "./wayback.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run, View } from "../screen/types.js" */
/** @import { Summary } from "./types.js" */
/** @import { Spot } from "./dots.js" */
/** @typedef {{ runs: Summary[], recorded: Summary[], missing: string[] }} Told */

const KEY = "teacache-runs";
const MOST = shared.limits.history;
const HEADS = ["col_pin", "history_run", "history_speed", "PSNR", "col_shown"];

/** The newest last. @returns {string[]} */
const readIds = () =>
  kept(KEY, /** @type {unknown[]} */ ([]), Array.isArray)
    .filter((id) => typeof id === "string")
    .slice(-MOST);

/** @param {string[]} ids @returns {Promise<Told>} */
async function askFor(ids) {
  const answer = await fetch("teacache/history?ids=" + encodeURIComponent(ids.join(",")));
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** @param {Summary} run */
const recordedName = (run) => t(recordedKey(run.run));
/** @param {string} key */
const headOf = (key) => {
  if (key.startsWith("col")) return el("th", { scope: "col" }, el("span", { class: "tc-sr" }, t(key)));
  return el("th", { scope: "col" }, key === "PSNR" ? key : t(key));
};

class History {
  /** @type {Summary[]} of this visitor's runs */
  own = [];
  /** @type {Summary[]} */
  recorded = [];
  /** @type {string[]} */
  pins = [];
  shown = ""; // the run id on screen
  former = ""; // and the one before it
  ids = readIds();
  asked = new Set(this.ids);
  plot = el("div");
  caption = makeCaption(() => this.draw());
  /** @type {(spot: Spot | null) => void} */
  move = () => undefined;
  note = el("p", { class: "tc-note", role: "status", "aria-live": "polite" });
  rows = el("tbody");
  way = wayBack(() => this.restore(this.former));

  /**
   * @param {HTMLElement} root
   * @param {Host["trigger"]} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger;
    const compare = { type: "button", class: "tc-button", disabled: true, onclick: () => this.playPair() };
    this.compare = el("button", compare, t("history_compare"));
    const clear = { type: "button", class: "tc-link", hidden: true, onclick: () => this.forget() };
    this.clear = el("button", clear, t("history_clear"));
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...HEADS.map(headOf))), this.rows);
    const body = el("div", { class: "tc-history-body" }, el("div", { class: "tc-history-list" }, table));
    const parts = [this.plot, dotKeys(), this.caption.node];
    standing(el("figure", { class: "tc-runs" }, ...parts), body);
    root.append(
      el(
        "section",
        { class: "tc-card tc-history", "aria-label": t("history_title") },
        el("div", { class: "tc-card-head" }, el("h2", {}, term("history_title")), this.clear),
        body,
        el("div", { class: "tc-history-foot" }, this.compare, this.note),
      ),
    );
    on("view", (view) => {
      this.follow(view.run);
      this.way.offer(view.run.phase === "stopped");
      this.mark(view);
    });
    on("restored", () => this.leaveFormer());
    on("open", (id) => this.restore(id)); // a run of another figure
    on("pair", (there) => !there && this.say(""));
    for (const news of ["facts", "theme", "level", "tour"]) on(news, () => this.draw());
    this.draw();
    void this.load();
  }

  /** What the page had before what its link asks for was seen by nobody. */
  leaveFormer() {
    this.former = "";
    this.way.draw(undefined);
  }
  /** @param {string} id */
  find(id) {
    return this.own.find(({ run }) => run === id) || this.recorded.find(({ run }) => run === id);
  }
  /** @param {string} text */
  say(text) {
    this.note.textContent = text;
  }
  /** @param {string} id */
  restore(id) {
    if (!mayOpen()) return;
    this.way.leave(this.find(id), this.find(this.shown));
    this.say("");
    opens(id);
    this.trigger("restore", { id });
  }
  /** @param {string} id */
  pin(id) {
    this.pins = this.pins.includes(id)
      ? this.pins.filter((other) => other !== id)
      : [...this.pins, id].slice(-2);
    this.draw();
    this.compare.disabled = this.pins.length !== 2;
    this.say(this.pins.length === 1 ? t("history_pin_more") : "");
  }
  async playPair() {
    const [a, b] = this.pins.map((id) => this.find(id));
    if (!a || !b) return;
    if (sizeOf(a) !== sizeOf(b)) return this.say(t("history_sizes"));
    this.say(t("history_making"));
    const pair = pairOf(a, b);
    try {
      const answer = await fetch(pair.src);
      if (!answer.ok) return this.say(localized((await answer.json()).error));
      await answer.blob(); // the player asks again, and gets it from the browser's cache
    } catch {
      return this.say(t("history_offline"));
    }
    this.say(t("history_pair", { a: caption(a), b: caption(b) }));
    const caution = cautionFor(a, b);
    if (caution) note(caution);
    emit("play", { ...pair, run: this.shown });
    bringToView(one("#tc-player"));
  }

  /** The button that pins a run as A or B. @param {Summary} run */
  pinOf(run) {
    if (!run.clip) return "";
    const place = this.pins.indexOf(run.run);
    const text = t("history_pin", { rule: ruleText(run) });
    const attributes = {
      type: "button",
      class: "tc-pin",
      "aria-pressed": String(place >= 0),
      "aria-label": text,
    };
    const onclick = () => this.pin(run.run);
    return el("button", { ...attributes, "data-tip": text, onclick }, place < 0 ? "+" : "AB"[place]);
  }
  /** @param {Summary} run */
  row(run) {
    const isShown = run.run === this.shown;
    const attributes = {
      type: "button",
      class: "tc-link",
      "data-tip": sentenceOf(run, this.find(this.shown)),
    };
    const name = el("button", { ...attributes, onclick: () => this.restore(run.run) }, ruleText(run));
    const recorded = `${t("history_recorded")} · ${titleOf(run.model)}, ${recordedName(run)}`;
    const prompt = el(
      "span",
      { class: "tc-prompt" },
      run.recorded ? recorded : run.prompt || t("history_upload"),
    );
    return el(
      "tr",
      { class: isShown ? "shown" : "", "data-run": run.run },
      el("td", {}, this.pinOf(run)),
      el("th", { scope: "row" }, name, prompt),
      el("td", {}, gainText(run)),
      el("td", {}, nearText(run)),
      el("td", {}, el("span", { class: "tc-mark" }, isShown ? t("history_shown") : "")),
    );
  }
  draw() {
    const { own, recorded, pins } = this;
    store.visited = own.map(({ run }) => run);
    const onScreen = store.run?.run === this.shown ? store.run : null;
    const facts = onScreen && currentFacts();
    const { rungs, curves } = { rungs: facts?.ladder?.rungs ?? [], curves: facts?.curves ?? [] };
    const shown = this.find(this.shown);
    const marks = { shown, pins, line: lineOf(onScreen, rungs), curves: shownOf(curves) };
    this.caption.draw(onScreen, curves, rungs);
    const runs = isFolded() ? closest(shown, own, rungs.length ? [] : recorded) : [...recorded, ...own];
    this.way.draw(this.find(this.former));
    this.move = drawDots(this.plot, runs, marks, (id) => this.restore(id));
    sayHow();
    this.mark(currentView());
    const hint = el("tr", { class: "tc-hint" }, el("td", { colspan: 5 }, t("history_empty")));
    const listed = [...own].reverse().map((run) => this.row(run));
    this.rows.replaceChildren(...(listed.length ? listed : [hint]), ...recorded.map((run) => this.row(run)));
    this.clear.hidden = !own.length;
  }

  /** The ring follows the slider along the curve. @param {View | null} view */
  mark(view) {
    const rung = view && recordingOf(view)?.rung;
    this.move(rung ? { x: rung.measured ?? 1, y: rung.psnr } : null);
  }

  async load() {
    try {
      const { runs, recorded, missing } = await askFor(this.ids);
      this.own = runs.filter((run) => !run.recorded);
      this.recorded = recorded;
      if (missing.length) {
        this.ids = this.ids.filter((id) => !missing.includes(id));
        keep(KEY, this.ids);
        this.say(t("history_missing", { n: missing.length }));
      }
    } catch {
      this.say(t("history_offline"));
    }
    this.draw();
  }
  /** @param {string} id */
  async add(id) {
    this.asked.add(id);
    try {
      const { runs, recorded } = await askFor([id]);
      if (!runs.length) return;
      // Another tab may have run something too.
      this.ids = [...readIds().filter((other) => other !== id), id].slice(-MOST);
      keep(KEY, this.ids);
      this.own = [...this.own.filter(({ run }) => run !== id), ...runs];
      this.recorded = recorded;
      this.draw();
    } catch {
      this.asked.delete(id); // the next state tries again
    }
  }
  forget() {
    this.ids = [];
    this.own = [];
    this.pins = [];
    this.compare.disabled = true;
    this.asked = new Set([this.shown]);
    keep(KEY, this.ids);
    this.say("");
    this.draw();
  }
  /** @param {Run} run */
  follow({ run, phase }) {
    if (shared.phases.own.includes(phase) && run && !this.asked.has(run)) void this.add(run);
    if (run === this.shown) return;
    if (this.find(this.shown)) this.former = this.shown;
    this.shown = run;
    this.way.arrive(run);
    this.draw();
  }
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function historyPart(root, { trigger }) {
  new History(root, trigger);
}
