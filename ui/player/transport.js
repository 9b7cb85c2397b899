// What starts and stops a clip, and where in it one is: the buttons of the player. Knows no clips.
import { el, iconOf, reword } from "../base/dom.js";
import { t } from "../words/words.js";

/** @import { Icon } from "../base/dom.js" */
/** @import { Mode } from "./stage.js" */

/**
 * What the buttons steer.
 * @typedef {object} Steered
 * @property {() => void} toggle
 * @property {(by: number) => void} step
 * @property {(frame: number) => void} jump
 * @property {(rate: number) => void} setRate
 * @property {(lane: number) => void} hear
 */

/** @type {[number, string][]} */
const RATES = [
  [1, "1×"],
  [0.5, "½×"],
  [0.25, "¼×"],
];
/** What each lane of a sound is called. */
export const EARS = ["uncached", "rival_teacache", "rival_fewer_steps"];

/**
 * @param {string} name
 * @param {Icon} icon
 * @param {() => void} onclick
 */
const iconButton = (name, icon, onclick) =>
  el(
    "button",
    { type: "button", class: "tc-icon", "data-tip": t(name), "aria-label": t(name), onclick },
    iconOf(icon),
  );

/**
 * What a press of a button does, in words.
 * @param {HTMLElement} button
 * @param {string} text
 */
export function say(button, text) {
  button.dataset.tip = text;
  button.setAttribute("aria-label", text);
}

/** @param {Mode} value @param {string} text @param {() => void} onclick */
export const modeButton = (value, text, onclick) =>
  el(
    "button",
    {
      type: "button",
      "data-mode": value,
      "data-tip": t("mode_tip_" + value),
      "aria-pressed": "false",
      onclick,
    },
    t(text),
  );

/**
 * What starts and stops, and where in the clip it is.
 * @param {Steered} player
 */
export function makeTransport(player) {
  const play = iconButton("play", "play", () => player.toggle());
  const earlier = iconButton("frame_back", "back", () => player.step(-1));
  const later = iconButton("frame_on", "on", () => player.step(1));
  const oninput = () => player.jump(Number(scrub.value));
  const scrub = el("input", {
    type: "range",
    min: 0,
    max: 0,
    step: 1,
    value: 0,
    "aria-label": t("scrub"),
    oninput,
  });
  const count = el("span", { class: "tc-count" });
  const speed = choice("speed", RATES, () => player.setRate(Number(speed.value)));
  const ears = EARS.map((name, lane) => {
    const attributes = {
      type: "button",
      "data-lane": lane,
      "data-tip": t("hear_tip"),
      "aria-pressed": "false",
    };
    return el("button", { ...attributes, onclick: () => player.hear(lane) }, t(name));
  });
  const group = { class: "tc-segments tc-listen", role: "group", "aria-label": t("hear"), hidden: true };
  const ear = el("div", group, ...ears);
  const node = el("div", { class: "tc-transport" }, earlier, play, later, ear, scrub, count, speed);
  return {
    ...{ node, earlier, later, count, speed, ear, ears },
    /** What the button does next. @param {Icon} icon */
    show(icon) {
      if (play.dataset.icon === icon) return;
      play.dataset.icon = icon;
      play.replaceChildren(iconOf(icon));
    },
    /** Where in the clip it is. @param {number} frame @param {number} last @param {string} text */
    place(frame, last, text) {
      if (Number(scrub.max) !== last) scrub.max = String(last); // eight times a second
      scrub.value = String(frame);
      scrub.setAttribute("aria-valuetext", text);
      reword(count, text);
    },
  };
}

/**
 * A choice among a few.
 * @param {string} label
 * @param {[number, string][]} options
 * @param {() => void} onchange
 */
export const choice = (label, options, onchange) =>
  el(
    "select",
    { "aria-label": t(label), "data-tip": t(label), onchange },
    ...options.map(([value, text]) => el("option", { value }, text)),
  );
