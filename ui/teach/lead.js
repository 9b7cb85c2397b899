// Where on the page a lesson leads: what it speaks of is lit and in sight, and what it asks to touch is free
// of the sheet that the lesson is on a phone.
import { reducedMotion } from "../base/dom.js";
import { isNarrow } from "../base/sheet.js";
import { light } from "./lessonparts.js";
import { isPresenting } from "./present.js";

/** @import { Lesson } from "./lessons.js" */

const [ABOVE, BELOW] = [12, 8]; // pixels beside what is in sight

/** @param {Lesson} lesson */
export const litBy = ({ where, narrow }) => (isNarrow() && narrow) || where;

/**
 * As little scrolling as shows what is lit; where it does not fit, its beginning.
 * @param {{ top: number, bottom: number }} box
 * @param {number} floor the lower end of what is seen
 */
function showing(box, floor) {
  const enough = Math.max(0, box.bottom + scrollY + BELOW - floor);
  const top = Math.min(enough, Math.max(0, box.top + scrollY - ABOVE));
  return top > scrollY || box.top < 0 ? top : scrollY;
}

/** On a phone a sentence that is said for a while lies at the upper edge. */
const ceiling = () =>
  (isNarrow() && document.querySelector(".tc-toast")?.getBoundingClientRect().bottom) || 0;

/**
 * From there as little as frees the row of steps, where it is asked for one.
 * @param {number} top
 * @param {number} floor
 */
function freeing(top, floor) {
  const strip = document.querySelector(".tc-strip")?.getBoundingClientRect();
  if (!strip) return top;
  const least = strip.bottom + scrollY + BELOW - floor;
  return Math.max(least, Math.min(top, strip.top + scrollY - BELOW - ceiling()));
}

/**
 * @param {Lesson} lesson
 * @param {HTMLElement} card
 */
export function lead(lesson, card) {
  const box = light(litBy(lesson));
  if (!box || isPresenting()) return;
  const floor = isNarrow() ? card.getBoundingClientRect().top : innerHeight;
  const shown = showing(box, floor);
  const top = lesson.steps || lesson.play ? freeing(shown, floor) : shown;
  // Also where it is there already: the page may still be on its way to what the lesson before spoke of.
  scrollTo({ top, behavior: reducedMotion() ? "auto" : "smooth" });
}
