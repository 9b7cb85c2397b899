// Where TeaCache comes from: in one line at the head of the page, and among what can be taken away.
import shared from "../shared.js";
import { copy } from "../base/clipboard.js";
import { el } from "../base/dom.js";
import { t } from "../words/words.js";

/** @param {string} key @param {(button: HTMLElement) => void} action */
export function takeButton(key, action) {
  const button = el("button", { type: "button", class: "tc-take", onclick: () => action(button) }, t(key));
  return button;
}

/** A page of others. @param {string} key @param {string} href */
const elsewhere = (key, href) =>
  el("a", { class: "tc-take", href, target: "_blank", rel: "noopener" }, t(key));

/** The paper, the authors' code, and how both are cited. */
export function methodLinks() {
  const { paper, code, citation } = shared.method;
  const cite = takeButton("take_cite", (button) => copy(citation, button));
  return [elsewhere("take_paper", paper), elsewhere("take_authors", code), cite];
}

/** What TeaCache is, in one line. */
export const originLine = () =>
  el("div", { class: "tc-origin" }, el("p", {}, t("origin")), el("span", {}, ...methodLinks()));
