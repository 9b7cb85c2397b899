// For those who hear the page: one sentence when something has come to rest, and the calls as a table. Not
// chatty: a run is announced at its phases, a drag when it has ended.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { isRecorded } from "../player/ladder.js";
import { truthOf } from "../screen/explain.js";
import { progressOf } from "../screen/lanes.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { neverReuses } from "../whatif/dial.js";
import { decibelsOf, fixed, nearnessOf, num, speedOf, speedText } from "../words/numbers.js";
import { branchName, t } from "../words/words.js";
import { slowedText } from "./line.js";

/** @import { Figures, View } from "../screen/types.js" */

const REST_MS = 900;
const HEADS = [
  "calls_step",
  "calls_branch",
  "calls_indicator",
  "calls_estimate",
  "calls_sum",
  "calls_actual",
  "calls_decision",
];

const region = el("p", { class: "tc-sr", role: "status", "aria-live": "polite", id: "tc-aloud" });
const body = el("tbody");
const heads = HEADS.map((key) => el("th", { scope: "col" }, t(key)));
const caption = el("caption", {}, t("calls_caption"));
const table = el(
  "table",
  { class: "tc-sr", id: "tc-calls" },
  caption,
  el("thead", {}, el("tr", {}, ...heads)),
  body,
);

/** @param {Figures} figures */
function measuredText(figures) {
  const measured = speedText(figures);
  const [first, second] = nearnessOf(figures).texts;
  if (figures.sound) return t("aloud_measured_sound", { measured, snr: first, lsd: second });
  return t("aloud_measured", { measured, psnr: first, ssim: second });
}

/** @param {View} view */
function summary(view) {
  const { run, kind, computed, reused, total, lanes } = view;
  const { figures } = run;
  const ideal = fixed(total / Math.max(1, computed), 2) + "×";
  const measured = kind === "run" && speedOf(figures) && decibelsOf(figures) !== null;
  return [
    t("state_" + (kind === "whatif" && !isRecorded(view) ? "whatif" : run.phase)) + ".",
    t(lanes.length > 1 ? "aloud_calls" : "aloud_figures", { computed, reused, n: computed + reused, ideal }),
    measured ? measuredText(figures) : "",
    kind === "run" ? slowedText(figures) : "",
    neverReuses(view) || "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {string} text */
function say(text) {
  if (region.textContent !== text) region.textContent = text;
}

/**
 * @param {View} view
 * @param {number} i
 */
function row(view, i) {
  const c = view.columns;
  const numbers = [c.ind[i], c.est[i], c.acc[i], truthOf(view, i)].map((value) => num(value));
  const branch = branchName(view.run.branches[c.branch[i]] || "");
  const decision = t(c.computed[i] ? "calls_computed" : "calls_reused");
  const cells = [branch, ...numbers, decision].map((text) => el("td", {}, text));
  return el("tr", {}, el("th", { scope: "row" }, String(c.step[i] + 1)), ...cells);
}

/** @param {View} view */
function settle(view) {
  say(store.notice || summary(view));
  body.replaceChildren(...view.columns.step.map((_, i) => row(view, i)));
}

/** With the first view, when the board has been drawn; a region must be there before its first words are. */
function mount() {
  const board = document.querySelector("#tc-board .tc-root");
  if (board && !region.isConnected) board.append(region, table);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting;
let phase = "";
/** @param {View} view */
function follow(view) {
  mount();
  clearTimeout(resting);
  if (view.kind !== "live") {
    phase = "";
    resting = setTimeout(() => settle(view), REST_MS);
    return;
  }
  const now = isWaiting(store.job) ? "waiting" : view.run.phase;
  if (now !== phase && shared.phases.aloud.includes(now))
    say(t("state_" + now, { ...progressOf(view), i: 0 }));
  phase = now;
}
on("view", follow);
