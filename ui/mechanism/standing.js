// Where the diagram stands: in Simple the first thing beside the clips, and so in the lessons that speak of
// it. Lab and the other lessons have pictures of their own in that place: then it is below the clips.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { level } from "../screen/level.js"; // hears of the tour before this does

const root = document.documentElement;
const above = el("div", { class: "tc-mech-place" }); // takes no room of its own
/** @type {HTMLElement | null} */
let below = null;
/** @type {HTMLElement | null} */
let diagram = null;

/** As the style sheet has it, too. */
const isBelow = () =>
  !root.hasAttribute("data-diagram") && (level() === "lab" || root.hasAttribute("data-touring"));

/** Moved only where it must be, since that takes the focus away. Parts come in any order, so it waits. */
function place() {
  const wanted = isBelow() ? below : above;
  if (diagram && wanted && diagram.parentElement !== wanted) wanted.append(diagram);
}
for (const news of ["level", "tour", "diagram"]) on(news, place);

/** The place among the figures. @param {HTMLElement} node the diagram */
export function standing(node) {
  diagram = node;
  place();
  return above;
}

/** The place below the clips. @param {HTMLElement} root_ */
export function mechanismPart(root_) {
  below = root_;
  place();
}
