// The mechanism as a diagram: on the left what decides, on the right what is computed or kept. It shows the
// call that is meant (board.js) with that call's numbers; the path that was not taken is dim. Boxes and
// arrows say in plain words what they are; a box opens.
import { on } from "../base/bus.js";
import { el, redress, reducedMotion, reword, within } from "../base/dom.js";
import { isNarrow } from "../base/sheet.js";
import { saveDrawing } from "../base/svgfile.js";
import { hideTip } from "../base/tooltip.js";
import { lastSeen } from "../plot/veil.js";
import { t } from "../words/words.js";
import { drawingOf } from "./drawing.js";
import { makeInside } from "./inside.js";
import { BOXES } from "./places.js";
import { plainOf, wayText } from "./plain.js";
import { captionOf, nameOf, restingCall, saidOf, signalIn, spokenOf, valueOf } from "./sentences.js";
import { whose } from "./whose.js";

/** @import { View } from "../screen/types.js" */
/** @import { Box } from "./places.js" */
/** @import { Said } from "./sentences.js" */
/** @import { Stop } from "./ways.js" */
/** @import { Whose } from "./whose.js" */

const NARROW = 720; // pixels
const [MARGIN, COLUMN] = [46, 364]; // pixels beside it, of a window without and with the left column
const UNKNOWN_BLOCKS = 8; // bars, where nobody knows how many there are
/** @type {Record<string, number>} from box to box */
const MOVES = { ArrowRight: 1, ArrowLeft: -1 };
/** @type {Record<string, number>} by way of the arrows between them */
const SMALL_MOVES = { ArrowDown: 1, ArrowUp: -1 };

/** @param {number} width @returns {"wide" | "narrow"} */
const layoutFor = (width) => (width < NARROW ? "narrow" : "wide");

/** The boxes on the way to what is compared, but for the last one. */
const MODULATED = /** @type {Box[]} */ (["timestep", "sinusoid", "mlp", "embedding", "modulate"]);
/**
 * The boxes that have no part in the decision.
 * @type {Record<string, Box[]>} by the signal that is compared
 */
const IDLE = { indicator: [], embedding: ["modulate"], latent: MODULATED };

/** Of the ways past scaling and shifting one at most is. @param {Stop} stop */
const isThere = ({ node }) => node.getAttribute("display") !== "none";

class Mechanism {
  /** @type {Box | null} */
  open = null;
  at = "timestep"; // the stop that takes the focus
  shown = ""; // what is drawn, to draw it once
  /** @type {View | null} */
  view = null;
  /** @type {number | null} */
  index = null;
  /** @type {number | null} the call whose numbers it has; none of a model that was only chosen */
  call = null;
  drawing = drawingOf(layoutFor(innerWidth - (isNarrow() ? MARGIN : COLUMN))); // its own width is known later
  inside = makeInside(() => this.again());

