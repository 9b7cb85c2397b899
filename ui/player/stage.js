// Draws the lanes of a clip in one of four ways: all side by side, or the first with another as wipe,
// difference, blink.
import { emit } from "../base/bus.js";
import { el, reword } from "../base/dom.js";
import { t } from "../words/words.js";
import { drawAxes } from "./sound.js";

/** @import { Clip } from "./types.js" */
/** @typedef {"side" | "wipe" | "diff" | "blink"} Mode */

const DEAD_ZONE = 6; // of 255: what the codec alone can change; below it two frames count as equal
const GAIN = 5;
// Pixels; beyond it a clip is shown smaller than it is, and dropping pixels would look like noise.
const LARGE = 320;
const DIFF_HEIGHT = 160; // enough to see where, cheap enough for every frame

/** @type {Record<string, number>} */
const WIPES = { ArrowLeft: -0.05, ArrowRight: 0.05 };

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("this browser draws no pictures");
  return context;
}

/**
 * A canvas of a clip's size.
 * @param {HTMLCanvasElement} canvas
 * @param {Clip} clip
 */
function fit(canvas, { width, height }) {
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
    canvas.style.aspectRatio = `${width} / ${height}`;
    canvas.classList.toggle("fine", height > LARGE);
  }
  return contextOf(canvas);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Clip} clip
 * @param {number} lane
 */
function drawLane(canvas, clip, lane) {
  const context = fit(canvas, clip);
  context.imageSmoothingEnabled = false;
  canvas.classList.toggle("blank", !clip.has(lane));
  if (clip.has(lane)) clip.draw(context, lane, clip.width, clip.height);
  else context.clearRect(0, 0, clip.width, clip.height);
}

/**
 * Where two pictures differ, from black over red and amber to white, in place of the first.
 * @param {Uint8ClampedArray} a
 * @param {Uint8ClampedArray} b
 * @param {number} dead of 255: what counts as equal
 */
function heat(a, b, dead) {
  for (let i = 0; i < b.length; i += 4) {
    const most = Math.max(
      Math.abs(a[i] - b[i]),
      Math.abs(a[i + 1] - b[i + 1]),
      Math.abs(a[i + 2] - b[i + 2]),
    );
    const hot = Math.max(0, most - dead) * GAIN;
    a[i] = Math.min(255, hot * 1.4);
    a[i + 1] = Math.min(255, Math.max(0, hot - 90) * 1.2);
    a[i + 2] = Math.min(255, Math.max(0, hot - 250));
    a[i + 3] = 255;
  }
}

export class Stage {
  /** @type {Mode} */
  mode = "side";
  wiped = 0.5;
  other = 1; // the lane that the first is compared with
  shown = 0; // the lane that blink shows
  canvases = [0, 1, 2].map(() => el("canvas"));
  captions = this.canvases.map(() => el("figcaption"));
  figures = this.canvases.map((canvas, i) =>
    el("figure", { class: "tc-lane-" + "abc"[i] }, canvas, this.captions[i]),
  );
  empty = el("p", { class: "tc-empty" }, t("no_video"));
  node = el("div", { class: "tc-stage" }, ...this.figures, this.empty);
  scratch = [el("canvas"), el("canvas")];

  constructor() {
    const ends = { "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 50 };
    const attributes = { class: "tc-divider", role: "slider", tabindex: 0, "aria-label": t("wipe"), ...ends };
    this.divider = el("div", attributes);
    this.figures[0].append(this.divider);
    this.figures[0].addEventListener("pointerdown", (event) => this.grab(event));
    this.divider.addEventListener("keydown", ({ key }) => WIPES[key] && this.wipe(this.wiped + WIPES[key]));
    this.setMode("side");
  }

  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = mode;
    this.node.dataset.mode = mode;
    this.show(0);
  }
  /** @param {number} lane */
  show(lane) {
    this.shown = lane;
    this.node.dataset.shown = "abc"[lane];
  }
  /** Blinks to the other lane, or back. */
  swap() {
    this.show(this.shown ? 0 : this.other);
  }
  /**
   * What a lane is; whole where its caption has no room for all of it.
   * @param {number} lane
   * @param {string} text
   */
  name(lane, text) {
    reword(this.captions[lane], text);
    this.captions[lane].title = text;
  }
  /** @param {number} lane that the first is compared with */
  compare(lane) {
    this.other = lane;
  }

