// The threshold while the tour goes on. The lessons speak of the run as it was made; some lead to another
// threshold for as long as they last; and at the end a visitor has his own again.
import { on } from "../base/bus.js";
import { moveSlider } from "../controls/slider.js";
import { currentView, isLive } from "../screen/view.js";

/** @type {{ run: string, threshold: number } | null} a visitor's own, set before the tour */
let own = null;
/** @type {number | null} the lesson that leads elsewhere */
let visiting = null;
/** @type {number | null} */
let lesson = null;

/** To where the run on screen was made. Tells that threshold where another stood there, else null. */
export function settle() {
  const view = currentView();
  if (!view) return null;
  const { run, threshold, kind } = view;
  const recorded = run.controls.threshold;
  if (threshold === recorded) return null;
  own = { run: run.run, threshold };
  moveSlider(recorded);
  return kind === "whatif" ? recorded : null;
}

/** To another threshold, until another lesson is shown. @param {number} threshold */
export function visit(threshold) {
  visiting = lesson;
  moveSlider(threshold);
}

/** @param {number | null} at */
function follow(at) {
  lesson = at;
  const view = isLive() ? null : currentView(); // a run that begins takes the threshold as it stands
  const mine = at === null ? own : null;
  if (view && mine?.run === view.run.run) moveSlider(mine.threshold);
  else if (view && visiting !== null && visiting !== at) moveSlider(view.run.controls.threshold);
  if (visiting !== at) visiting = null;
  if (at === null) own = null;
}
on("tour", follow);
