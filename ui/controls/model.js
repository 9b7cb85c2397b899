// Under the list of models: can this machine run it, where does reuse begin, and, folded, everything else on
// its card.
import { el, within } from "../base/dom.js";
import { openListOf } from "../gradio_glue/fields.js";
import { store } from "../screen/store.js";
import { refresh } from "../screen/view.js";
import { delta, fixed, num } from "../words/numbers.js";
import { localized, t } from "../words/words.js";
import { taught } from "./prompt.js";

/** @import { Sentence } from "../words/types.js" */

/**
 * ui/controls/modelcard.py, described.
 * @typedef {object} Card
 * @property {string} name
 * @property {string} title
 * @property {string} kind
 * @property {boolean} gated
 * @property {string | null} license_url
 * @property {number} steps
 * @property {number} frames
 * @property {number} height
 * @property {number} width
 * @property {number} fps
 * @property {number | null} seconds
 * @property {number | null} memory_gb
 * @property {boolean} latent_free
 * @property {boolean} runs_here
 * @property {Sentence} license
 * @property {Sentence} note
 * @property {Sentence} explanation
 * @property {Sentence} obstacle
 * @property {string[] | null} words that it was taught; null: it understands any
 * @property {string[]} prompts to click
 * @property {number | null} first
 * @property {{ threshold: number, speedup: number | null }[]} points
 * @property {string | null} hardware
 */

/** Where reuse begins. @param {Card} card */
function beginning({ first }) {
  if (first === null) return t("card_naive");
  return first > 0 ? t("card_first", { t: num(first) }) : t("card_any");
}

/** @param {Card["points"][number]} point */
const pointText = ({ threshold, speedup }) =>
  `δ ${delta(threshold)}` + (speedup ? `: ${fixed(speedup, 2)}×` : "");

/** @param {Card} card */
function licence(card) {
  const text = localized(card.license);
  const { license_url: href } = card;
  const name = href ? el("a", { href, target: "_blank", rel: "noopener" }, text) : text;
  return [name, card.gated ? ` (${t("card_gated")})` : ""];
}

/** @param {Card} card */
function sizeText({ frames, width, height, fps, seconds }) {
  const key = seconds ? "card_sound" : frames > 1 ? "card_video" : "card_picture";
  return t(key, { f: frames, w: width, h: height, fps, s: delta(seconds || 0) });
}

/** @param {Card} card */
function pointsText({ points, hardware }) {
  return points.map(pointText).join(", ") + (hardware ? ` (${hardware})` : "");
}

/** @param {Card} card @returns {[key: string, values: (string | Node)[]][]} */
function rows(card) {
  /** @type {[string, (string | Node)[]][]} */
  const facts = [
    ["card_size", [sizeText(card)]],
    ["card_steps", [String(card.steps)]],
    ["card_memory", card.memory_gb ? [`${fixed(card.memory_gb, 1)} GB`] : []],
    ["card_license", licence(card)],
    ["card_replay", [t(card.latent_free ? "exact" : "approximate")]],
    ["card_points", card.points.length ? [pointsText(card)] : []],
  ];
  return facts.filter(([, values]) => values.length);
}

// A browser gives Tab to whatever scrolls; the open list does, and is gone at once: the place on the page
// would be lost with it.
document.addEventListener(
  "keydown",
  (event) => {
    const list = event.key === "Tab" ? openListOf(within(event, "#tc-model")) : null;
    if (list) list.tabIndex = -1;
  },
  true,
);

/** @param {HTMLElement} root */
export function modelPart(root) {
  const fold = el("details", { class: "tc-about" });
  const why = el("p", { class: "tc-why" });
  root.append(fold, why);
  /** @param {Card} card */
  return (card) => {
    const here = card.runs_here;
    const state = el("span", { class: here ? "tc-here" : "tc-not" }, t(here ? "card_here" : "card_not"));
    const attributes = { class: "tc-term", tabindex: 0, "data-tip": t("card_first_tip") };
    const first = el("span", attributes, beginning(card));
    const entries = rows(card).flatMap(([key, values]) => [el("dt", {}, t(key)), el("dd", {}, ...values)]);
    const notes = [card.note, card.explanation].map(localized).filter(Boolean);
    const texts = notes.map((text) => el("p", {}, text));
    fold.replaceChildren(el("summary", {}, state, " · ", first), el("dl", {}, ...entries), ...texts);
    why.textContent = localized(card.obstacle) || (card.kind === "image_to_video" ? t("image") : "");
    document.body.classList.toggle("tc-cannot", !here);
    store.model = card.name;
    store.obstacle = here ? "" : `${card.title}: ${why.textContent}`; // said beside the run on screen as well
    taught(card);
    refresh();
  };
}
