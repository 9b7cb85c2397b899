// Beside Run: how many seconds the next run will take, asked of the server a moment after the controls came
// to rest.
import { on } from "./bus.js";
import { el, whenThere } from "./dom.js";
import { fixed } from "./numbers.js";
import { store } from "./store.js";
import { currentView } from "./view.js";
import { t } from "./words.js";

/**
 * @typedef {object} Told seconds; `slot`: the most that a borrowed GPU may take for one run
 * @property {number | null} seconds
 * @property {number} uncached
 * @property {number} cached
 * @property {number | null} slot
 * @property {string} source
 */

const REST_MS = 300;
const given = { class: "tc-forecast tc-term", id: "tc-forecast", tabindex: 0, hidden: true, "data-tip": "" };
const chip = el("span", given);
whenThere("tc-buttons", null, () => document.getElementById("tc-buttons")?.append(chip));

/** @type {Record<string, unknown>} the controls' values by name */
let set = {};
let last = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Of the calls, those that this threshold computes: known where the run on screen is of the same model and as
 * long.
 * @param {unknown} model
 * @param {unknown} steps
 */
function share(model, steps) {
  const view = currentView();
  const same = view?.table && view.run.about.model === model && (!steps || view.run.steps === Number(steps));
  return same ? view.computed / view.total : "";
}
function query() {
  const model = set.model || store.model;
  const demo = set.demo ? "1" : "";
  const { steps, guidance, seconds } = set;
  const { threshold } = store;
  const asked = { model, steps, guidance, seconds, demo, threshold, share: demo ? "" : share(model, steps) };
  const told = Object.entries(asked).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  return new URLSearchParams(told.map(([name, value]) => [name, String(value)])).toString();
}

/** @param {number} seconds */
function spoken(seconds) {
  if (seconds < 90) return t("forecast_seconds", { s: fixed(seconds, seconds < 10 ? 1 : 0) });
  return t("forecast_minutes", { m: fixed(seconds / 60, seconds < 600 ? 1 : 0) });
}
/** @param {Told} told */
function tell({ seconds, uncached, cached, slot, source }) {
  chip.hidden = seconds === null;
  if (seconds === null) return;
  const long = slot !== null && seconds > slot;
  chip.textContent = "≈ " + spoken(seconds);
  chip.classList.toggle("long", long);
  const parts = [t("forecast_tip", { u: spoken(uncached), c: spoken(cached) }), t("forecast_" + source)];
  if (long) parts.push(t("forecast_long", { s: slot }));
  chip.dataset.tip = parts.join(" ");
  chip.setAttribute("aria-label", chip.textContent + ". " + chip.dataset.tip);
}

async function ask() {
  const words = query();
  if (words === last || !store.model) return;
  last = words;
  try {
    const answer = await fetch("teacache/forecast?" + words);
    if (answer.ok) tell(await answer.json());
    else chip.hidden = true; // what cannot be run has no seconds; Run says why
  } catch {
    chip.hidden = true; // the head says that the server is gone
  }
}
function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, REST_MS);
}
on("controls", (values) => {
  set = values;
  soon();
});
on("view", ({ kind }) => kind !== "live" && soon());
// A run ended: how long it took is known now.
on("free", () => {
  last = "";
  soon();
});
