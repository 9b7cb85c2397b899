// What is made of a run on request and told as it goes: the bar, the buttons, and who may begin.
import { t } from "../words/words.js";
import { el } from "./dom.js";

/**
 * Start, stop, and how far it is.
 * @param {string} title key of the text that names the bar
 * @param {() => void} compute
 * @param {() => void} cancel
 */
export function makeJob(title, compute, cancel) {
  const attributes = {
    role: "progressbar",
    "aria-label": t(title),
    "aria-valuemin": 0,
    "aria-valuemax": 100,
  };
  const fill = el("i", { class: "cached" });
  const bar = el("div", { class: "tc-bar", ...attributes }, fill);
  const note = el("p", { class: "tc-note", role: "status" });
  const start = el("button", { type: "button", class: "tc-button primary", onclick: compute });
  const stop = el("button", { type: "button", class: "tc-button", hidden: true, onclick: cancel }, t("stop"));
  /**
   * @param {boolean} busy
   * @param {number} percent
   */
  function draw(busy, percent) {
    stop.hidden = !busy;
    bar.classList.toggle("on", busy);
    fill.style.width = percent + "%";
    bar.setAttribute("aria-valuenow", String(Math.round(percent)));
  }
  return { bar, note, start, stop, draw };
}
