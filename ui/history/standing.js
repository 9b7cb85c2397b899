// Where the figure of quality against latency stands: in Simple folded beside the clips, with what one needs
// to read it; in Lab, and so in the tour, among the runs.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { isNarrow } from "../base/sheet.js";
import { currentFacts } from "../screen/facts.js";
import { level } from "../screen/level.js"; // hears of the tour before this does
import { t } from "../words/words.js";

const TALL = 900; // pixels of a window in which there is room for it beside the clips

/** @type {HTMLElement | null} */
let figure = null;
/** @type {HTMLElement | null} */
let among = null;
/** @type {HTMLElement | null} */
let folded = null;

/** As the style sheet has it, too. */
export const isFolded = () => level() === "simple" && !document.documentElement.hasAttribute("data-touring");

/** Moved only where it must be, since that takes the focus away. Parts come in any order, so it waits. */
function place() {
  const wanted = isFolded() ? folded : among;
  if (figure && wanted && figure.parentElement !== wanted) wanted.prepend(figure);
}
for (const news of ["level", "tour"]) on(news, place);

/**
 * The figure, and its place among the runs.
 * @param {HTMLElement} node
 * @param {HTMLElement} runs
 */
export function standing(node, runs) {
  [figure, among] = [node, runs];
  place();
}

const how = el("p", { class: "tc-note" });

/** What is said below the figure is of what is drawn in it. */
export function sayHow() {
  const has = (/** @type {string} */ dot) => Boolean(figure?.querySelector(".tc-dot" + dot));
  const alone = [has(".shown") ? "quality_alone" : "quality_none", has(".other") ? "quality_hollow" : ""];
  const keys = currentFacts()?.ladder ? ["quality_how"] : alone.filter(Boolean);
  how.textContent = keys.map((key) => t(key)).join(" ");
}

/** The place beside the clips. @param {HTMLElement} root */
export function qualityPart(root) {
  folded = el("div", {});
  const summary = el("summary", {}, el("b", {}, t("quality_title")));
  const open = innerHeight >= TALL && !isNarrow();
  root.append(el("details", { class: "tc-card tc-quality", open }, summary, folded, how));
  sayHow();
  place();
}
