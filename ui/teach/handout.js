// The tour on paper: a page a lesson, with the figures of the run on screen and room for an answer.
import { emit } from "../base/bus.js";
import { el } from "../base/dom.js";
import { currentView } from "../screen/view.js";
import { t } from "../words/words.js";
import { Accumulator } from "./accumulator.js";
import { lackOf, textOf } from "./lessonparts.js";
import { LESSONS } from "./lessons.js";
import { onPaper } from "./paper.js";

/** @import { View } from "../screen/types.js" */
/** @import { Lesson } from "./lessons.js" */

const ID = "tc-handout";
const PAINTED_MS = 400; // pictures of a figure are decoded meanwhile
const LINES = 3; // to write an answer on

let copies = 0;

/**
 * A picture has names of its own, and refers to those: a hatching of what is not printed would paint nothing.
 * @param {HTMLElement} copy
 */
function rename(copy) {
  const end = `-copy-${(copies += 1)}`;
  const all = [copy, ...copy.querySelectorAll("*")];
  const names = new Set(all.map(({ id }) => id).filter(Boolean));
  for (const node of all) {
    if (node.id) node.id += end;
    for (const { name, value } of [...node.attributes]) {
      if (!value.includes("#")) continue;
      const own = value.replace(/#([\w-]+)/g, (whole, id) => (names.has(id) ? whole + end : whole));
      node.setAttribute(name, own);
    }
  }
  return copy;
}

/** What is played on the page, as it stands at its beginning. @param {View} view */
function begunOf(view) {
  const play = new Accumulator(view);
  play.stop();
  return { call: play.calls[play.place].i, figures: [play.sum, play.ahead] };
}

/** @param {Lesson} lesson @param {View} view */
function picturesOf({ play, figure, diagram, where, stage = [where] }, view) {
  const { call, figures } = play ? begunOf(view) : { figures: [figure?.(view, () => undefined)] };
  const parts = stage.flatMap((part) => onPaper(part, { view, call, diagram }) ?? []);
  return [...parts.map(rename), ...figures];
}

/** @param {Lesson} lesson @param {View} view @param {number} i */
function pageOf(lesson, view, i) {
  const lack = lackOf(lesson, view);
  const values = lesson.values(view);
  const variants = [lack, lesson.variant?.(view) ?? ""];
  const lines = Array.from({ length: LINES }, () => el("hr"));
  const ask = el("p", { class: "ask" }, el("b", {}, "? "), textOf(lesson, "ask", values, variants));
  return el(
    "section",
    { class: "tc-handout-page" },
    el("p", { class: "tc-note" }, t("tour_count", { i: i + 1, n: LESSONS.length }) + ". " + t("tour_paper")),
    el("h2", {}, textOf(lesson, "title", values, variants)),
    el("p", {}, textOf(lesson, "text", values, variants)),
    el("div", { class: "tc-handout-figures" }, ...picturesOf(lesson, view)),
    ...(lesson.paper ? [el("p", { class: "tc-note" }, lesson.paper(view).join(" · "))] : []),
    ...(lack ? [] : [ask, ...lines]),
    el(
      "footer",
      {},
      t("tour_handout_foot", { prompt: view.run.about.prompt, n: view.steps, run: view.run.run }),
    ),
  );
}

/** Makes the pages, on paper alone. */
export function makeHandout() {
  document.getElementById(ID)?.remove();
  const view = currentView();
  const pages = view ? LESSONS.map((lesson, i) => pageOf(lesson, view, i)) : [];
  emit("point", null); // what is played pointed at its call
  document.body.append(el("div", { id: ID, class: "tc-root" }, ...pages));
  document.body.classList.add("tc-handed");
}

/** The page is the page again. */
export function dropHandout() {
  document.getElementById(ID)?.remove();
  document.body.classList.remove("tc-handed");
}

/** Asks the browser to print. */
export function printHandout() {
  makeHandout();
  addEventListener("afterprint", dropHandout, { once: true });
  setTimeout(() => print(), PAINTED_MS);
}
