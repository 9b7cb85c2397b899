// The figures, the progress line, the plot, the step strip and the sentence about one step.
import { emit, on } from "../base/bus.js";
import { el, reword } from "../base/dom.js";
import { makeMechanism } from "../mechanism/mechanism.js";
import { standing } from "../mechanism/standing.js";
import { makeLegend } from "../plot/legend.js";
import { makePlot } from "../plot/plot.js";
import { opened } from "../run/entrances.js";
import { arrived } from "../run/job.js";
import { explain } from "../screen/explain.js";
import { cellOf, moved } from "../screen/lanes.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { isBusy, refresh, setRun } from "../screen/view.js";
import { t } from "../words/words.js";
import { keepInView } from "./inview.js";
import { lineOf, noticeHere } from "./line.js";
import { outcomeOf } from "./prediction.js";
import { makeStrip } from "./strip.js";
import { makeTiles } from "./tiles.js";

/** @import { Columns, PackedRun, View } from "../screen/types.js" */

/** How far both runs are. */
function makeBar() {
  const [first, second] = [el("i", { class: "uncached" }), el("i", { class: "cached" })];
  const attributes = {
    role: "progressbar",
    "aria-label": t("progress"),
    "aria-valuemin": 0,
    "aria-valuemax": 100,
  };
  const node = el("div", { class: "tc-bar", ...attributes }, first, second);

  /** @param {View} view */
  function draw({ run, kind }) {
    const waiting = isWaiting(store.job);
    /** @param {Columns} columns */
    const share = (columns) =>
      waiting ? 0 : Math.min(100, (100 * columns.step.length) / Math.max(1, run.calls));
    const a = run.baselineReused && !waiting ? 100 : share(run.uncached);
    const b = share(run.cached);
    node.classList.toggle("on", kind === "live" || waiting);
    first.style.width = a / 2 + "%";
    second.style.width = b / 2 + "%";
    node.setAttribute("aria-valuenow", String(Math.round((a + b) / 2)));
  }
  return { node, draw };
}

/** Of a run under way the call that is meant while nobody points. @param {View} view */
const latestOf = ({ kind, columns }) =>
  kind === "live" && columns.step.length ? columns.step.length - 1 : null;

class Board {
  /** @type {number | null} the call that the visitor points at */
  current = null;
  /** @type {number | null} the call whose card is open: the diagram and the row of steps stay with it */
  opened = null;
  /** @type {number | null} the call that the diagram shows, and the row of steps marks */
  drawn = null;
  /** @type {View | null} */
  view = null;
  tiles = makeTiles();
  bar = makeBar();
  mechanism = makeMechanism();
  legend = makeLegend();
  line = el("p", { class: "tc-line" }); // said aloud by aloud.js, which is less chatty
  say = el("p", { class: "tc-say", "aria-live": "polite" });

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const plot = el("div", { class: "tc-plot" });
    const attributes = { class: "tc-strip", tabindex: 0, role: "group", "aria-label": t("strip_label") };
    const strip = el("div", attributes);
    const card = el("div", { class: "tc-card tc-plot-card" }, this.legend.node, plot, strip, this.say);
    const line = el("div", { class: "tc-line-row" }, this.line);
    root.append(this.tiles.node, this.bar.node, line, standing(this.mechanism.node), card);
    makePlot(plot);
    this.strip = makeStrip(strip);
    keepInView(strip);
    on("view", (view) => this.draw(view));
    on("waiting", refresh);
    for (const news of ["hushed", "level", "tour"]) on(news, () => this.view && this.drawLine(this.view));
    on("point", (index) => this.point(index));
    on("point-step", (step) => this.pointStep(step));
    on("inspect", (index) => this.look(index));
    on("step", (move) => this.step(move));
  }

  /** @param {number | null} index */
  point(index) {
    this.current = index;
    if (this.view) this.drawSay(this.view);
  }
  /** @param {number | null} index */
  look(index) {
    this.opened = index;
    if (this.view) this.drawSay(this.view);
  }
  /**
   * By a key, from the call that is pointed at or looked into, else from the one that is marked.
   * @param {number} move
   */
  step(move) {
    if (!this.view) return;
    const there = moved(this.view, this.current ?? this.opened ?? this.drawn, move);
    emit("point", there);
    emit("stepped", there);
  }
  /** @param {number} step */
  pointStep(step) {
    const index = this.view ? this.view.columns.step.indexOf(step) : -1;
    if (index >= 0) emit("point", index);
  }
  /** @param {View} view */
  drawSay(view) {
    const latest = cellOf(view, latestOf(view));
    const index = this.opened ?? this.current ?? latest;
    const sentence = explain(view, this.current ?? this.opened ?? latest);
    this.say.replaceChildren(
      ...(sentence ? [el("b", {}, sentence.name + ": "), sentence.text] : [t("say_hint")]),
    );
    this.say.setAttribute("aria-live", view.kind === "live" ? "off" : "polite"); // not once a step
    this.drawn = this.mechanism.draw(view, index);
    this.strip.draw(view, index, this.drawn);
  }
  /** @param {View} view */
  drawLine(view) {
    reword(this.line, lineOf(view));
    const notice = noticeHere();
    this.line.classList.toggle("failed", notice !== "");
    this.line.title = notice; // whole, where the line has no room
  }
  /** @param {View} view */
  draw(view) {
    this.view = view;
    view.outcome = outcomeOf(view);
    this.root.classList.toggle("tc-asked", view.kind === "whatif");
    this.root.classList.toggle("tc-outcome", Boolean(view.outcome?.wrong.size));
    document.body.classList.toggle("tc-running", isBusy());
    if (this.current !== null && this.current >= view.columns.step.length) this.current = null;
    this.tiles.draw(view);
    this.bar.draw(view);
    this.drawLine(view);
    this.legend.draw(view);
    this.drawSay(view);
    emit("board", view); // for what is placed by the row of steps
  }
}

/** @param {HTMLElement} root */
export function boardPart(root) {
  new Board(root);
  /** @param {PackedRun} value */
  return (value) => {
    arrived();
    opened(value.run);
    setRun(value);
  };
}
