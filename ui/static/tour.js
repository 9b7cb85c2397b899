// The guided tour: a card in the place of the controls, one lesson at a time, each with a question that is
// answered on the figure.
import { Accumulator } from "./accumulator.js";
import { emit, on } from "./bus.js";
import { el, isField, one, reducedMotion, within } from "./dom.js";
import { currentFacts } from "./facts.js";
import { stepText } from "./film.js";
import { awayFromAnswer, button, iconButton, lackOf, light, stepOf, textOf } from "./lessonparts.js";
import { LESSONS } from "./lessons.js";
import { speedOf } from "./numbers.js";
import { dockHeight, isNarrow } from "./sheet.js";
import { store } from "./store.js";
import { currentView } from "./view.js";
import { t } from "./words.js";

/** @import { Summary, View } from "./types.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Lesson } from "./lessons.js" */

const MARGIN = 8; // pixels to the edges of the window
/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowLeft: -1 };

class Tour {
  /** @type {number | null} the lesson */
  at = null;
  /** @type {Map<string, number>} lesson -> how many tries it took */
  answered = new Map();
  tries = 0;
  pointed = 0; // the step that is pointed at
  drawn = "";
  /** @type {Accumulator | null} being played, in its lesson */
  play = null;
  /** @type {Element | null} where the keyboard was before */
  opener = null;
  /** @type {((step: number) => void) | null} takes a step that was clicked */
  choose = null;
  /** @type {IntersectionObserver | null} */
  below = null;
  /** @type {HTMLElement[]} */
  dots = [];
  body = el("div", { class: "tc-tour-body", tabindex: -1 });
  line = el("p", { class: "tc-live" });
  stepName = el("output");
  said = el("p", { class: "tc-said", role: "status" });
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
  /** Over the left column, whose place it takes; nothing else moves. */
  place() {
    if (this.card.hidden) return;
    const left = one("#tc-left");
    const box = left.getBoundingClientRect();
    const narrow = isNarrow();
    this.card.classList.toggle("sheet", narrow);
    left.inert = !narrow;
    left.style.visibility = narrow ? "" : "hidden";
    const top = Math.max(MARGIN, box.top);
    const sheet = { bottom: dockHeight() + "px", left: "", width: "", top: "", height: "" };
    const column = { left: box.left + "px", width: box.width + "px", top: top + "px" };
    const wide = { bottom: "", ...column, height: `calc(100vh - ${top + MARGIN}px)` };
    Object.assign(this.card.style, narrow ? sheet : wide);
  }
  /**
   * As little scrolling as shows what is lit; where it does not fit, its beginning.
   * @param {string} selector
   */
  lead(selector) {
    const box = light(selector);
    if (!box) return;
    const floor = isNarrow() ? this.card.getBoundingClientRect().top : innerHeight;
    const enough = Math.max(0, box.bottom + scrollY + 8 - floor);
    const top = Math.min(enough, Math.max(0, box.top + scrollY - 12));
    if (top > scrollY || box.top < 0) scrollTo({ top, behavior: reducedMotion() ? "auto" : "smooth" });
  }

  /** @param {number} at */
  show(at) {
    const view = currentView();
    if (!view) return;
    this.build();
    if (this.at === null) this.opener = document.activeElement;
    const moved = this.at !== at;
    this.at = Math.min(Math.max(0, at), LESSONS.length - 1);
    const lesson = LESSONS[this.at];
    this.tries = 0;
    this.pointed = awayFromAnswer(lesson, view);
    this.card.hidden = false;
    document.body.classList.add("tc-touring");
    this.place();
    this.drawn = "";
    this.draw();
    this.lead(lesson.where);
    if (moved) this.body.focus({ preventScroll: true });
    emit("tour", this.at);
  }
  close() {
    if (this.at === null) return;
    this.at = null;
    this.stopPlaying();
    this.card.hidden = true;
    Object.assign(one("#tc-left"), { inert: false }).style.visibility = "";
    document.body.classList.remove("tc-touring");
    light(null);
    emit("tour", null);
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus();
  }
  /** @param {number} by */
  turn(by) {
    const next = (this.at ?? 0) + by;
    if (next >= LESSONS.length) this.close();
    else if (next >= 0) this.show(next);
  }

