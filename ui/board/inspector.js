// One step looked into: its arithmetic in words, and what the clip looked like there, without and with the
// cache.
import { emit, on } from "../base/bus.js";
import { el, iconOf, one, reducedMotion, within } from "../base/dom.js";
import { dockHeight, isNarrow } from "../base/sheet.js";
import { paint, rowOf, stepText } from "../player/film.js";
import { arithmetic } from "../screen/arithmetic.js";
import { currentFacts } from "../screen/facts.js";
import { cellOf, moved } from "../screen/lanes.js";
import { latentsAt, paintLatents } from "../screen/latents.js";
import { currentView, isLive } from "../screen/view.js";
import { branchName, t } from "../words/words.js";
import { callOf } from "./strip.js";

/** @import { Icon } from "../base/dom.js" */
/** @import { Previews } from "../library/types.js" */
/** @import { View } from "../screen/types.js" */

const FRAME_MS = 350;
const WIDE = 620; // pixels, at most
const STRIP = ".tc-strip";
const ROOM = 12; // pixels between a step and the edge of what hides it

/** @param {string} key */
const note = (key) => el("p", { class: "tc-note" }, t(key));

/**
 * One lane's preview at a step, and what paints a frame of it.
 * @param {Previews} previews
 * @param {number} lane
 * @param {number} step
 */
function laneOf(previews, lane, step) {
  const row = rowOf(previews, lane, step);
  if (!row) return [];
  const key = lane ? "step_preview_cached" : "step_preview_uncached";
  const canvas = el("canvas", { role: "img", "aria-label": t(key, { i: row.step + 1 }) });
  const earlier = row.step === step ? "" : ` (${stepText(row.step)})`;
  const name = (lane ? "TeaCache" : t("uncached")) + earlier;
  const node = el("figure", {}, canvas, el("figcaption", {}, name));
  return [
    {
      node,
      draw: (/** @type {number} */ frame) => paint(canvas, previews, row.row, frame % previews.frames),
    },
  ];
}

/** What the step was given: the latents, where they were kept. @param {number} step */
function noiseOf(step) {
  const latents = currentFacts()?.latents;
  const place = latentsAt(latents, step);
  if (!latents || !place) return [];
  const name = t("step_latents", { i: place.step + 1 });
  const canvas = el("canvas", { role: "img", "aria-label": name });
  paintLatents(canvas, latents, place.place);
  const earlier = place.step === step ? "" : ` (${stepText(place.step)})`;
  return [el("figure", {}, canvas, el("figcaption", {}, t("film_latents_short") + earlier))];
}

class Inspector {
  card = el("section", {
    class: "tc-root tc-card tc-step-card",
    role: "region",
    "aria-live": "polite",
    "aria-label": t("step_card"),
    hidden: true,
  });
  /** @type {number | null} the call that is looked into */
  index = null;
  /** @type {number | null} the call that was pointed at last */
  pointed = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  ticking;
  drawn = "";
  touring = false;

  /** @param {number} index */
  open(index) {
    if (!this.card.isConnected) document.body.append(this.card);
    this.card.hidden = false;
    this.index = index;
    this.draw();
    this.uncover();
    emit("inspect", index);
  }
  close() {
    if (this.index === null) return;
    this.index = null;
    this.drawn = "";
    clearInterval(this.ticking);
    this.card.hidden = true;
    emit("inspect", null);
  }

