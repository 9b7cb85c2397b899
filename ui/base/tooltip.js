// One tooltip for the page: Gradio's blocks clip what hangs out of them, this one is fixed to the window.
import { el, within } from "./dom.js";

/** @type {HTMLElement | null} */
let bubble = null;

/** @param {HTMLElement} target */
function show(target) {
  if (!bubble) document.body.append((bubble = el("div", { class: "tc-tip", role: "tooltip", id: "tc-tip" })));
  bubble.textContent = target.dataset.tip ?? "";
  bubble.classList.add("on");
  target.setAttribute("aria-describedby", "tc-tip");
  const at = target.getBoundingClientRect();
  const own = bubble.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), innerWidth - own.width - 8);
  const above = at.top - own.height - 8;
  bubble.style.left = left + "px";
  bubble.style.top = (above > 8 ? above : at.bottom + 8) + "px";
}
const hide = () => bubble?.classList.remove("on");

/** @param {Event} event */
function look(event) {
  const target = within(event, "[data-tip]");
  if (target) show(target);
  else hide();
}
document.addEventListener("mouseover", look);
document.addEventListener("focusin", look);
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, true);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
