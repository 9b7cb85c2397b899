// The button that begins the tour, for the head.
import { note } from "../base/toast.js";
import { moveSlider } from "../controls/slider.js";
import { currentView } from "../screen/view.js";
import { delta } from "../words/numbers.js";
import { t } from "../words/words.js";
import { button } from "./lessonparts.js";
import { tour } from "./tour.js";

/** The lessons speak of the run on screen as it was made: its figures and clips are of no other threshold. */
function begin() {
  const view = currentView();
  if (view?.kind === "whatif") {
    const { threshold } = view.run.controls;
    moveSlider(threshold);
    note(t("tour_threshold", { t: delta(threshold) }));
  }
  tour.show(tour.at() ?? 0);
}

export const tourButton = () => button("tour_start", begin, { id: "tc-tour-start" });
