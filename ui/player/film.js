// What the clip looked like on its way, from noise: frames of the previews that were kept.
import { el } from "../base/dom.js";
import { paintLatents } from "../screen/latents.js";
import { t } from "../words/words.js";

/** @import { Latents, Previews } from "../library/types.js" */

/** @type {Map<string, Promise<HTMLImageElement>>} address -> a decoded picture */
const pictures = new Map();

/** @param {string} src */
export function pictureAt(src) {
  const earlier = pictures.get(src);
  if (earlier) return earlier;
  const image = new Image();
  image.src = src;
  const decoded = image.decode().then(() => image);
  pictures.set(src, decoded);
  return decoded;
}

/**
 * Where a lane's rows begin in the picture.
 * @param {Previews} previews
 * @param {number} lane
 */
const firstRow = ({ lanes }, lane) => (lane ? lanes[0].length : 0);

/**
 * The preview made at or before a step: its row of the picture and its step, or null.
 * @param {Previews} previews
 * @param {number} lane
 * @param {number} step
 */
export function rowOf(previews, lane, step) {
  const steps = previews.lanes[lane];
  const place = steps.filter((other) => other <= step).length - 1;
  return place < 0 ? null : { row: firstRow(previews, lane) + place, step: steps[place] };
}

/**
 * Paints one frame of a preview; without the picture the canvas goes, and what is said stands without it.
 * @param {HTMLCanvasElement} canvas
 * @param {Previews} previews
 * @param {number} row
 * @param {number} frame
 */
export async function paint(canvas, { src, width, height }, row, frame) {
  try {
    const image = await pictureAt(src);
    Object.assign(canvas, { width, height });
    canvas
      .getContext("2d")
      ?.drawImage(image, frame * width, row * height, width, height, 0, 0, width, height);
  } catch {
    canvas.remove();
  }
}

/** @param {number} step */
export const stepText = (step) => t("say_step", { i: step + 1 });

/** @typedef {{ step: number, draw: (canvas: HTMLCanvasElement) => unknown }} Moment */

/**
 * Moments side by side, each with its step below; `name` says what they are.
 * @param {string} name
 * @param {Moment[]} moments
 */
export function filmStrip(name, moments) {
  const figures = moments.map(({ step, draw }) => {
    const canvas = el("canvas", { role: "img", "aria-label": `${name}: ${stepText(step)}` });
    void draw(canvas);
    return el("figure", {}, canvas, el("figcaption", {}, String(step + 1)));
  });
  return el(
    "div",
    { class: "tc-film-row" },
    el("p", { class: "tc-note" }, name),
    el("div", { class: "tc-film" }, ...figures),
  );
}

/**
 * What the model took for the clip, on its way through one lane.
 * @param {Previews} previews
 * @param {number} lane
 * @param {number[]} steps
 */
export const predictionMoments = (previews, lane, steps) =>
  steps.map((step) => ({
    step,
    draw: (/** @type {HTMLCanvasElement} */ canvas) => {
      const place = previews.lanes[lane].indexOf(step);
      return paint(canvas, previews, firstRow(previews, lane) + place, Math.floor(previews.frames / 2));
    },
  }));

/**
 * What the steps were given.
 * @param {Latents} latents
 * @param {number[]} steps
 */
export const noiseMoments = (latents, steps) =>
  steps.map((step) => ({
    step,
    draw: (/** @type {HTMLCanvasElement} */ canvas) =>
      paintLatents(canvas, latents, latents.steps.indexOf(step)),
  }));
