// The head of the tour's card, and the button that leads to what lies below its edge.
import { emit } from "../base/bus.js";
import { el, iconOf, one } from "../base/dom.js";
import { isNarrow } from "../base/sheet.js";
import { level } from "../screen/level.js";
import { t } from "../words/words.js";
import { button } from "./lessonparts.js";
import { LESSONS } from "./lessons.js";
import { isPresenting, toggleFullScreen } from "./present.js";

const SHARES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1]; // of the question in sight, at which it is looked again

/**
 * What the tools steer.
 * @typedef {object} Steered
 * @property {number | null} at the lesson
 * @property {(wanted: boolean) => void} present
 * @property {() => void} close
 */

/**
 * A small button of the head.
 * @param {string} key
 * @param {import("../base/dom.js").Icon | "×"} icon
 * @param {() => void} onclick
 */
function tool(key, icon, onclick) {
  const attributes = {
    type: "button",
    class: "tc-icon small",
    "aria-label": t(key),
    "data-tip": t(key),
    onclick,
  };
  return el("button", attributes, icon === "×" ? icon : iconOf(icon));
}

/**
 * Which lesson it is, and the tools of the card.
 * @param {Steered} tour
 * @param {string} title
 */
export function makeHead(tour, title) {
  const count = t("tour_count", { i: (tour.at ?? 0) + 1, n: LESSONS.length });
  const [name, icon] = isPresenting()
    ? /** @type {const} */ (["tour_present_end", "shrink"])
    : /** @type {const} */ (["tour_present", "grow"]);
  const show = tool(name, icon, () => tour.present(!isPresenting()));
  const mayFill = isPresenting() && document.fullscreenEnabled; // an iPhone has no full screen
  const full = mayFill ? [tool("tour_full", "screen", () => void toggleFullScreen())] : [];
  const share = tool("tour_share", "link", () => emit("share"));
  const close = tool("tour_close", "×", () => tour.close());
  return el(
    "div",
    { class: "tc-tour-head" },
    el("div", {}, el("span", { class: "tc-note" }, count), el("h2", { id: "tc-tour-title" }, title)),
    el("div", { class: "tc-tour-tools" }, ...full, ...(isNarrow() ? [] : [share]), show, close),
  );
}

/**
 * Begun in Simple: that its lessons show more, and how Simple comes back. Where it goes on, how to begin
 * anew.
 * @param {(() => void) | null} anew
 */
export function noteOf(anew) {
  if (isPresenting()) return [];
  const isSimple = level() === "simple";
  return [
    ...(isSimple ? [el("p", { class: "tc-note" }, t("tour_from_simple"))] : []),
    ...(anew ? [button("tour_anew", anew, { class: "tc-button tc-anew" })] : []),
  ];
}

/**
 * On a phone the question may lie below the edge of the sheet: a button says so and leads there.
 * @param {HTMLElement} body of the card
 */
export function leadBelow(body) {
  const ask = body.querySelector(".tc-ask");
  const foot = one(".tc-tour-foot", body);
  foot.querySelector(".tc-below")?.remove();
  if (!ask || ask.querySelector(".tc-said:is(.right, .wrong)")) return null;
  const onclick = () => ask.scrollIntoView({ block: "end" });
  const lead = el("button", { type: "button", class: "tc-below", hidden: true, onclick }, t("tour_below"));
  foot.prepend(lead);
  const question = one("p", ask);
  const rootMargin = `0px 0px -${foot.offsetHeight}px`;
  const look = (/** @type {IntersectionObserverEntry[]} */ [{ boundingClientRect, rootBounds }]) => {
    lead.hidden = rootBounds === null || boundingClientRect.bottom <= rootBounds.bottom + 1;
  };
  const below = new IntersectionObserver(look, { root: body, rootMargin, threshold: SHARES });
  below.observe(question);
  return below;
}
