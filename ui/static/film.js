// What the clip looked like on its way, from noise: frames of the previews that were kept.
import { el } from "./dom.js";
import { t } from "./words.js";

/** @import { Previews } from "./types.js" */

/** @type {Map<string, Promise<HTMLImageElement>>} address -> a decoded picture */
const pictures = new Map();

/** @param {string} src */
export function pictureAt(src) {
  const known = pictures.get(src);
  if (known) return known;
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
  const found = steps.filter((other) => other <= step).length - 1;
  return found < 0 ? null : { row: firstRow(previews, lane) + found, step: steps[found] };
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

/**
 * `count` moments of one lane, from noise to clip.
 * @param {Previews} previews
 * @param {number} lane
 * @param {number} count
 */
export function filmStrip(previews, lane, count) {
  const steps = previews.lanes[lane];
  if (!steps.length) return null;
  const places = Array.from({ length: count }, (_, i) => Math.round((i * (steps.length - 1)) / (count - 1)));
  const figures = [...new Set(places)].map((place) => {
    const canvas = el("canvas", { role: "img", "aria-label": stepText(steps[place]) });
    void paint(canvas, previews, firstRow(previews, lane) + place, Math.floor(previews.frames / 2));
    return el("figure", {}, canvas, el("figcaption", {}, String(steps[place] + 1)));
  });
  return el("div", { class: "tc-film" }, ...figures);
}
