// The foot of the tour's card: how far one is, the way on; at the end the score and what to take along.
import { el } from "../base/dom.js";
import { store } from "../screen/store.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { answerOf, forgetAnswers, isAnyAnswered, rightAnswers } from "./answered.js";
import { FORETELL } from "./guesspsnr.js";
import { printHandout } from "./handout.js";
import { button, lackOf, textOf } from "./lessonparts.js";
import { LESSONS } from "./lessons.js";

/** @import { View } from "../screen/types.js" */
/** @typedef {{ show: (at: number) => void, turn: (by: number) => void, again: () => void }} Ways */

/** @param {number} i @param {number} at @param {Ways} ways */
function dotOf(i, at, ways) {
  const title = textOf(LESSONS[i], "title");
  const here = i === at;
  const attributes = {
    type: "button",
    class: here ? "here" : "",
    "aria-label": `${i + 1}. ${title}`,
    "data-tip": title,
  };
  return el("button", { ...attributes, "aria-current": here ? "step" : null, onclick: () => ways.show(i) });
}

/** What predictions came to, for the score. */
function predictions() {
  const [steps, near] = [answerOf("predict"), answerOf(FORETELL)];
  const sentences = [];
  if (steps) sentences.push(t("tour_score_steps", steps.verdict.values));
  if (near) sentences.push(t("tour_score_psnr", { off: fixed(near.verdict.off, 1) }));
  return sentences;
}

/** @param {View} view */
function score(view) {
  const questions = LESSONS.filter((lesson) => answerOf(lesson.id)?.right || !lackOf(lesson, view));
  return [t("tour_score", { k: rightAnswers(), n: questions.length }), ...predictions()].join(" ");
}

/**
 * What the last lesson leaves: the score, a handout, the notebook, a fresh start.
 * @param {View} view
 * @param {Ways} ways
 */
function ending(view, ways) {
  const parts = [];
  const forget = () => {
    forgetAnswers();
    ways.again();
  };
  const notebook = store.course?.notebook;
  const attributes = { class: "tc-button", href: notebook, "data-tip": t("tour_notebook_tip") };
  const take = [
    button("tour_handout", () => printHandout(), { "data-tip": t("tour_handout_tip") }),
    notebook ? el("a", attributes, t("tour_notebook")) : null,
    isAnyAnswered() ? button("tour_forget", forget) : null,
  ];
  if (isAnyAnswered()) parts.push(el("p", { class: "tc-note" }, score(view)));
  return [...parts, el("div", { class: "tc-tour-take" }, ...take)];
}

export class Foot {
  /** @type {HTMLElement[]} */
  dots = [];

  /** @param {Ways} ways */
  constructor(ways) {
    this.ways = ways;
  }
  /** @param {View} view @param {number} at */
  node(view, at) {
    const last = at === LESSONS.length - 1;
    this.dots = LESSONS.map((_, i) => dotOf(i, at, this.ways));
    this.mark();
    const back = button("tour_back", () => this.ways.turn(-1), { disabled: at === 0 });
    const next = button(last ? "tour_end" : "tour_next", () => this.ways.turn(1), {
      class: "tc-button primary",
    });
    const nav = el(
      "div",
      { class: "tc-tour-nav" },
      back,
      el("div", { class: "tc-tour-dots" }, ...this.dots),
      next,
    );
    return el("div", { class: "tc-tour-foot" }, ...(last ? ending(view, this.ways) : []), nav);
  }
  mark() {
    this.dots.forEach((dot, i) => dot.classList.toggle("done", answerOf(LESSONS[i].id)?.right ?? false));
  }
}