  /** @param {View} view */
  keyOf({ run, kind, row }) {
    const schedule = kind === "whatif" ? row?.[2] : "";
    return [this.at, run.run, schedule, Boolean(currentFacts()), (store.lessonRuns ?? []).length].join("/");
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
    this.said.className = "tc-said";
    this.said.replaceChildren();
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
    const figure = lesson.figure?.(
      view,
      (chosen, all) => lesson.dots && this.answer(lesson.dots(chosen, all)),
    );
    this.play = lesson.play ? new Accumulator(view) : null;
    this.line.textContent = lesson.live?.(0) ?? "";
    return [
      this.head(textOf(lesson, "title", values, variants)),
      el("p", {}, textOf(lesson, "text", values, variants)),
      ...(figure ? [figure] : []),
      ...(this.play ? [this.play.node] : []),
      ...(lesson.live ? [this.line] : []),
      ...(lack ? [] : [this.question(lesson, textOf(lesson, "ask", values, variants))]),
      this.foot(view),
    ];
  }
  /** @param {string} title */
  head(title) {
    const count = t("tour_count", { i: (this.at ?? 0) + 1, n: LESSONS.length });
    const close = {
      type: "button",
      class: "tc-icon small",
      "aria-label": t("tour_close"),
      "data-tip": t("tour_close"),
    };
    return el(
      "div",
      { class: "tc-tour-head" },
      el("div", {}, el("span", { class: "tc-note" }, count), el("h2", { id: "tc-tour-title" }, title)),
      el("button", { ...close, onclick: () => this.close() }, "×"),
    );
  }
  /** On a phone the question may lie below the edge of the sheet: a button says so and leads there. */
  lookBelow() {
    this.below?.disconnect();
    const ask = this.body.querySelector(".tc-ask");
    const foot = one(".tc-tour-foot", this.body);
    if (!ask) return;
    const onclick = () => ask.scrollIntoView({ block: "end" });
    const lead = el("button", { type: "button", class: "tc-below", hidden: true, onclick }, t("tour_below"));
    foot.append(lead);
    const rootMargin = `0px 0px -${foot.offsetHeight}px`;
    const look = (/** @type {IntersectionObserverEntry[]} */ [{ boundingClientRect, rootBounds }]) => {
      lead.hidden = rootBounds === null || boundingClientRect.bottom <= rootBounds.bottom + 2;
    };
    this.below = new IntersectionObserver(look, { root: this.body, rootMargin, threshold: [0, 0.5, 0.9, 1] });
    this.below.observe(ask);
  }

  /**
   * @param {Lesson} lesson
   * @param {string} text
   */
  question(lesson, text) {
    const { steps, play, id } = lesson;
    this.choose = null;
    if (play) this.choose = (step) => this.answer(this.play?.judge(step) ?? null);
    else if (steps) {
      this.choose = (step) => {
        const view = currentView();
        if (view) this.answer(steps(step, view));
      };
    }
    if (this.answered.has(id)) this.said.replaceChildren(t("tour_before"));
    const asked = el("p", {}, el("b", {}, "? "), text);
    return el("div", { class: "tc-ask" }, asked, ...(this.choose ? [this.stepper()] : []), this.said);
  }
  /** For the keyboard and for fingers: one step on or back, then choose. */
  stepper() {
    this.stepName.textContent = stepText(this.pointed);
    const move = (/** @type {number} */ by) => {
      const last = (currentView()?.steps ?? 1) - 1;
      const step = Math.min(last, Math.max(0, this.pointed + by));
      emit("point-step", step);
      this.pointAt(step);
    };
    return el(
      "div",
      { class: "tc-stepper" },
      iconButton("tour_step_back", "prev", () => move(-1)),
      this.stepName,
      iconButton("tour_step_on", "next", () => move(1)),
      button("tour_choose", () => this.choose?.(this.pointed)),
    );
  }
  /** @param {number} step */
  pointAt(step) {
    this.pointed = step;
    this.stepName.textContent = stepText(step);
    if (this.lesson?.live) this.line.textContent = this.lesson.live(step);
  }
  /** @param {Verdict | null} verdict */
  answer(verdict) {
    const { lesson } = this;
    if (!lesson || !verdict) return;
    const { right, values } = verdict;
    this.tries += 1;
    this.said.className = "tc-said " + (right ? "right" : "wrong");
    const judged = el("b", {}, t(right ? "tour_right" : "tour_wrong") + " ");
    this.said.replaceChildren(judged, textOf(lesson, right ? "right" : "wrong", values));
    if (right && !this.answered.has(lesson.id)) this.answered.set(lesson.id, this.tries);
    this.said.scrollIntoView({ block: "nearest" }); // on a phone it lies below the edge of the sheet
    this.mark();
  }

