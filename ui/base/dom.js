// Elements: made with the DOM, so that a prompt can never become markup.
import { t } from "../words/words.js";

/** @typedef {Node | string | null | undefined} Child */
/** @typedef {Record<string, any>} Attributes values, or listeners under names that begin with "on" */

/**
 * @param {Element} node
 * @param {Attributes} attributes
 */
function dress(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Child} child @returns {child is Node | string} */
const isThere = (child) => child !== null && child !== undefined;

/**
 * el("div", { class: "x", onclick: f }, "text", child)
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  dress(node, attributes);
  node.append(...children.filter(isThere));
  return node;
}

/**
 * The same for a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  dress(node, attributes);
  node.append(...children.filter(isThere));
  return node;
}

/**
 * Other attributes for an element, of which only those are written that are other: the same tabindex written
 * again makes a browser match all rules at once, to see whether the focus may stay.
 * @param {Element} node
 * @param {Record<string, string>} attributes
 */
export function redress(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * Another text for an element that holds nothing else. Its text node stays: one taken out and another put in
 * would make the browser match every rule about children (:has, :empty) anew, some milliseconds a time.
 * @param {Element} node
 * @param {string} text
 */
export function reword(node, text) {
  const only = node.firstChild;
  if (node.textContent === text) return;
  if (text && only instanceof Text && only === node.lastChild) only.data = text;
  else node.textContent = text;
}

/**
 * An element that is known to be there: one sentence instead of a null further on.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Kind}
 */
export function one(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`nothing on the page is ${selector}`);
  return /** @type {Kind} */ (element);
}

/**
 * What was pressed, pointed at or left, or what it lies in, by a selector.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const within = ({ target }, selector) =>
  target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(selector)) : null;

/** What takes keys for itself. @param {EventTarget | null} at */
export const isField = (at) =>
  at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement;

/**
 * What Gradio draws comes when it comes, some of it never; `f` is called as soon as it is there, before it is
 * seen. All lies within `#id`, which is looked up in no time: the whole page was searched after every change
 * of it.
 * @param {string} id
 * @param {string | null} inside
 * @param {() => void} f
 */
export function whenThere(id, inside, f) {
  const look = () => {
    const part = document.getElementById(id);
    if (!part || (inside && !part.querySelector(inside))) return false;
    watch.disconnect();
    f();
    return true;
  };
  const watch = new MutationObserver(look);
  if (!look()) watch.observe(document.body, { childList: true, subtree: true });
}

/**
 * A word with an explanation on hover and on focus.
 * @param {string} key
 * @param {string} [tip]
 */
export const term = (key, tip = key + "_tip") =>
  el("span", { class: "tc-term", tabindex: 0, "data-tip": t(tip) }, t(key));

const ICONS = {
  play: "M7 4v16l13-8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  back: "M18 5v14l-9-7zM6 5h2.5v14H6z",
  on: "M6 5v14l9-7zM15.500 5H18v14h-2.500z",
  prev: "M15 5l-7 7 7 7z",
  next: "M9 5l7 7-7 7z",
  grow: "M3 4h18v12H3zM11 17h2v3h4v1.500H7V20h4z",
  shrink: "M3 4h8v16H3zM13 4h8v3h-8zM13 9h8v3h-8z",
  link: "M3 8h8v2H5v4h6v2H3zM13 8h8v8h-8v-2h6v-4h-6zM8 11h8v2H8z",
  screen: "M3 3h7v2H5v5H3zM14 3h7v7h-2V5h-5zM3 14h2v5h5v2H3zM19 14h2v7h-7v-2h5z",
};

/** @typedef {keyof typeof ICONS} Icon */

/** @param {Icon} name */
export const iconOf = (name) =>
  shape("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, shape("path", { d: ICONS[name] }));

/**
 * A colour of the style sheet, in the theme of the moment.
 * @param {string} name
 */
export const colour = (name) =>
  getComputedStyle(document.body)
    .getPropertyValue("--tc-" + name)
    .trim();

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What lies outside the window, or partly so, to its middle. @param {Element} node */
export function bringToView(node) {
  const { top, bottom } = node.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  node.scrollIntoView({ block: "center", behavior: reducedMotion() ? "auto" : "smooth" });
}
