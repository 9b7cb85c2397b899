// For an audience: the parts of the page that a lesson speaks of stand beside its text, as large as there is
// room. A part is drawn as on a narrow page and then enlarged, so that what is written in it grows as well.
import { fitType } from "./present.js";

/** @import { Lesson } from "./lessons.js" */
/** @typedef {{ part: HTMLElement, scale: number, height: number }} Measured */

const STAGED = "tc-staged";
const DECISION = "decision"; // a part of the diagram, see mechanism.css, and what shares the column with it
const GAP = 20; // pixels between parts, and to the edges of the window
const COLUMN = 0.515; // of the window's width, beside the text
const UPPER = 0.66; // of its height, where the question stands below
const LEAST_BELOW = 0.29; // of its height
const DRAWN = 412; // pixels that a part is drawn for
/** @type {Record<string, number>} */
const DRAWN_FOR = { "tc-mech": 388, "tc-poly": 440 };
const body = document.body.classList;

let sizes = "";

/**
 * What is drawn for its size hears of a new one as of a window's.
 * @param {HTMLElement[]} parts
 */
function tellSizes(parts) {
  const now = parts.map((part) => [part.className, part.offsetWidth, part.offsetHeight]).join();
  if (now === sizes) return;
  sizes = now;
  requestAnimationFrame(() => dispatchEvent(new Event("resize")));
}

function clear() {
  for (const part of document.querySelectorAll("." + STAGED)) part.classList.remove(STAGED, DECISION);
}

/** Everything stands where it stood. */
export function leaveStage() {
  clear();
  body.remove("tc-presenting");
  tellSizes([]);
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

/** @param {HTMLElement} part @param {string} name @param {number | string} value */
const set = (part, name, value) => part.style.setProperty("--stage-" + name, String(value));

/**
 * A part as wide as the column: how much it is enlarged, and how high it is without what is elastic.
 * @param {HTMLElement} part
 * @returns {Measured}
 */
function measure(part) {
  const name = Object.keys(DRAWN_FOR).find((each) => part.classList.contains(each));
  const width = name ? DRAWN_FOR[name] : DRAWN;
  set(part, "width", width + "px");
  set(part, "elastic", "0px");
  const scale = (innerWidth * COLUMN) / width;
  return { part, scale, height: part.offsetHeight * scale };
}

/**
 * Puts parts below each other into the column: the highest gives way where there is too little room, what is
 * elastic takes what is left. Tells where the last one ends.
 * @param {HTMLElement[]} parts
 * @param {number} top
 * @param {number} room pixels down from there
 */
function place(parts, top, room) {
  const all = parts.map(measure);
  const rest = room - all.reduce((sum, { height }) => sum + height + GAP, -GAP);
  const highest = Math.max(...all.map(({ height }) => height));
  for (const { part, scale, height } of all) {
    const shrunk = rest < 0 && height === highest ? scale * (1 + rest / height) : scale;
    if (isElastic(part)) set(part, "elastic", `${Math.max(0, rest / scale)}px`);
    set(part, "scale", isElastic(part) ? scale : shrunk);
    set(part, "top", top + "px");
    top += part.getBoundingClientRect().height + GAP;
  }
  return top;
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
  const figure = content.querySelector(".tc-tour-figure");
  const isAlone = !upper.length && !lower.length && !figure;
  for (const layout of ["beside", "quarters", "under"])
    card.classList.toggle(layout, !isAlone && layout === audience);
  const least = lower.length ? innerHeight * LEAST_BELOW : 0;
  const room = innerHeight - 2 * GAP - least;
  const column = place(upper, GAP, audience === "quarters" ? room * UPPER : room);
  const spaces = { column, below: least, room: room + GAP - column };
  for (const [name, value] of Object.entries(spaces)) card.style.setProperty(`--${name}`, value + "px");
  fitType(card, content);
  const end = figure ? figure.getBoundingClientRect().bottom + GAP : column;
  place(lower, end, innerHeight - GAP - end);
  tellSizes([...upper, ...lower]);
}
