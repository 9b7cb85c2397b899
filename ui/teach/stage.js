// For an audience: the parts of the page that a lesson speaks of stand beside its text, as large as there is
// room; in a window that is higher than wide, as a phone's, above it. A part is drawn as on a narrow page and
// then enlarged, so that what is written in it grows as well.
import { one } from "../base/dom.js";
import { t } from "../words/words.js";
import { LESSONS } from "./lessons.js";
import { fitType } from "./present.js";

/** @import { Lesson } from "./lessons.js" */
/** @typedef {{ part: HTMLElement, width: number, scale: number, height: number }} Measured */
/** @typedef {{ left: number, width: number, gap: number }} Column */

const STAGED = "tc-staged";
const DECISION = "decision"; // a part of the diagram, see mechanism.css, and what shares the column with it
const LAYOUTS = ["beside", "quarters", "under", "above"];
const GAP = 20; // pixels between parts, and to the edges of the window
const EDGE = 10; // the same on a phone
const UPRIGHT = 1.1; // of a window's height; a narrower one is higher than wide
const [LEFT, COLUMN] = [0.46, 0.515]; // of the window's width, beside the text
const UPPER = 0.66; // of its height, where the question stands below
const LEAST_BELOW = 0.29; // of its height
const ABOVE = 0.55; // of its height, where the text is below
const CLIPS_ABOVE = 0.36; // the same, where the lesson's own figure is below, too
const DRAWN = 412; // pixels that a part is drawn for
const LEAST = 110; // pixels of clips, before they are enlarged
const LEAST_PLOT = 158; // the same of a plot, whose two titles need room of their own
/** @type {Record<string, number>} */
const DRAWN_FOR = { "tc-mech": 388, "tc-poly": 440 };
const body = document.body.classList;

let sizes = "";
/** @type {HTMLElement[]} */
let staged = [];

/** What is drawn for its size hears of a new one as of a window's. */
function tellSizes() {
  const now = staged.map((part) => [part.className, part.offsetWidth, part.offsetHeight]).join();
  if (now === sizes) return;
  sizes = now;
  requestAnimationFrame(() => dispatchEvent(new Event("resize")));
}
const watch = new ResizeObserver(tellSizes); // the diagram folds a frame after it has become narrow

/** @param {HTMLElement[]} parts */
function keepSizes(parts) {
  staged = parts;
  watch.disconnect();
  for (const part of parts) watch.observe(part);
  tellSizes();
}

function clear() {
  for (const part of document.querySelectorAll("." + STAGED)) part.classList.remove(STAGED, DECISION);
}

/** Everything stands where it stood. */
export function leaveStage() {
  clear();
  body.remove("tc-presenting");
  keepSizes([]);
}

/** @param {string[]} selectors */
function take(selectors) {
  const parts = /** @type {HTMLElement[]} */ (
    selectors.flatMap((each) => document.querySelector(each) ?? [])
  );
  for (const part of parts) part.classList.add(STAGED);
  return parts;
}

/** What of a part is as high as there is room. @param {HTMLElement} part */
const isElastic = (part) => part.matches(".tc-stage") || part.querySelector(".tc-plot") !== null;

/** Its least height. @param {HTMLElement} part */
const leastOf = (part) => (part.querySelector(".tc-plot") ? LEAST_PLOT : isElastic(part) ? LEAST : 0);

/** @param {HTMLElement} part @param {string} name @param {number | string} value */
const set = (part, name, value) => part.style.setProperty("--stage-" + name, String(value));

/**
 * A part as wide as the column: how much it is enlarged, and how high it is where what is elastic is low.
 * @param {HTMLElement} part
 * @param {Column} column
 * @returns {Measured}
 */
function measure(part, column) {
  const name = Object.keys(DRAWN_FOR).find((each) => part.classList.contains(each));
  const width = Math.min(column.width, name ? DRAWN_FOR[name] : DRAWN);
  set(part, "width", width + "px");
  set(part, "elastic", leastOf(part) + "px");
  const scale = column.width / width;
  return { part, width, scale, height: part.offsetHeight * scale };
}

/**
 * Puts parts below each other into a column: the highest gives way where there is too little room, what is
 * elastic takes what is left. Tells where the last one ends.
 * @param {HTMLElement[]} parts
 * @param {Column} column
 * @param {number} top
 * @param {number} room pixels down from there
 */