  constructor() {
    const attributes = { type: "button", class: "tc-take", "data-tip": t("mech_svg_tip") };
    const save = () => saveDrawing(this.drawing.svg, "teacache-mechanism.svg");
    const button = el("button", { ...attributes, onclick: save }, "SVG");
    this.node = el("div", { class: "tc-card tc-mech" }, this.drawing.svg, button, this.inside.node);
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
   * Says which call it shows.
   * @param {View} view
   * @param {number | null} meant the call; without one, that which shows most
   */
  draw(view, meant) {
    const call = meant ?? restingCall(view);
    if (view.columns.step[call] > lastSeen()) return this.call; // the tour asks about it
    this.view = view;
    this.index = meant;
    const of = whose(view, meant, () => this.again());
    const said = saidOf(view, of.chosen ? Infinity : call);
    this.call = said.known ? call : null;
    this.write(view, said, of);
    return this.call;
  }
  /** @param {View} view @param {Said} said @param {Whose} of */
  write(view, said, of) {
    const key = JSON.stringify([said, view.rules, view.kind, view.table?.signal, of]);
    if (key === this.shown) return;
    this.shown = key;
    this.drawWords(view, said, of);
    this.drawPaths(view, said, signalIn(view, of));
    this.drawing.stack(of.anatomy?.layers ?? UNKNOWN_BLOCKS);
    this.inside.draw(this.open, view, said, of);
  }
  again() {
    this.shown = "";
    if (this.view) this.draw(this.view, this.index);
  }

  /** @param {View} view @param {Said} said @param {Whose} of */
  drawWords(view, said, of) {
    const { boxes, ways, stops, caption, svg } = this.drawing;
    for (const box of BOXES) {
      const { node, write } = boxes[box];
      const words = [nameOf(box, view, of), valueOf(box, said, of)];
      write(words);
      redress(node, {
        "aria-label": [words[0] || t("mech_gate"), words[1]].join(" ").trim(),
        "aria-expanded": String(box === this.open),
        "data-tip": plainOf(box, view, of),
      });
    }
    for (const { way, node } of ways) {
      const text = wayText(way, view, of);
      redress(node, { "aria-label": text, "data-tip": text });
    }
    for (const { id, node } of stops) redress(node, { tabindex: id === this.at ? "0" : "-1" });
    reword(caption, captionOf(view, said, of));
    redress(svg, { "aria-label": spokenOf(view, said, caption.textContent) });
  }
  /**
   * What was taken is lit, what was not is dim.
   * @param {View} view
   * @param {Said} said
   * @param {string} signal that is compared
   */
  drawPaths(view, { known, computed, weighed, index }, signal) {
    const { boxes, ways, svg, fill } = this.drawing;
    /** @type {Partial<Record<Box, boolean>>} */
    const skipped = known ? { blocks: !computed, residual: computed, rescaled: !weighed, sum: !weighed } : {};
    for (const box of IDLE[signal]) skipped[box] = true;
    for (const box of BOXES) boxes[box].node.classList.toggle("dim", skipped[box] ?? false);
    for (const { way, from, to, node } of ways) {
      node.classList.toggle("dim", Boolean(skipped[to] || skipped[from]));
      // The way past scaling and shifting, where that is taken; also in a file of its own.
      if (way.startsWith("past_")) node.setAttribute("display", way === "past_" + signal ? "inline" : "none");
    }
    svg.classList.toggle("computed", known && computed);
    svg.classList.toggle("reused", known && !computed);
    // Nothing moves between two calls of a run, here and in mechanism.css: to draw every frame slows it.
    svg.classList.toggle("moving", known && computed && view.kind !== "live" && !reducedMotion());
    const sum = weighed ? (view.columns.acc[index] ?? 0) : 0;
    fill(Math.min(1, Math.max(0, sum) / Math.max(1e-9, view.threshold))); // a polynomial may go below 0
  }

  /** What it says stands below then. @param {Box} box */
  toggle(box) {
    this.open = box === this.open ? null : box;
    this.at = box;
    hideTip();
    this.again();
  }
  /** @param {Event} event */
  press(event) {
    const box = within(event, ".box")?.dataset.box;
    if (box) this.toggle(/** @type {Box} */ (box));
  }
  /** @param {KeyboardEvent} event */
  key(event) {
    const isPress = event.key === "Enter" || event.key === " ";
    if (!within(event, "[data-box], [data-way]")) return;
    if (event.key === "Escape" && this.open) this.toggle(this.open);
    else if (isPress) this.press(event);
    else if (MOVES[event.key]) this.move(MOVES[event.key], ({ node }) => "box" in node.dataset);
    else if (SMALL_MOVES[event.key]) this.move(SMALL_MOVES[event.key], isThere);
    else return;
    event.preventDefault();
  }
  /**
   * To the next stop of a kind, or to the one before.
   * @param {number} by
   * @param {(stop: Stop) => boolean} isOne
   */
  move(by, isOne) {
    const { stops } = this.drawing;
    const place = stops.findIndex(({ id }) => id === this.at);
    const others = [...stops.slice(place + 1), ...stops.slice(0, place)];
    const next = by > 0 ? others.find(isOne) : others.findLast(isOne);
    if (!next) return;
    stops[place].node.setAttribute("tabindex", "-1");
    this.at = next.id;
    next.node.setAttribute("tabindex", "0");
    next.node.focus();
  }
}

/** The diagram, and what draws a call in it. */
export const makeMechanism = () => new Mechanism();
