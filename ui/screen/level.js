// Two levels: Simple shows the threshold, the mechanism and the clips; Lab shows everything. head/level.js
// chose one before the page was laid out, and style sheets hide the rest.
import { emit, on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { keep } from "../base/kept.js";
import { t } from "../words/words.js";

/** @typedef {"simple" | "lab"} Level */

const root = document.documentElement;
/** @type {Level[]} */
const LEVELS = ["simple", "lab"];
let chosen = new URLSearchParams(location.search).has("level");

export const level = () => /** @type {Level} */ (root.dataset.level);

/** What a link says of it: only what somebody chose. @returns {Record<string, string>} */
export const levelWord = () => (chosen ? { level: level() } : {});

/** The switch between both. */
export function levelSwitch() {
  /** @param {Level} name */
  const button = (name) =>
    el(
      "button",
      { type: "button", "data-level": name, "data-tip": t(`level_${name}_tip`), onclick: () => choose(name) },
      t("level_" + name),
    );
  const buttons = LEVELS.map(button);
  function draw() {
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.level === level()));
  }
  /** @param {Level} name */
  function choose(name) {
    root.dataset.level = name;
    chosen = true;
    keep("teacache-level", name);
    draw();
    emit("level", name);
  }
  draw();
  return el("div", { class: "tc-segments tc-level", role: "group", "aria-label": t("level") }, ...buttons);
}

// The tour's lessons point at what only Lab shows.
on("tour", (at) => root.toggleAttribute("data-touring", at !== null));
