// The accumulator played step by step: the sum grows, is held against the threshold, and starts again. What
// is still to come is veiled, so that the reader can say which call is computed next. The sums are those that
// were recorded or replayed; nothing is decided here.
import shared from "../shared.js";
import { emit } from "../base/bus.js";
import { el, iconOf } from "../base/dom.js";
import { stepText } from "../player/film.js";
import { worded } from "../plot/figure.js";
import { fill } from "../plot/gauge.js";
import { sketch } from "../plot/sketch.js";
import { unveil, veil } from "../plot/veil.js";
import { isWeighed } from "../screen/arithmetic.js";
import { callsOf } from "../screen/facts.js";
import { delta, num, sumText } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Icon } from "../base/dom.js" */
/** @import { Call, View } from "../screen/types.js" */

const PACE_MS = 700; // a step
const AHEAD = 5; // estimates shown in advance
const empty = worded(shared.figures.accumulator);

/**
 * Where to begin: a computed call that is followed by reuse, the longer the better to count.
 * @param {Call[]} calls
 */
export function opening(calls) {
  /** @param {number} j @param {number} n */
  const isFollowed = (j, n) => {
    const next = calls.slice(j + 1, j + 1 + n);
    return calls[j].computed && next.length === n && next.every(({ computed }) => !computed);
  };
  const places = [2, 1].map((n) => calls.findIndex((_, j) => isFollowed(j, n)));
  return places.find((place) => place >= 0) ?? 0;
}

/**
 * @param {string} key
 * @param {Icon} icon
 * @param {() => void} onclick
 */
const control = (key, icon, onclick) =>
  el(
    "button",
    { type: "button", class: "tc-icon", "aria-label": t(key), "data-tip": t(key), onclick },
    iconOf(icon),
  );

export class Accumulator {
  /** @type {ReturnType<typeof setInterval> | null} */
  timer = null;
  sum = el("p", { class: "tc-sum" });
  gauge = el("div", { class: "tc-gauge" });
  ahead = el("p", { class: "tc-note" });

  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.calls = callsOf(view);
    this.place = opening(this.calls);
    this.toggle = control("tour_play", "play", () => (this.timer ? this.pause() : this.start()));
    const first = control("tour_first", "back", () => this.go(0));
    const next = control("tour_on", "next", () => this.go(this.place + 1));
    new ResizeObserver(() => this.measure()).observe(this.gauge);
    const buttons = el("div", { class: "tc-stepper" }, first, this.toggle, next);
    this.node = el("div", { class: "tc-accumulator" }, this.gauge, this.sum, this.ahead, buttons);
    this.draw();
  }

  get last() {
    return this.calls.length - 1;
  }
  /** What is said of a call. @param {number} place */
  textOf(place) {
    const call = this.calls[place];
    const before = this.calls[place - 1];
    const a = before && !before.computed ? before.acc : 0;
    const values = {
      x: num(call.ind),
      y: num(call.est),
      sum: sumText(a, call.est, call.acc),
      z: num(call.acc),
      t: delta(this.view.threshold),
    };
    if (!isWeighed(call.reason)) return t(`say_${call.reason}`, values);
    return t(call.computed ? "tour_sum_computed" : "tour_sum_reused", values);
  }
  draw() {
    const call = this.calls[this.place];
    this.sum.textContent = stepText(call.step) + ": " + this.textOf(this.place);
    this.measure();
    const next = this.calls.slice(this.place + 1, this.place + 1 + AHEAD).filter(({ est }) => est !== null);
    const list = next.map(({ step, est }) => `${step + 1}: ${num(est, 2)}`).join(" · ");
    this.ahead.textContent = list ? t("tour_ahead", { list }) : "";
    if (this.place < this.last) veil(call.step, this.view.steps);
    else unveil();
    emit("point", call.i);
  }
  /** The sum of the call against the threshold. */
  measure() {
    const { clientWidth: width, clientHeight: height } = this.gauge;
    const { acc, computed } = this.calls[this.place];
    const call = { total: acc ?? 0, computed, threshold: this.view.threshold };
    sketch(this.gauge, fill(empty, call), { width, height });
  }
  /** @param {number} to */
  go(to) {
    this.place = Math.min(this.last, Math.max(0, to));
    if (this.place === this.last) this.pause();
    this.draw();
  }
  start() {
    if (this.place === this.last) this.place = 0;
    this.timer = setInterval(() => this.go(this.place + 1), PACE_MS);
    this.toggle.replaceChildren(iconOf("pause"));
  }
  pause() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.toggle.replaceChildren(iconOf("play"));
  }
  stop() {
    this.pause();
    unveil();
  }
  /**
   * Right if the step is the next one that is computed; then it is shown. Null where none is.
   * @param {number} step
   */
  judge(step) {
    this.pause();
    const place = this.calls.findIndex(({ computed }, i) => i > this.place && computed);
    if (place < 0) return null;
    const best = this.calls[place].step;
    const values = { i: step + 1, best: best + 1, t: delta(this.view.threshold), why: this.textOf(place) };
    if (step === best) this.go(place);
    return { right: step === best, values };
  }
}
