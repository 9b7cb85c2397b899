// The button that begins the tour, or goes on where it was left, for the head.
import { on } from "../base/bus.js";
import { note } from "../base/toast.js";
import { delta } from "../words/numbers.js";
import { t } from "../words/words.js";
import { lessonLeft } from "./answered.js";
import { button } from "./lessonparts.js";
import { tour } from "./tour.js";
import { settle } from "./visit.js";

/** The lessons speak of the run on screen as it was made: its figures and clips are of no other threshold. */
function begin() {
  if (tour.at() !== null) return;
  const threshold = settle();
  if (threshold !== null) note(t("tour_threshold", { t: delta(threshold) }));
  tour.resume(lessonLeft());
}

export function tourButton() {
  const nameOf = () => (lessonLeft() ? "tour_continue" : "tour_start");
  const node = button(nameOf(), begin, { id: "tc-tour-start" });
  on("tour", (at) => at === null && (node.textContent = t(nameOf())));
  return node;
}
