// The question of a lesson: what is pointed at, what was chosen, and what is said of it.
import { emit } from "../base/bus.js";
import { el } from "../base/dom.js";
import { stepText } from "../player/film.js";
import { currentView } from "../screen/view.js";
import { t } from "../words/words.js";
import { answerOf, noteAnswer } from "./answered.js";
import { answerOn, awayFromAnswer, button, iconButton, placeOf, textOf } from "./lessonparts.js";

/** @import { View } from "../screen/types.js" */
/** @import { Accumulator } from "./accumulator.js" */
/** @import { Verdict } from "./answers.js" */
/** @import { Lesson } from "./lessons.js" */

export class Asking {
  /** @type {Lesson | null} */
  lesson = null;
  /** @type {Accumulator | null} */
  play = null;
  pointed = 0; // the step that is pointed at
  /** @type {((step: number) => void) | null} takes a step that was clicked */
  choose = null;
  line = el("p", { class: "tc-live" });
  stepName = el("output");
  said = el("p", { class: "tc-said", role: "status" });

  /** @param {() => void} onjudged */
  constructor(onjudged) {
    this.onjudged = onjudged;
  }

  /**
   * Pointing begins at the step that was answered before, else where the answer is not.
   * @param {Lesson} lesson
   * @param {View} view
   */
  begin(lesson, view) {
    const given = answerOn(lesson, view)?.given;
    const isStep = Number.isInteger(given) && !lesson.dots && given < view.steps;
    this.pointed = isStep ? given : awayFromAnswer(lesson, view);
  }
  /**
   * What was said before of the same run is said again; of another, that there was an answer.
   * @param {Lesson} lesson
   * @param {View} view
   * @param {Accumulator | null} play
   */
  ready(lesson, view, play) {
    Object.assign(this, { lesson, play, choose: null });
    this.line.textContent = lesson.live?.(0) ?? "";
    this.hush();
    const verdict = answerOn(lesson, view);
    if (verdict) this.say(verdict);
    else if (answerOf(lesson.id)?.right) this.said.replaceChildren(t("tour_before"));
  }
  /** Nothing is said of an answer that was taken back. */
  hush() {
    this.said.className = "tc-said";
    this.said.replaceChildren();
  }
  /** @param {string} text */
  node(text) {
    const { lesson, play } = this;
    const { steps } = lesson ?? {};
    if (play) this.choose = (step) => this.answer(play.judge(step), step);
    else if (steps) {
      this.choose = (step) => {
        const view = currentView();
        if (view) this.answer(steps(step, view), step);
      };
    }
    const question = el("p", {}, el("b", {}, "? "), text);
    return el("div", { class: "tc-ask" }, question, ...(this.choose ? [this.stepper()] : []), this.said);
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
  /** @param {Verdict | null} verdict @param {unknown} given what was answered */
  answer(verdict, given) {
    const view = currentView();
    if (!this.lesson || !verdict || !view) return;
    noteAnswer(this.lesson.id, placeOf(view, this.lesson), { ...verdict, given });
    this.say(verdict);
    this.onjudged();
  }
  /** @param {Verdict} verdict */
  say({ right, nearly, values, variant = "" }) {
    if (!this.lesson) return;
    this.said.className = "tc-said " + (right ? "right" : "wrong");
    const judged = el("b", {}, t(nearly ? "tour_nearly" : right ? "tour_right" : "tour_wrong") + " ");
    this.said.replaceChildren(judged, textOf(this.lesson, right ? "right" : "wrong", values, [variant]));
  }
}