function place(parts, column, top, room) {
  const all = parts.map((part) => measure(part, column));
  const rest = room - all.reduce((sum, { height }) => sum + height + column.gap, -column.gap);
  const highest = Math.max(...all.map(({ part, height }) => (isElastic(part) ? 0 : height)));
  for (const { part, width, scale, height } of all) {
    const gives = rest < 0 && height === highest;
    const drawn = gives ? scale * (1 + rest / height) : scale;
    if (isElastic(part)) set(part, "elastic", `${leastOf(part) + Math.max(0, rest / scale)}px`);
    set(part, "scale", drawn);
    set(part, "left", `${column.left + (column.width - width * drawn) / 2}px`);
    set(part, "top", top + "px");
    top += part.getBoundingClientRect().height + column.gap;
  }
  return top;
}

/**
 * Beside the text, in type as large as fits.
 * @param {HTMLElement} card
 * @param {HTMLElement} content of the card
 * @param {{ upper: HTMLElement[], lower: HTMLElement[], isQuartered: boolean }} parts
 */
function stageBeside(card, content, { upper, lower, isQuartered }) {
  const column = { left: innerWidth * LEFT, width: innerWidth * COLUMN, gap: GAP };
  const least = lower.length ? innerHeight * LEAST_BELOW : 0;
  const room = innerHeight - 2 * GAP - least;
  const reached = place(upper, column, GAP, isQuartered ? room * UPPER : room);
  const spaces = { column: reached, below: least, room: room + GAP - reached };
  for (const [name, value] of Object.entries(spaces)) card.style.setProperty(`--${name}`, value + "px");
  fitType(card, content);
  card.classList.toggle("scrolls", content.scrollHeight > content.clientHeight);
  const figure = content.querySelector(".tc-tour-figure");
  const end = figure ? figure.getBoundingClientRect().bottom + GAP : reached;
  const left = innerHeight - GAP - end;
  if (left > (LEAST * column.width) / DRAWN) place(lower, column, end, left);
  else for (const part of lower) part.classList.remove(STAGED);
}

/**
 * Between the head of the card, which stays, and the text, which scrolls where it must.
 * @param {HTMLElement} card
 * @param {HTMLElement} content of the card
 * @param {HTMLElement[]} parts
 */
function stageAbove(card, content, parts) {
  const column = { left: EDGE, width: innerWidth - 2 * EDGE, gap: EDGE };
  card.style.setProperty("--figures", "0px");
  const top = one(".tc-tour-head", content).getBoundingClientRect().bottom;
  const yields = content.querySelector(".tc-tour-figure") && parts.some((part) => part.matches(".tc-stage"));
  const end = place(parts, column, top, innerHeight * (yields ? CLIPS_ABOVE : ABOVE));
  card.style.setProperty("--figures", end - top + "px");
}

/** Which lesson shows what the diagram leaves out before the decision. @param {HTMLElement[]} parts */
function sayBefore(parts) {
  const whole = LESSONS.findIndex(({ diagram }) => diagram === "whole");
  for (const part of parts) part.dataset.before = t("stage_before", { i: whole + 1 });
}

/**
 * A lesson and its parts of the page fill the window.
 * @param {HTMLElement} card
 * @param {HTMLElement} content of the card
 * @param {Lesson} lesson
 */
export function stageLesson(card, content, lesson) {
  const { where, stage = [where], below = [], audience = "beside", diagram } = lesson;
  clear();
  body.add("tc-presenting");
  const [upper, lower] = [take(stage), take(below)];
  for (const part of upper) part.classList.toggle(DECISION, diagram === DECISION);
  if (diagram === DECISION) sayBefore(upper);
  const isUpright = innerWidth < UPRIGHT * innerHeight;
  const isAlone = !upper.length && !lower.length && !content.querySelector(".tc-tour-figure");
  const layout = isUpright ? "above" : isAlone ? "" : audience;
  for (const name of LAYOUTS) card.classList.toggle(name, name === layout);
  if (isUpright) stageAbove(card, content, [...upper, ...lower]);
  else stageBeside(card, content, { upper, lower, isQuartered: audience === "quarters" });
  keepSizes([...upper, ...lower]);
}
