// What a step was given: the noisy latents, as pictures of so many pixels as they have.

/** @import { Latents } from "../library/types.js" */

const BYTES = 3; // of a pixel as it travels

/**
 * What was kept of the latest of some steps, at or before one: its place and its step, or null.
 * @param {{ steps: number[] } | null | undefined} pictures
 * @param {number} step
 */
export function latentsAt(pictures, step) {
  const place = (pictures?.steps.filter((other) => other <= step).length ?? 0) - 1;
  return pictures && place >= 0 ? { place, step: pictures.steps[place] } : null;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Latents} latents
 * @param {number} place
 */
export function paintLatents(canvas, { width, height, rgb }, place) {
  const bytes = atob(rgb);
  const first = place * width * height * BYTES;
  Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let part = 0; part < BYTES; part++)
      image.data[4 * pixel + part] = bytes.charCodeAt(first + BYTES * pixel + part);
    image.data[4 * pixel + BYTES] = 255;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
