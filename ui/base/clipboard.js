// To the clipboard, also where there is no secure connection.
import { t } from "../words/words.js";
import { el } from "./dom.js";

const SAID_MS = 1500;

/** @param {string} text */
export async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard, but this.
    const area = el("textarea", { class: "tc-hidden-video" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/**
 * Copies a text, and says so on the button.
 * @param {string} text
 * @param {HTMLElement} button
 */
export async function copy(text, button) {
  await toClipboard(text);
  const before = button.textContent;
  button.textContent = t("take_copied");
  setTimeout(() => (button.textContent = before), SAID_MS);
}
