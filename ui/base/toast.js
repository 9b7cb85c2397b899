// A sentence that must not be missed, for a while; it goes away by itself, by its button and by Escape.
import { t } from "../words/words.js";
import { el } from "./dom.js";

const SHOWN_MS = 12000;
const toasts = el("div", { class: "tc-root tc-toasts", role: "alert" });

/** @param {string} text */
export function toast(text) {
  if (!toasts.isConnected) document.body.append(toasts);
  const close = el(
    "button",
    {
      type: "button",
      class: "tc-icon small",
      "aria-label": t("toast_close"),
      onclick: () => sentence.remove(),
    },
    "×",
  );
  const sentence = el("div", { class: "tc-toast" }, el("span", {}, text), close);
  toasts.replaceChildren(sentence);
  setTimeout(() => sentence.remove(), SHOWN_MS);
}

/** Takes away what is said. */
export const hush = () => toasts.replaceChildren();
document.addEventListener("keydown", (event) => event.key === "Escape" && hush());
