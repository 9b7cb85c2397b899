// The guided tour: a card in the place of the controls, one lesson at a time, each with a question that is
// answered on the figure. For an audience the card fills the window.
import { emit, on } from "../base/bus.js";
import { el, one, within } from "../base/dom.js";
import { dockHeight, isNarrow } from "../base/sheet.js";
import { currentFacts } from "../screen/facts.js";
import { level } from "../screen/level.js";
import { store } from "../screen/store.js";
import { currentView } from "../screen/view.js";
import { Accumulator } from "./accumulator.js";
import { forgetAnswers, noteLeft } from "./answered.js";
import { Asking } from "./asking.js";
import "./course.js";
import { FORETELL } from "./guesspsnr.js";
import { lead, litBy } from "./lead.js";
import { answerOn, lackOf, light, stepOf, textOf, unfold } from "./lessonparts.js";
import { LESSONS } from "./lessons.js";
import { isPresenting, present, toggleFullScreen } from "./present.js";
import { leaveStage, stageLesson } from "./stage.js";
import { onSwipe } from "./swipe.js";
import { Foot } from "./tourfoot.js";
import { leadBelow, makeHead, noteOf } from "./tourhead.js";
import { answerKey } from "./tourkeys.js";

/** @import { View } from "../screen/types.js" */
/** @import { Check } from "./lessonfigures.js" */
/** @import { Lesson } from "./lessons.js" */

const MARGIN = 8; // pixels to the edges of the window
const root = document.documentElement;

/** It moves before something of it is lit. @param {Lesson} lesson */
function placeDiagram(lesson) {
  const hasRoom = isPresenting() || litBy(lesson) !== lesson.narrow;
  root.toggleAttribute("data-diagram", Boolean(lesson.diagram) && hasRoom);
  emit("diagram");
}

class Tour {
  /** @type {number | null} the lesson */
  at = null;
  drawn = "";
  /** @type {Accumulator | null} being played, in its lesson */
  play = null;
  /** @type {Element | null} where the keyboard was before */
  opener = null;
  began = 0; // the lesson that it began with
  resumed = false; // it went on there
  top = 0; // where the page was scrolled to before
  /** @type {IntersectionObserver | null} */
  below = null;
  asking = new Asking(() => this.judged());
  foot = new Foot({
    show: (at) => this.show(at),
    turn: (by) => this.turn(by),
    again: () => this.again(),
  });
  body = el("div", { class: "tc-tour-body", tabindex: -1 });
  card = el(
    "section",
    { class: "tc-root tc-card tc-tour", role: "dialog", "aria-labelledby": "tc-tour-title", hidden: true },
    this.body,
  );

  get lesson() {
    return this.at === null ? null : LESSONS[this.at];
  }
  build() {
    if (this.card.isConnected) return;
    document.body.append(this.card);
    addEventListener("resize", () => this.place());
    addEventListener("scroll", () => this.place(), { passive: true });
    new ResizeObserver(() => this.place()).observe(one("#tc-left"));
  }
  /** Over the left column, whose place it takes; nothing else moves. For an audience over everything. */
  place() {
    const { lesson } = this;
    if (this.card.hidden || !lesson) return;
    const left = one("#tc-left");
    const box = left.getBoundingClientRect();
    const narrow = isNarrow();
    this.card.classList.toggle("sheet", narrow && !isPresenting());
    this.card.classList.toggle("presented", isPresenting());
    left.inert = !narrow;
    left.style.visibility = narrow ? "" : "hidden";
    if (isPresenting()) {
      this.card.removeAttribute("style");
      return stageLesson(this.card, this.body, lesson);
    }
    leaveStage();
    const top = Math.max(MARGIN, box.top);
    const sheet = { bottom: dockHeight() + "px", left: "", width: "", top: "", height: "" };
    const column = { left: box.left + "px", width: box.width + "px", top: top + "px" };
    const wide = { bottom: "", ...column, height: `calc(100vh - ${top + MARGIN}px)` };
    Object.assign(this.card.style, narrow ? sheet : wide);
  }
  /** A panel has the height of what is in it. @param {Lesson} lesson */
  opened(lesson) {
    if (isPresenting()) this.place();
    lead(lesson, this.card);
  }

  /** @param {number} at */
  show(at) {
    const view = currentView();
    if (!view) return;
    this.build();
    const wanted = Math.min(Math.max(0, at), LESSONS.length - 1);
    if (this.at === null) this.open(wanted);
    const moved = this.at !== wanted;
    this.at = wanted;
    noteLeft(wanted);
    const lesson = LESSONS[this.at];
    if (moved) {
      emit("point", null); // what was pointed at may be the next question's answer
      this.body.scrollTop = 0;
    }
    this.asking.begin(lesson, view);
    this.card.hidden = false;
    document.body.classList.add("tc-touring");
    emit("tour", this.at); // which shows all that a lesson may speak of
    placeDiagram(lesson);
    unfold(lesson.where, () => this.lesson === lesson && this.opened(lesson));
    this.drawn = "";
    this.draw();
    lead(lesson, this.card);
    if (moved) this.take();
  }
  /** Where it was left. @param {number} at */
  resume(at) {
    this.resumed = at > 0;
    this.show(at);
  }
  /** From the first lesson, as if nothing had been answered. */
  anew() {
    forgetAnswers();
    this.resumed = false;
    this.show(0);
    this.foot.mark();
  }
  /** It begins: what closing it leads back to. @param {number} at */
  open(at) {
    this.opener = document.activeElement;
    this.began = at;
    this.top = scrollY;
  }
  /** The keyboard is in the card: what was pressed may be gone. */
  take() {
    this.body.focus({ preventScroll: true });
  }
  /** Where a run begins, an audience sees the page, and the next lesson large again. */
  close({ forRun = false, atEnd = false } = {}) {
    if (this.at === null) return;
    if (atEnd) noteLeft(0); // the next time it begins
    this.at = null;
    this.resumed = false;
    this.stopPlaying();
    this.card.hidden = true;
    Object.assign(one("#tc-left"), { inert: false }).style.visibility = "";
    document.body.classList.remove("tc-touring");
    root.removeAttribute("data-diagram");
    leaveStage();
    if (isPresenting() && !forRun) present(false);
    light(null);
    emit("tour", null);
    if (level() === "simple" && !forRun) scrollTo({ top: this.top });
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus();
  }
  /** @param {number} by */
  turn(by) {
    const next = (this.at ?? 0) + by;
    if (next >= LESSONS.length) this.close({ atEnd: true });
    else if (next >= 0) this.show(next);
  }

