// A sentence that must not be missed, for a while; it goes away by itself, by its button and by Escape. Red
// is for what went wrong, a note is calm.
import { t } from "../words/words.js";
import { emit } from "./bus.js";
import { el } from "./dom.js";
import { isNarrow } from "./sheet.js";

const SHOWN_MS = { error: 12000, note: 6000 };
const toasts = el("div", { class: "tc-root tc-toasts" });

let onScreen = ""; // what is on screen

/** Whether this very sentence is on screen, and need not be said in another place. @param {string} text */
export const isToasted = (text) => text !== "" && text === onScreen;

/** Takes away what is said. */
export function hush() {
  toasts.replaceChildren();
  onScreen = "";
  emit("hushed");
}

/**
 * @param {string} text
 * @param {"error" | "note"} kind
 */
function show(text, kind) {
  toasts.setAttribute("role", kind === "error" ? "alert" : "status");
  toasts.classList.toggle("narrow", isNarrow()); // at the bottom is the dock
  if (!toasts.isConnected) document.body.append(toasts);
  const close = el(
    "button",
    {
      type: "button",
      class: "tc-icon small",
      "aria-label": t("toast_close"),
      onclick: hush,
    },
    "×",
  );
  const sentence = el("div", { class: "tc-toast " + kind }, el("span", {}, text), close);
  toasts.replaceChildren(sentence);
  onScreen = text;
  setTimeout(() => sentence.isConnected && hush(), SHOWN_MS[kind]);
}

/** What went wrong, or was asked for in vain. @param {string} text */
export const toast = (text) => show(text, "error");
/** What is good to know. @param {string} text */
export const note = (text) => show(text, "note");

document.addEventListener("keydown", (event) => event.key === "Escape" && hush());
