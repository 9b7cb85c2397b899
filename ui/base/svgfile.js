// A drawing of the page as a file of its own: what its style sheet says is written into it.
import { colour } from "./dom.js";

const PROPERTIES = [
  ...["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"],
  ...["font-family", "font-size", "font-weight", "text-anchor"],
];

const OF_THE_PAGE = [
  ...["class", "style", "role", "tabindex", "aria-expanded", "aria-describedby"],
  ...["data-tip", "data-tip-beside"],
];

/**
 * The text of a file that shows the drawing as it is now.
 * @param {SVGSVGElement} drawing
 */
export function textOf(drawing) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const originals = drawing.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((node, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of PROPERTIES) node.setAttribute(name, style.getPropertyValue(name));
  });
  for (const node of copy.querySelectorAll(".reach")) node.remove(); // there for a hand
  for (const node of [copy, ...copy.querySelectorAll("*")])
    for (const name of OF_THE_PAGE) node.removeAttribute(name);
  const { width, height } = drawing.viewBox.baseVal;
  Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height }).forEach(([name, value]) =>
    copy.setAttribute(name, String(value)),
  );
  copy.setAttribute("style", `background: ${colour("card")}`);
  return new XMLSerializer().serializeToString(copy);
}

/**
 * Saves it under a name.
 * @param {SVGSVGElement} drawing
 * @param {string} name
 */
export function saveDrawing(drawing, name) {
  const address = URL.createObjectURL(new Blob([textOf(drawing)], { type: "image/svg+xml" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address));
}
