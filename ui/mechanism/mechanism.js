// The mechanism as a diagram: on the left what decides, on the right what is computed or kept. It shows the
// call that is meant (board.js) with that call's numbers; the path that was not taken is dim. A box opens.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { el, reducedMotion, within } from "../base/dom.js";
import { isNarrow } from "../base/sheet.js";
import { saveDrawing } from "../base/svgfile.js";
import { stepText } from "../player/film.js";
import { lastSeen } from "../plot/veil.js";
import { t } from "../words/words.js";
import { drawingOf } from "./drawing.js";
import { askerFor } from "./ofrun.js";
import { makePicture } from "./picture.js";
import { BOXES } from "./places.js";
import { nameOf, restingCall, saidOf, sentenceOf, spokenOf, valueOf } from "./sentences.js";

/** @import { Anatomy, View } from "../types.js" */
/** @import { Box } from "./places.js" */
/** @import { Said } from "./sentences.js" */

const NARROW = 720; // pixels
const [MARGIN, COLUMN] = [46, 364]; // pixels beside it, of a window without and with the left column
const UNKNOWN_BLOCKS = 8; // bars, where nobody knows how many there are
/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** @type {(run: string, ondone: () => void) => Anatomy | null | undefined} */
const anatomyOf = askerFor("anatomy");

/** @param {number} width @returns {"wide" | "narrow"} */
const layoutFor = (width) => (width < NARROW ? "narrow" : "wide");

/** Whether the latents have a part in the decision. @param {View} view */
const takesPart = ({ table }) => !table || (!table.stands.latentFree && table.signal !== "embedding");

class Mechanism {
  /** @type {Box | null} */
  open = null;
  /** @type {Box} the one that takes the focus */
  at = "timestep";
  shown = ""; // what is drawn, to draw it once
  /** @type {View | null} */
  view = null;
  /** @type {number | null} */
  index = null;
  drawing = drawingOf(layoutFor(innerWidth - (isNarrow() ? MARGIN : COLUMN))); // its own width is known later
  picture = makePicture(() => this.again());
  more = el("p", { "aria-live": "polite" });
  opened = el("div", { class: "tc-mech-more", hidden: true }, this.picture.node, this.more);

  constructor() {
    const given = { type: "button", class: "tc-take", "data-tip": t("mech_svg_tip") };
    const save = () => saveDrawing(this.drawing.svg, "teacache-mechanism.svg");
    const button = el("button", { ...given, onclick: save }, "SVG");
    this.node = el("div", { class: "tc-card tc-mech" }, this.drawing.svg, button, this.opened);
    this.node.addEventListener("click", (event) => this.press(event));
    this.node.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(([{ contentRect }]) => this.lay(contentRect.width)).observe(this.node);
    for (const news of ["facts", "theme"]) on(news, () => this.again());
  }

  /** @param {number} width */
  lay(width) {
    const name = layoutFor(width);
    if (width === 0 || name === this.drawing.name) return;
    const before = this.drawing.svg;
    this.drawing = drawingOf(name);
    before.replaceWith(this.drawing.svg);
    this.again();
  }

  /**
   * @param {View} view
   * @param {number | null} meant the call; without one, that which shows most
   */
  draw(view, meant) {
    if (view.columns.step[meant ?? restingCall(view)] > lastSeen()) return; // the tour asks about it
    this.view = view;
    this.index = meant;
    const { run, phase } = view.run;
    const isKept = shared.phases.stored.includes(phase); // else nobody knows of it
    const anatomy = isKept ? (anatomyOf(run, () => this.again()) ?? null) : null;
    const said = saidOf(view, meant ?? restingCall(view));
    const key = JSON.stringify([said, view.rules, view.kind, view.table?.signal]);
    if (key === this.shown) return;
    this.shown = key;
    this.drawWords(view, said, anatomy);
    this.drawPaths(view, said);
    this.drawing.stack(anatomy?.layers ?? UNKNOWN_BLOCKS);
    this.opened.hidden = this.open === null;
    if (!this.open) return;
    const told = sentenceOf(this.open, view, said, anatomy);
    this.more.textContent = [told, this.picture.draw(this.open, view, said)].filter(Boolean).join(" ");
  }
  again() {
    this.shown = "";
    if (this.view) this.draw(this.view, this.index);
  }

  /** @param {View} view @param {Said} said @param {Anatomy | null} anatomy */
  drawWords(view, said, anatomy) {
    const { boxes, caption, svg } = this.drawing;
    for (const box of BOXES) {
      const { node, name, value } = boxes[box];
      name.textContent = nameOf(box, view, anatomy);
      value.textContent = valueOf(box, said);
      name.classList.toggle("alone", !value.textContent && box !== "blocks");
      node.setAttribute("aria-label", `${name.textContent || t("mech_gate")} ${value.textContent}`.trim());
      node.setAttribute("aria-expanded", String(box === this.open));
      node.setAttribute("tabindex", box === this.at ? "0" : "-1");
    }
    const decided = t(said.computed ? "legend_computed" : "legend_reused");
    caption.textContent = said.known ? `${stepText(view.columns.step[said.index])}: ${decided}` : "";
    svg.setAttribute("aria-label", spokenOf(view, said));
  }
  /** What was taken is lit, what was not is dim. @param {View} view @param {Said} said */
  drawPaths(view, { known, computed, weighed, index }) {
    const { boxes, links, svg, fill } = this.drawing;
    /** @type {Partial<Record<Box, boolean>>} */
    const skipped = known ? { blocks: !computed, residual: computed, rescaled: !weighed, sum: !weighed } : {};
    for (const box of BOXES) boxes[box].node.classList.toggle("dim", skipped[box] ?? false);
    const free = !takesPart(view);
    for (const { from, to, node } of links) {
      const off = skipped[to] || skipped[from] || (free && from === "patches");
      node.classList.toggle("dim", Boolean(off));
    }
    svg.classList.toggle("computed", known && computed);
    svg.classList.toggle("reused", known && !computed);
    // Nothing moves between two calls of a run: a page that is drawn in every frame slows it.
    svg.classList.toggle("moving", known && computed && view.kind !== "live" && !reducedMotion());
    const sum = weighed ? (view.columns.acc[index] ?? 0) : 0;
    fill(Math.min(1, Math.max(0, sum) / Math.max(1e-9, view.threshold))); // a polynomial may go below 0
  }

  /** @param {Box} box */
  toggle(box) {
    this.open = box === this.open ? null : box;
    this.at = box;
    this.again();
  }
  /** @param {Event} event */
  press(event) {
    const box = within(event, ".box")?.dataset.box;
    if (box) this.toggle(/** @type {Box} */ (box));
  }
  /** @param {KeyboardEvent} event */
  key(event) {
    const move = MOVES[event.key];
    const isPress = event.key === "Enter" || event.key === " ";
    if (!within(event, ".box")) return;
    if (event.key === "Escape" && this.open) this.toggle(this.open);
    else if (isPress) this.press(event);
    else if (move) this.focus(BOXES[(BOXES.indexOf(this.at) + move + BOXES.length) % BOXES.length]);
    else return;
    event.preventDefault();
  }
  /** @param {Box} box */
  focus(box) {
    const { boxes } = this.drawing;
    boxes[this.at].node.setAttribute("tabindex", "-1");
    this.at = box;
    boxes[box].node.setAttribute("tabindex", "0");
    boxes[box].node.focus();
  }
}

/** The diagram, and what draws a call in it. */
export const makeMechanism = () => new Mechanism();
