// One tooltip for the page: Gradio's blocks clip what hangs out of them, this one is fixed to the window.
import { el, within } from "./dom.js";

/** @type {HTMLElement | null} */
let bubble = null;
/** @type {HTMLElement | null} the one that it explains */
let explained = null;

/** @param {HTMLElement} target */
function show(target) {
  if (!bubble) document.body.append((bubble = el("div", { class: "tc-tip", role: "tooltip", id: "tc-tip" })));
  bubble.textContent = target.dataset.tip ?? "";
  bubble.classList.add("on");
  target.setAttribute("aria-describedby", "tc-tip");
  explained = target;
  place(bubble, target);
}

/**
 * Above it, or below where there is no room; above or below all of a drawing that wants it beside itself, so
 * that words about a part do not lie on other parts.
 * @param {HTMLElement} node the words
 * @param {HTMLElement} target
 */
function place(node, target) {
  const at = target.getBoundingClientRect();
  const { top, bottom } = (target.closest("[data-tip-beside]") ?? target).getBoundingClientRect();
  const own = node.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), innerWidth - own.width - 8);
  const above = Math.min(top, at.top) - own.height - 8;
  node.style.left = left + "px";
  node.style.top = (above > 8 ? above : Math.max(bottom, at.bottom) + 8) + "px";
}

/** Another's words are no description of it. */
export function hideTip() {
  bubble?.classList.remove("on");
  explained?.removeAttribute("aria-describedby");
  explained = null;
}

/** @param {Event} event */
function look(event) {
  const target = within(event, "[data-tip]");
  hideTip();
  if (target) show(target);
}
document.addEventListener("mouseover", look);
document.addEventListener("focusin", look);
document.addEventListener("focusout", hideTip);
document.addEventListener("scroll", hideTip, true);
document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
