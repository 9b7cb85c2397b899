// Around the box of the prompt: the buttons below it tell the whole of what they bring. For a model that was
// taught few words the label says which, and a soft line under the box names those that were typed and never
// taught. Refuses nothing; Run does.
import { on } from "../base/bus.js";
import { el, one, whenThere } from "../base/dom.js";
import { labelOf, textBoxOf, whenTyped } from "../gradio_glue/fields.js";
import { t } from "../words/words.js";
import { unknown, unknownSoFar } from "./vocabulary.js";

const line = el("p", { class: "tc-untaught", id: "tc-untaught", "aria-live": "polite", hidden: true });
/** @type {string[] | null} that the chosen model knows; null: any */
let words = null;
let title = "";
/** @type {string[]} that the buttons bring */
let prompts = [];

const box = () => textBoxOf("tc-prompt");

function judge() {
  const text = box();
  if (!text) return;
  const look = document.activeElement === text ? unknownSoFar : unknown;
  const strangers = words ? look(text.value, words) : [];
  line.hidden = !strangers.length;
  line.textContent = strangers.length ? t("prompt_untaught", { words: strangers.join(", ") }) : "";
  line.title = line.textContent; // whole, where the line has no room
}

/** The label of the box explains what can be said to this model; to others anything can. */
function explain() {
  const label = labelOf("tc-prompt");
  if (!label) return;
  label.classList.toggle("tc-term", words !== null);
  if (words) label.dataset.tip = t("prompt_tip", { title, words: words.join(", ") });
  else delete label.dataset.tip;
}

function tellWhole() {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("#tc-chips button");
  prompts.forEach((prompt, i) => buttons[i] && (buttons[i].dataset.tip = prompt));
}
whenThere("tc-chips", "button", tellWhole);

/**
 * Another model was chosen.
 * @param {{ title: string, words: string[] | null, prompts: string[] }} card
 */
export function taught(card) {
  ({ title, words, prompts } = card);
  tellWhole();
  explain();
  judge();
}

whenTyped("tc-prompt", () => {
  one("#tc-prompt").append(line);
  const text = box();
  text?.setAttribute("aria-describedby", line.id);
  for (const news of ["input", "blur"]) text?.addEventListener(news, judge);
  explain();
  judge();
});
on("controls", () => requestAnimationFrame(judge)); // an example was clicked: Gradio fills the box first