  /** @param {View} view */
  keyOf({ run, rules, threshold, kind }) {
    return [run.run, rules, this.index, threshold, kind, Boolean(currentFacts())].join();
  }
  draw() {
    const view = currentView();
    const { index } = this;
    if (index === null) return;
    if (!view || view.columns.step[index] === undefined) return this.close();
    const key = this.keyOf(view);
    if (key === this.drawn) return;
    this.drawn = key;
    clearInterval(this.ticking);
    const lines = arithmetic(view, index).map((line) => el("li", {}, line));
    const side = el("div", { class: "tc-step-side" }, ...this.previews(view, index));
    this.card.replaceChildren(
      this.header(view, index),
      el("div", { class: "tc-step-body" }, el("ol", {}, ...lines), side),
    );
    this.place();
  }
  /**
   * @param {View} view
   * @param {number} index
   */
  header(view, index) {
    const { columns, run, lanes } = view;
    const kind = columns.computed[index] ? "computed" : "reused";
    const branch = lanes.length > 1 ? `, ${branchName(run.branches[columns.branch[index]])}` : "";
    const title = stepText(columns.step[index]) + branch + ": " + t("legend_" + kind);
    /** @param {number} by */
    const beside = (by) => {
      const there = moved(view, index, by);
      return there === cellOf(view, index) ? null : there;
    };
    const close = {
      type: "button",
      class: "tc-icon small",
      "aria-label": t("tour_close"),
      onclick: () => this.close(),
    };
    return el(
      "header",
      {},
      el("i", { class: "tc-swatch " + kind }),
      el("h2", {}, title),
      this.turner("tour_step_back", "prev", -1, beside(-1)),
      this.turner("tour_step_on", "next", 1, beside(1)),
      el("button", close, "×"),
    );
  }
  /**
   * To the call before or after: cells are too narrow for some fingers.
   * @param {string} key
   * @param {Icon} icon
   * @param {number} by
   * @param {number | null} there
   */
  turner(key, icon, by, there) {
    const onclick = () => {
      if (there === null) return;
      emit("point", there);
      this.open(there);
      one(`[data-turn="${by}"]`, this.card).focus();
    };
    const attributes = { type: "button", class: "tc-icon small", "aria-label": t(key), "data-turn": by };
    return el("button", { ...attributes, disabled: there === null, onclick }, iconOf(icon));
  }
  /**
   * @param {View} view
   * @param {number} index
   */
  previews({ columns, kind }, index) {
    const previews = currentFacts()?.previews;
    if (!previews) return [note("step_no_preview")];
    const lanes = [0, 1].flatMap((lane) => laneOf(previews, lane, columns.step[index]));
    if (!lanes.length) {
      const noise = noiseOf(columns.step[index]);
      return noise.length ? [el("div", { class: "tc-film pair" }, ...noise)] : [note("step_early")];
    }
    let frame = Math.floor(previews.frames / 2);
    const draw = () => lanes.forEach((lane) => lane.draw(frame));
    draw();
    const tick = () => {
      frame += 1;
      draw();
    };
    if (!reducedMotion() && previews.frames > 1) this.ticking = setInterval(tick, FRAME_MS);
    const pictures = [...noiseOf(columns.step[index]), ...lanes.map(({ node }) => node)];
    const pair = el("div", { class: "tc-film pair" }, ...pictures);
    return kind === "whatif" ? [pair, note("step_preview_whatif")] : [pair];
  }

  /**
   * Below the row of steps, in the document, so that it scrolls with it; it covers the player while it is
   * open.
   */
  place() {
    const { style } = this.card;
    this.card.classList.toggle("sheet", isNarrow());
    if (isNarrow())
      return Object.assign(style, { width: "", left: "", top: "", bottom: dockHeight() + "px" });
    const strip = one(STRIP).getBoundingClientRect();
    const cell = one(`${STRIP} .tc-cell[data-i="${this.index}"]`).getBoundingClientRect();
    const board = one("#tc-board").getBoundingClientRect();
    const width = Math.min(WIDE, board.width);
    const left = Math.min(Math.max(board.left, cell.left + cell.width / 2 - width / 2), board.right - width);
    const top = strip.bottom + scrollY + 26;
    return Object.assign(style, { width: width + "px", left: left + "px", top: top + "px", bottom: "" });
  }
  /** The step under the finger stays where it is; one that the sheet hides comes up, its row with it. */
  uncover() {
    if (!isNarrow()) return;
    const edge = this.card.getBoundingClientRect().top - ROOM;
    const cell = one(`${STRIP} .tc-cell[data-i="${this.index}"]`).getBoundingClientRect();
    if (cell.top >= 0 && cell.bottom <= edge) return;
    scrollBy(0, Math.min(one(STRIP).getBoundingClientRect().bottom - edge, cell.top - ROOM));
  }

  /** Nothing is opened while the tour asks, or a run is under way. */
  isQuiet() {
    return this.touring || isLive();
  }
  /** @param {number | null} index */
  point(index) {
    if (index !== null) this.pointed = index;
  }
  /** By a key; a pointer that passes over a step does not open it. @param {number} index */
  step(index) {
    if (this.index !== null && document.activeElement?.closest(STRIP)) this.open(index);
  }
  /** @param {MouseEvent} event */
  press(event) {
    const call = callOf(event);
    const { target } = event;
    if (call !== null && !this.isQuiet()) {
      if (this.index === call) this.close();
      else this.open(call);
    } else if (!within(event, ".tc-step-card") && target instanceof Node && target.isConnected) this.close();
  }
  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && this.index !== null) {
      event.preventDefault();
      return this.close();
    }
    if (event.key !== "Enter" || !within(event, STRIP) || this.isQuiet() || this.pointed === null) return;
    event.preventDefault();
    this.open(this.pointed);
  }
}

const card = new Inspector();
/** Opens, closes and tells which call is looked into. */
export const inspector = {
  open: (/** @type {number} */ index) => card.open(index),
  close: () => card.close(),
  shown: () => card.index,
};

on("point", (index) => card.point(index));
on("stepped", (index) => card.step(index));
on("board", ({ kind }) => (kind === "live" ? card.close() : card.draw()));
on("facts", () => card.draw());
on("tour", (at) => {
  card.touring = at !== null;
  if (card.touring) card.close();
});
document.addEventListener("click", (event) => card.press(event));
document.addEventListener("keydown", (event) => card.key(event), true);
addEventListener("resize", () => card.index !== null && card.place());
