// The state in the address: which run, what was set, where the tour is. Written as things change, read once
// at the start.
//   ?embed=1   without head, foot, history and downloads     ?hide=prompt,seed,...   without these controls
import shared from "../shared.js";
import { emit, on } from "../base/bus.js";
import { toClipboard } from "../base/clipboard.js";
import { el, within } from "../base/dom.js";
import { note } from "../base/toast.js";
import { inspector } from "../board/inspector.js";
import { moveSlider } from "../controls/slider.js";
import { compareBy } from "../player/player.js";
import { usualMode } from "../player/playerhead.js";
import { opened, opens } from "../run/entrances.js";
import { levelWord } from "../screen/level.js";
import { store } from "../screen/store.js";
import { currentView, refresh } from "../screen/view.js";
import { isPresenting } from "../teach/present.js";
import { tour } from "../teach/tour.js";
import { language, t } from "../words/words.js";
import { leaveOut } from "./leftout.js";
import { linkWords, OURS } from "./linkwords.js";
import "./underway.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run, View } from "../screen/types.js" */

const NAME = "link"; // among what is being opened
const FOLLOW_MS = 300; // the address bar follows a little later: a drag must not write a hundred times
const SAID_MS = 2000;
const FIRST = new URLSearchParams(location.search);

leaveOut(FIRST);

/** @type {Record<string, unknown>} the controls' values by name, as Gradio last told them */
let set = {};
/** @type {string | null} the run that the page opened with */
let start = null;
/** @type {Run | null} the finished run on screen */
let current = null;
/** @type {Record<string, string> | null} what the address asked for, until that is on screen */
let wanted = wordsOf(FIRST);
let served = false; // the server has filled the controls and shown the run

/** Whether what the address asks for is not all on screen yet. */
export const isRestoring = () => wanted !== null;

/** @param {URLSearchParams} address @returns {Record<string, string> | null} */
function wordsOf(address) {
  const words = OURS.filter((name) => address.has(name)).map((name) => [name, address.get(name)]);
  return words.length ? Object.fromEntries(words) : null;
}

/** What the controls hold. @param {string} names @param {unknown[]} values */
export function setControls(names, values) {
  set = Object.fromEntries(names.split(" ").map((name, i) => [name, values[i]]));
  emit("controls", set);
  soon();
}

/** What is worth telling of the page itself. @returns {Record<string, string>} */
function placeWords() {
  const lesson = tour.at();
  const step = inspector.shown();
  const columns = currentView()?.columns;
  return {
    ...(lesson === null ? {} : { tour: String(lesson + 1) }),
    ...(lesson !== null && isPresenting() ? { present: "1" } : {}),
    ...(step === null || !columns ? {} : { step: String(columns.step[step] + 1) }),
    ...(store.mode === usualMode() ? {} : { show: store.mode }),
    ...levelWord(),
  };
}

/**
 * The query of what is on screen.
 * @param {boolean} always the run is named even where the page opens with it
 */
function query(always) {
  const words = new URLSearchParams(location.search);
  OURS.forEach((name) => words.delete(name));
  if (!current) return words;
  const changes = { ...linkWords(set, current, store.threshold), ...placeWords() };
  if (always || current.run !== start || Object.keys(changes).length) words.set("run", current.run);
  Object.entries(changes).forEach(([name, value]) => words.set(name, value));
  return words;
}

/** An address that shows to others what is on screen. */
export function linkTo() {
  const words = query(true).toString();
  return location.origin + location.pathname + (words ? "?" + words : "");
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(follow, FOLLOW_MS);
}
function follow() {
  if (wanted) return; // the link that was opened is still being restored
  const words = query(false).toString();
  if (words === new URLSearchParams(location.search).toString()) return;
  history.replaceState(history.state, "", location.pathname + (words ? "?" + words : "") + location.hash);
}
for (const name of ["tour", "present", "inspect", "level"]) on(name, soon);
document.addEventListener("click", soon);

// What a hand has set meanwhile it means for the run that comes.
document.addEventListener("input", (event) => {
  const slider = within(event, "#tc-threshold input[type=range]:not(.tc-scale)");
  if (wanted && slider instanceof HTMLInputElement) wanted.threshold = slider.value;
});

/** What only the page knows, once the server has shown the run. @param {View} view */
function finish({ run, columns }) {
  if (!wanted || (wanted.run && run.run !== wanted.run) || !served) return;
  const { threshold, tour: lesson, step, show } = wanted;
  wanted = null;
  if (threshold !== undefined && isFinite(Number(threshold))) moveSlider(Number(threshold));
  if (show) compareBy(show);
  const index = step === undefined ? -1 : columns.step.indexOf(Number(step) - 1);
  if (index >= 0) inspector.open(index);
  if (Number(lesson) >= 1) tour.show(Number(lesson) - 1);
  emit("restored");
}

/**
 * @param {HTMLElement} _root
 * @param {Host} host
 */
export function linkPart(_root, { trigger }) {
  if (wanted) {
    const { tour: _lesson, present: _large, step: _step, show: _mode, level: _level, ...rest } = wanted;
    if (!Object.keys(rest).length) served = true;
    else {
      opens(NAME);
      setTimeout(() => trigger("restore", rest), 0);
    }
  }
  /** @param {{ missing: boolean }} value */
  return ({ missing }) => {
    served = true;
    opened(NAME);
    if (missing && wanted) delete wanted.run; // the run is gone: the rest still holds for the one on screen
    refresh();
  };
}
on("view", ({ run }) => {
  if (start === null) start = run.run;
  if (shared.phases.stored.includes(run.phase)) current = run;
  soon();
});
on("board", finish); // no sooner: a step opens at its cell

/** An address that opens the lesson on screen for an audience, with all that is on screen. */
export function linkForAudience() {
  const address = new URL(linkTo());
  address.searchParams.set("present", "1");
  return address.href;
}
on("share", async () => {
  await toClipboard(linkForAudience());
  note(t("tour_shared"));
});

/** @param {HTMLElement} button */
async function copy(button) {
  const text = linkTo();
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = t("link_copied");
  } catch {
    // No clipboard without a secure connection: the link is shown, to be copied by hand.
    const box = el("input", {
      class: "tc-link-box",
      value: text,
      readonly: true,
      "aria-label": t("link_copy"),
    });
    button.after(box);
    box.select();
    box.addEventListener("blur", () => box.remove());
  }
  setTimeout(() => (button.textContent = t("link_copy")), SAID_MS);
}

/**
 * Labels of Gradio's own are made when the page is: it opens again, at the same place.
 * @param {string} chosen
 */
function speak(chosen) {
  try {
    localStorage.setItem("teacache-language", chosen);
  } catch (error) {
    console.warn("the language cannot be kept:", error); // the address still carries it
  }
  const words = query(false);
  words.set("lang", chosen);
  location.search = words.toString();
}

/** The choice of a language, for the head. */
export function languageSelect() {
  const options = Object.entries(shared.languages).map(([value, name]) =>
    el("option", { value, lang: value, selected: value === language }, name),
  );
  const attributes = { class: "tc-lang", id: "tc-language", "aria-label": t("language") };
  const select = el("select", { ...attributes, onchange: () => speak(select.value) }, ...options);
  return select;
}

/** The button that copies a link to what is on screen, for the head. */
export function linkButton() {
  const attributes = { type: "button", class: "tc-button", id: "tc-link-copy", "data-tip": t("link_tip") };
  const button = el("button", { ...attributes, onclick: () => copy(button) }, t("link_copy"));
  return button;
}