  /** A finger does not close what it turns. @param {number} by */
  swipe(by) {
    if (this.at !== null && isPresenting() && LESSONS[this.at + by]) this.turn(by);
  }

  /** @param {View} view */
  keyOf({ run, kind, row, table }) {
    const schedule = this.lesson?.weighs && kind === "whatif" ? row?.[2] : "";
    const ready = [currentFacts(), store.course, table].map(Boolean);
    return [this.at, run.run, schedule, ...ready].join("/");
  }
  /**
   * Drawn anew when the lesson or the run on screen changed: an answer in progress is not lost at every
   * redraw.
   */
  draw() {
    const view = currentView();
    const { lesson } = this;
    if (!lesson || !view) return;
    const key = this.keyOf(view);
    if (key === this.drawn) return;
    this.drawn = key;
    this.card.classList.toggle("tall", Boolean(lesson.dots)); // its figure lies on the card
    this.stopPlaying();
    this.body.replaceChildren(...this.content(lesson, view));
    this.place();
    this.lookBelow();
  }
  /**
   * @param {Lesson} lesson
   * @param {View} view
   */
  content(lesson, view) {
    const lack = lackOf(lesson, view);
    const values = lesson.values(view);
    const variants = [lack, lesson.variant?.(view) ?? ""];
    /** @type {Check} */
    const check = (chosen, all = [], given = chosen) => {
      if (chosen === null) this.asking.hush();
      else if (lesson.dots) this.asking.answer(lesson.dots(chosen, all), given);
    };
    const figure = lesson.figure?.(view, check, answerOn(lesson, view)?.given);
    this.play = lesson.play ? new Accumulator(view) : null;
    this.asking.ready(lesson, view, this.play);
    const figures = [figure, this.play?.node].filter((each) => each !== null && each !== undefined);
    return [
      makeHead(this, textOf(lesson, "title", values, variants)),
      ...(this.at === this.began ? noteOf(this.resumed ? () => this.anew() : null) : []),
      el("p", {}, textOf(lesson, "text", values, variants)),
      ...(figures.length ? [el("div", { class: "tc-tour-figure" }, ...figures)] : []),
      ...(lesson.live ? [this.asking.line] : []),
      ...(lack ? [] : [this.asking.node(textOf(lesson, "ask", values, variants))]),
      this.foot.node(view, this.at ?? 0),
    ];
  }
  lookBelow() {
    this.below?.disconnect();
    this.body.style.setProperty("--foot", one(".tc-tour-foot", this.body).offsetHeight + "px");
    this.below = leadBelow(this.body);
  }

  /** An answer may need more room than the question did. */
  judged() {
    this.foot.mark();
    const view = currentView();
    if (view && this.at === LESSONS.length - 1) {
      one(".tc-tour-foot", this.body).replaceWith(this.foot.node(view, this.at)); // which has the score
    }
    this.lookBelow();
    this.asking.said.scrollIntoView({ block: "nearest" }); // the foot may have grown over it
    if (isPresenting()) this.place();
    else if (isNarrow() && this.lesson) lead(this.lesson, this.card); // the sheet may have grown
  }
  /** As if nothing had been answered. */
  again() {
    this.drawn = "";
    this.draw();
    this.take();
  }
  /** For an audience, or back in its column. @param {boolean} wanted */
  present(wanted) {
    present(wanted);
    if (wanted) void toggleFullScreen();
    if (this.at === null) return;
    this.show(this.at);
    this.take();
  }
  stopPlaying() {
    this.play?.stop();
    this.play = null;
  }

  /** @param {MouseEvent} event */
  press(event) {
    const onPlot = !this.play && within(event, ".tc-plot"); // which is veiled where it is played
    const step = stepOf(event) ?? (onPlot ? this.asking.pointed : null);
    if (this.at === null || step === null) return;
    this.asking.pointAt(step);
    this.asking.choose?.(step);
  }
  choose() {
    this.asking.choose?.(this.asking.pointed);
  }
}

const card = new Tour();
/** Shows a lesson, goes on with one, closes the tour, and tells which lesson is on screen. */
export const tour = {
  show: (/** @type {number} */ at) => card.show(at),
  resume: (/** @type {number} */ at) => card.resume(at),
  close: () => card.close(),
  at: () => card.at,
};

document.addEventListener("click", (event) => card.press(event));
document.addEventListener("keydown", (event) => card.at !== null && answerKey(card, event));
onSwipe((by) => card.swipe(by));
on("point", (index) => {
  const step = index === null ? undefined : currentView()?.columns.step[index];
  if (card.at !== null && step !== undefined) card.asking.pointAt(step);
});
on("view", ({ kind }) => (kind === "live" ? card.close({ forRun: true }) : card.draw()));
on("facts", () => card.draw());
on("course", () => card.draw());
on("foretold", () => card.show(LESSONS.findIndex(({ id }) => id === FORETELL)));