  mark() {
    this.dots.forEach((dot, i) => dot.classList.toggle("done", this.answered.has(LESSONS[i].id)));
  }
  /** @param {number} i */
  dot(i) {
    const title = textOf(LESSONS[i], "title");
    const here = i === this.at;
    const given = {
      type: "button",
      class: here ? "here" : "",
      "aria-label": `${i + 1}. ${title}`,
      "data-tip": title,
    };
    return el("button", { ...given, "aria-current": here ? "step" : null, onclick: () => this.show(i) });
  }
  /** How far one is, and the way on. @param {View} view */
  foot(view) {
    const last = this.at === LESSONS.length - 1;
    this.dots = LESSONS.map((_, i) => this.dot(i));
    this.mark();
    const asked = LESSONS.filter((lesson) => this.answered.has(lesson.id) || !lackOf(lesson, view));
    const scored = last && this.answered.size > 0;
    const score = scored ? t("tour_score", { k: this.answered.size, n: asked.length }) : "";
    const back = button("tour_back", () => this.turn(-1), { disabled: this.at === 0 });
    const next = button(last ? "tour_end" : "tour_next", () => this.turn(1), { class: "tc-button primary" });
    const dots = el("div", { class: "tc-tour-dots" }, ...this.dots);
    const text = scored ? el("p", { class: "tc-note" }, score) : "";
    return el("div", { class: "tc-tour-foot" }, text, el("div", { class: "tc-tour-nav" }, back, dots, next));
  }
  stopPlaying() {
    this.play?.stop();
    this.play = null;
  }

  /** @param {MouseEvent} event */
  press(event) {
    const step = stepOf(event);
    if (this.at === null || step === null) return;
    this.pointAt(step);
    if (!matchMedia("(pointer: coarse)").matches) this.choose?.(step);
  }
  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.at === null || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return this.close();
    if (within(event, ".tc-strip")) {
      if (event.key === "Enter") this.choose?.(this.pointed);
      return;
    }
    if (isField(event.target) || within(event, "[role=slider]")) return;
    if (MOVES[event.key]) this.turn(MOVES[event.key]);
  }
  /** The recorded runs for the last lesson, asked for when the tour begins. */
  async fetchRuns() {
    if (store.lessonRuns) return;
    store.lessonRuns = [];
    try {
      const answer = await fetch("teacache/history?ids=");
      /** @type {{ recorded: Summary[] }} */
      const { recorded } = await answer.json();
      store.lessonRuns = recorded.filter((run) => (speedOf(run) ?? null) !== null && run.psnr !== null);
      this.draw();
    } catch {
      store.lessonRuns = null; // asked again with the next lesson
    }
  }
}

const made = new Tour();
/** Shows a lesson, closes the tour, and tells which lesson is on screen. */
export const tour = {
  show: (/** @type {number} */ at) => made.show(at),
  close: () => made.close(),
  at: () => made.at,
};

document.addEventListener("click", (event) => made.press(event));
document.addEventListener("keydown", (event) => made.key(event));
on("point", (index) => {
  const step = index === null ? undefined : currentView()?.columns.step[index];
  if (made.at !== null && step !== undefined) made.pointAt(step);
});
on("view", ({ kind }) => (kind === "live" ? made.close() : made.draw()));
on("facts", () => made.draw());
on("tour", (at) => at !== null && made.fetchRuns());

/** The button that begins the tour, for the head. */
export const tourButton = () => button("tour_start", () => made.show(made.at ?? 0), { id: "tc-tour-start" });