  /** @param {Clip | null} clip */
  draw(clip) {
    this.node.classList.toggle("filled", Boolean(clip && clip.width));
    if (!clip || !clip.width) return;
    this.node.dataset.lanes = String(clip.lanes);
    this.drawMode(clip);
    this.figures.forEach((figure, lane) => drawAxes(figure, this.canvases[lane], clip));
    if (this.mode === "wipe") this.placeDivider();
  }
  /** @param {Clip} clip */
  drawMode(clip) {
    const { canvases, mode } = this;
    if (mode === "side")
      canvases.slice(0, clip.lanes).forEach((canvas, lane) => drawLane(canvas, clip, lane));
    else if (mode === "wipe") this.drawWipe(clip);
    else if (mode === "diff") this.drawDifference(clip);
    else drawLane(canvases[0], clip, this.shown);
  }
  /** The divider lies over the canvas, whose place within the figure depends on its shape. */
  placeDivider() {
    const [{ offsetLeft, offsetTop, offsetWidth, offsetHeight }] = this.canvases;
    Object.assign(this.divider.style, {
      left: offsetLeft + offsetWidth * this.wiped + "px",
      height: offsetHeight + "px",
      top: offsetTop + "px",
    });
  }
  /** @param {Clip} clip */
  drawWipe(clip) {
    drawLane(this.canvases[0], clip, 0);
    if (!clip.has(this.other)) return;
    const context = contextOf(this.canvases[0]);
    const at = Math.round(clip.width * this.wiped);
    context.save();
    context.beginPath();
    context.rect(at, 0, clip.width - at, clip.height);
    context.clip();
    clip.draw(context, this.other, clip.width, clip.height);
    context.restore();
  }
  /** @param {Clip} clip */
  drawDifference(clip) {
    const context = fit(this.canvases[0], clip);
    if (!clip.has(0) || !clip.has(this.other)) return context.clearRect(0, 0, clip.width, clip.height);
    const height = Math.min(DIFF_HEIGHT, clip.height);
    const width = Math.max(1, Math.round((clip.width / clip.height) * height));
    const a = this.pixels(clip, 0, width, height);
    const b = this.pixels(clip, this.other, width, height);
    heat(a.data, b.data, clip.exact ? 0 : DEAD_ZONE);
    contextOf(this.scratch[0]).putImageData(a, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.scratch[0], 0, 0, clip.width, clip.height);
  }
  /**
   * @param {Clip} clip
   * @param {number} lane
   * @param {number} width
   * @param {number} height
   */
  pixels(clip, lane, width, height) {
    const canvas = this.scratch[lane ? 1 : 0];
    Object.assign(canvas, { width, height });
    const context = contextOf(canvas, { willReadFrequently: true });
    clip.draw(context, lane, width, height);
    return context.getImageData(0, 0, width, height);
  }

  /** @param {EventTarget | null} node */
  laneOf(node) {
    return this.canvases.findIndex((canvas) => canvas === node);
  }
  /**
   * How far across the picture a place on the screen is, 0 to 1.
   * @param {number} lane
   * @param {number} x
   */
  shareAt(lane, x) {
    const canvas = this.canvases[lane];
    const box = canvas.getBoundingClientRect();
    const width = canvas.width * Math.min(box.width / canvas.width, box.height / canvas.height);
    return Math.min(1, Math.max(0, (x - box.left - (box.width - width) / 2) / width));
  }

  /** @param {number} share */
  wipe(share) {
    this.wiped = Math.min(1, Math.max(0, share));
    this.divider.setAttribute("aria-valuenow", String(Math.round(this.wiped * 100)));
    emit("stage");
  }
  /** @param {PointerEvent} event */
  grab(event) {
    if (this.mode !== "wipe") return;
    const [figure] = this.figures;
    figure.setPointerCapture(event.pointerId);
    /** @param {PointerEvent} moved */
    const follow = ({ clientX }) => {
      const box = this.canvases[0].getBoundingClientRect();
      this.wipe((clientX - box.left) / box.width);
    };
    follow(event);
    figure.addEventListener("pointermove", follow);
    figure.addEventListener("pointerup", () => figure.removeEventListener("pointermove", follow), {
      once: true,
    });
  }
}
