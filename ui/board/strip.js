// One cell per call: computed (filled), computed by rule (filled, with a bar on top), reused (hatched), not
// there yet (empty); a notch below marks what the what-if had not foretold. Branches lie in lanes of their
// own, unless they are decided alike. Aligned with the plot's steps; on a phone in rows.
import { emit } from "../base/bus.js";
import { el } from "../base/dom.js";
import { isByRule } from "../plot/filling.js";
import { cellAt } from "../screen/cells.js";
import { cellOf } from "../screen/lanes.js";
import { branchName, t } from "../words/words.js";

/** @import { Columns, View } from "../screen/types.js" */

const MANY = 70; // steps in one row; of more a finger's rows have smaller cells

/** Of so many steps, how many lie in a row where they take as few as can be. @param {number} steps */
const inFewRows = (steps) => Math.ceil(steps / Math.ceil(steps / MANY));

/**
 * The call that an event is about: what was pressed, or pointed at.
 * @param {Event} event
 */
export function callOf(event) {
  const index = cellAt(event)?.dataset.i;
  return index ? Number(index) : null;
}

/** @type {Record<string, number>} */
const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 };

/**
 * @param {Columns} columns
 * @param {number} i
 */
function kindOf(columns, i) {
  if (!columns.computed[i]) return "tc-cell reused";
  return isByRule(columns.reason[i]) ? "tc-cell computed forced" : "tc-cell computed";
}

/**
 * @param {View} view
 * @param {number} i
 * @param {number | null} current
 * @param {number | null} drawn
 */
function classOf(view, i, current, drawn) {
  const before = view.kind === "whatif" ? view.run.cached.computed : null;
  return [
    kindOf(view.columns, i),
    before && before[i] !== view.columns.computed[i] ? "changed" : "",
    view.outcome?.wrong.has(i) ? "missed" : "",
    i === current ? "current" : i === drawn ? "drawn" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * Tells which call is pointed at, by pointer or by arrow keys.
 * @param {HTMLElement} host
 */
function tellOf(host) {
  /** @param {Event} event */
  function point(event) {
    const index = callOf(event);
    if (index !== null) emit("point", index);
  }
  host.addEventListener("mouseover", point);
  host.addEventListener("click", point);
  host.addEventListener("mouseleave", () => emit("point", null));
  host.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    emit("step", move);
  });
}

/** The name of a lane, with what such a branch of guidance is. @param {string} branch */
function nameOf(branch) {
  const key = `lane_${branch}_tip`;
  const tip = t(key) === key ? branchName(branch) : t(key);
  const attributes = { class: "tc-lane-name tc-term", tabindex: 0, "data-tip": tip };
  return el("span", attributes, branchName(branch, "lane_"));
}

/** @param {HTMLElement} host */
export function makeStrip(host) {
  /** @type {Map<string, HTMLElement>} */
  let cells = new Map();
  let shape = "";
  /** @type {(step: number, lane: number) => string} */
  const place = (step, lane) => step + ":" + lane;

  /**
   * @param {number} steps
   * @param {string[]} lanes
   */
  function build(steps, lanes) {
    cells = new Map();
    host.replaceChildren();
    host.style.setProperty("--tc-lanes", String(lanes.length));
    host.style.setProperty("--tc-in-a-row", steps > MANY ? "14" : "10"); // on a phone
    host.style.setProperty("--tc-in-few-rows", String(inFewRows(steps))); // there beside a lesson
    lanes.forEach((branch, lane) => {
      const row = el("div", { class: "tc-lane" });
      if (lanes.length > 1) row.append(nameOf(branch));
      for (let step = 0; step < steps; step++) {
        const cell = el("i", { class: "tc-cell" });
        cells.set(place(step, lane), cell);
        row.append(cell);
      }
      host.append(row);
    });
  }

  /**
   * @param {View} view
   * @param {number | null} current the call that is pointed at
   * @param {number | null} [drawn] the call that the diagram shows, beside one
   */
  function draw(view, current, drawn = null) {
    const lanes = view.lanes.length ? view.lanes : [""];
    const wanted = view.steps + "/" + lanes.join();
    if (wanted !== shape) build(view.steps, lanes);
    shape = wanted;
    const indices = new Map(view.columns.step.map((step, i) => [place(step, view.columns.branch[i]), i]));
    const [pointed, shown] = [cellOf(view, current), cellOf(view, drawn)];
    for (const [key, cell] of cells) {
      const i = indices.get(key);
      const index = String(i ?? "");
      if (cell.dataset.i !== index) cell.dataset.i = index;
      const name = i === undefined ? "tc-cell" : classOf(view, i, pointed, shown);
      if (cell.className !== name) cell.className = name;
    }
  }

  tellOf(host);
  return { draw };
}
