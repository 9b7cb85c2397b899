// The slider as a hand holds it: over Gradio's own, which keeps the threshold and travels by its size, one
// that travels from schedule to schedule; behind it the schedules themselves, one a column.
import { on } from "../base/bus.js";
import { colour, el } from "../base/dom.js";
import { nameEnds, sliderInput, whenSlider } from "../gradio_glue/slider.js";
import { store } from "../screen/store.js";
import { currentView, isOfModel } from "../screen/view.js";
import { delta } from "../words/numbers.js";
import { t } from "../words/words.js";
import { makeMarks } from "./marks.js";
import { bySchedules, even, insetsFor } from "./scale.js";
import { moveSlider } from "./slider.js";

/** @import { Row, View } from "../screen/types.js" */
/** @import { Table } from "../whatif/types.js" */

const BROKEN_OFF = ["stopped", "failed"];

/**
 * Every schedule as a column of its calls, the first at the top; dark where computed.
 * @param {HTMLCanvasElement} canvas
 * @param {Row[]} rows
 */
function paint(canvas, rows) {
  const calls = rows[0][2].length;
  Object.assign(canvas, { width: rows.length + 1, height: calls });
  const context = canvas.getContext("2d");
  if (!context) return; // a browser that draws no pictures: the slider is there without
  context.fillStyle = colour("computed");
  context.fillRect(0, 0, 1, calls); // off: everything is computed
  rows.forEach(([, , schedule], column) => {
    for (let call = 0; call < calls; call++)
      if (schedule[call] === "1") context.fillRect(column + 1, call, 1, 1);
  });
}

/**
 * Of a run that was broken off no schedules will come. Those under the handle stay if they are of as many
 * calls, so that the hand finds its place again.
 * @param {View} view
 * @param {Table} table
 */
const suits = ({ run }, { rows }) => !BROKEN_OFF.includes(run.phase) || rows[0][2].length === run.calls;

const HALF = 10; // pixels of the handle, about: its middle goes no nearer to the ends

class Track {
  range = el("input", { type: "range", class: "tc-scale", min: 0, step: 1, "aria-label": t("threshold") });
  picture = el("canvas", { class: "tc-schedules", "aria-hidden": "true" });
  marks = makeMarks();
  /** @type {Table | null} the latest: while a run is under way the slider stays as it is */
  table = null;
  threshold = 0; // at which the handle stands
  /** @type {Table | null} that is painted */
  painted = null;

  /** @param {HTMLInputElement} own Gradio's, which lies hidden beside it */
  constructor(own) {
    this.scaled = el("div", { class: "tc-scaled" }, this.picture, this.range, ...this.marks.nodes);
    this.node = el("div", { class: "tc-track" }, this.scaled, this.marks.note);
    own.after(this.node);
    const move = () => moveSlider(this.scale().thresholdAt(Number(this.range.value)));
    this.range.addEventListener("input", move);
    const draw = () => this.draw(currentView());
    on("view", (view) => this.draw(view));
    on("threshold", draw);
    on("facts", draw);
    on("theme", () => {
      this.painted = null;
      draw();
    });
    new MutationObserver(draw).observe(own, { attributes: true, attributeFilter: ["max"] });
    draw();
  }

  /** @param {View | null} view */
  tableFor(view) {
    if (!view || !isOfModel(view.run)) return null;
    return view.table ?? (this.table && suits(view, this.table) ? this.table : null);
  }
  scale() {
    return this.table ? bySchedules(this.table.rows) : even(Number(sliderInput()?.max) || 1);
  }
  /** Where the middle of the handle is, in pixels from the track's beginning. */
  middle() {
    const { left, width } = this.range.getBoundingClientRect();
    const share = Number(this.range.value) / Number(this.range.max);
    return left - this.node.getBoundingClientRect().left + HALF + share * (width - 2 * HALF);
  }
  /**
   * Another run's schedules lie under the handle, which stays where the hand left it.
   * @param {number} share of the scale at which the threshold lies now
   */
  keep(share) {
    const { width } = this.node.getBoundingClientRect();
    const { left, right } = insetsFor(share, this.middle() - HALF, width - 2 * HALF);
    this.scaled.style.inset = `0 ${(100 * right) / width}% 0 ${(100 * left) / width}%`;
  }
  /** @param {View | null} view */
  draw(view) {
    const { range, picture } = this;
    const before = this.table;
    this.table = this.tableFor(view);
    nameEnds(delta);
    const scale = this.scale();
    const threshold = store.threshold ?? Number(sliderInput()?.value ?? 0);
    const isAnother = this.table && before && before.run !== this.table.run;
    if (isAnother && threshold === this.threshold) this.keep(scale.placeOf(threshold) / scale.last);
    else if (before !== this.table) this.scaled.style.inset = "0";
    this.threshold = threshold;
    if (range.max !== String(scale.last)) range.max = String(scale.last);
    range.value = String(scale.placeOf(threshold));
    range.setAttribute("aria-valuetext", this.said(threshold, view));
    picture.hidden = !this.table;
    this.marks.columns.style.visibility = this.table ? "" : "hidden"; // it tells of the picture's colours
    if (this.table && this.table !== this.painted) paint(picture, this.table.rows);
    this.painted = this.table;
    this.marks.draw(view, scale);
  }
  /** @param {number} threshold @param {View | null} view */
  said(threshold, view) {
    if (!this.table) return `δ ${delta(threshold)}`;
    const { total = 0, computed = 0 } = view?.table ? view : {};
    const values = { t: delta(threshold), computed, n: total, place: this.range.value, of: this.range.max };
    return t(total ? "scale_said" : "scale_place", values);
  }
}

whenSlider((own) => new Track(own));
