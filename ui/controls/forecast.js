// Beside Run: how many seconds the next run will take, asked of the server a moment after the controls came
// to rest; and of a run under way how many are left.
import { on } from "../base/bus.js";
import { el, reword, whenThere } from "../base/dom.js";
import { store } from "../screen/store.js";
import { currentView } from "../screen/view.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { makePace } from "./pace.js";

/** @import { View } from "../screen/types.js" */
/**
 * @typedef {object} Told seconds; `slot`: the most that a borrowed GPU may take for one run
 * @property {number | null} seconds
 * @property {number} uncached
 * @property {number} cached
 * @property {number | null} slot
 * @property {string} source
 */

const REST_MS = 300;
const USUAL_SHARE = 0.5; // of the calls that TeaCache computes, where nobody foretold it
const attributes = {
  class: "tc-forecast tc-term",
  id: "tc-forecast",
  tabindex: 0,
  hidden: true,
  "data-tip": "",
};
const chip = el("span", attributes);
whenThere("tc-buttons", null, () => document.getElementById("tc-buttons")?.append(chip));

/** @type {Record<string, unknown>} the controls' values by name */
let set = {};
let last = "";
/** @type {Told | null} the latest */
let latest = null;
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
  const values = { model, steps, guidance, seconds, demo, threshold, share: demo ? "" : share(model, steps) };
  const entries = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  return new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
}

/** @param {number} seconds */
function spoken(seconds) {
  if (seconds < 90) return t("forecast_seconds", { s: fixed(seconds, seconds < 10 && seconds % 1 ? 1 : 0) });
  return t("forecast_minutes", { m: fixed(seconds / 60, seconds < 600 ? 1 : 0) });
}
/** @param {Told} news */
function tell(news) {
  const { seconds, uncached, cached, slot, source } = news;
  latest = seconds === null ? null : news;
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

const UNKNOWN = { schedule: null, share: USUAL_SHARE, decoding: 0 };
let pace = makePace(UNKNOWN);

/**
 * What a run that begins is expected to do: by the what-if of the run on screen where it is of the same kind,
 * else by what was foretold.
 * @param {View | { columns?: undefined }} view
 */
function expected({ columns }) {
  const alike = !set.demo && share(set.model || store.model, set.steps) !== "";
  const schedule = alike && columns ? columns.computed : null;
  if (!latest) return { ...UNKNOWN, schedule };
  const { seconds, uncached, cached } = latest;
  const decoding = Math.max(0, (seconds ?? 0) - uncached - cached) / 2; // reading the prompt takes little
  return { schedule, share: uncached ? cached / uncached : USUAL_SHARE, decoding };
}

/** A run under way tells by its own calls how long it will still take. @param {View} view */
function count({ run }) {
  const { uncached, cached, calls, phase } = run;
  const place = { run: run.run, phase, calls, uncached: uncached.step.length, cached: cached.computed };
  const left = pace(place, performance.now() / 1000);
  if (left === null) return;
  last = ""; // what was foretold is no longer said
  chip.hidden = false;
  reword(chip, t("forecast_left", { time: spoken(Math.max(1, Math.round(left))) }));
  chip.classList.remove("long");
  chip.dataset.tip = t("forecast_left_tip");
  chip.setAttribute("aria-label", chip.textContent);
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
on("view", (view) => (view.kind === "live" ? count(view) : soon()));
on("starting", (view) => (pace = makePace(expected(view))));
// A run ended: how long it took is known now.
on("free", () => {
  last = "";
  soon();
});
