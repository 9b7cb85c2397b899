// The picture in an opened box: the latents that a step was given, or the residual that is kept. Where a run
// has none, a sentence says so.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { colour, el } from "../base/dom.js";
import { latentsAt, paintLatents } from "../screen/latents.js";
import { t } from "../words/words.js";
import { askerFor } from "./ofrun.js";

/** @import { Latents, Residuals } from "../library/types.js" */
/** @import { View } from "../screen/types.js" */
/** @import { Box } from "./places.js" */
/** @import { Said } from "./sentences.js" */

const FULL = 127; // the largest of the bytes

/** @typedef {{ latents: Latents | null, residuals: Residuals | null }} Kept */
/** @type {(run: string, ondone: () => void) => Kept | null | undefined} */
const picturesOf = askerFor("pictures");

/** @type {number[][]} the colours above and below 0: red, green and blue; asked for once a theme */
let colours = [];
on("theme", () => (colours = []));

/** A colour of the style sheet. @param {CanvasRenderingContext2D} context @param {string} name */
function partsOf(context, name) {
  context.fillStyle = colour(name); // which is read as #rrggbb, however the sheet writes it
  return [1, 3, 5].map((at) => parseInt(String(context.fillStyle).slice(at, at + 2), 16));
}

/**
 * A token a row, a number a column: the stronger the colour, the further from 0.
 * @param {HTMLCanvasElement} canvas
 * @param {Residuals} residuals
 * @param {number} place
 */
function paintResidual(canvas, { rows, columns, values }, place) {
  const bytes = atob(values);
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  if (!context) return;
  if (!colours.length) colours = ["computed", "reused"].map((name) => partsOf(context, name));
  const [above, below] = colours;
  const image = new ImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    const byte = bytes.charCodeAt(place * rows * columns + i);
    const value = byte > FULL ? byte - 256 : byte;
    image.data.set([...(value > 0 ? above : below), (255 * Math.abs(value)) / FULL], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

/**
 * The canvas, and what draws it and says what is in it; `ondone` is called when more is known.
 * @param {() => void} ondone
 */
export function makePicture(ondone) {
  const node = el("canvas", { hidden: true, role: "img" });
  let painted = ""; // which residual: painted once, however many calls keep it
  on("theme", () => (painted = ""));

  /** @param {Latents | null} pictures @param {number} step */
  function latents(pictures, step) {
    const frame = latentsAt(pictures, step);
    if (!pictures || !frame) return t("mech_latents_none");
    paintLatents(node, pictures, frame.place);
    painted = "";
    node.hidden = false;
    return t("mech_latents_seen", { k: frame.step + 1 });
  }

  /** @param {Residuals | null} maps @param {number} step that it was computed at @param {string} run */
  function residual(maps, step, run) {
    const map = latentsAt(maps, step);
    if (!maps || !map) return t("mech_residual_none");
    const wanted = `${run} ${map.place}`;
    if (painted !== wanted) paintResidual(node, maps, map.place);
    painted = wanted;
    node.hidden = false;
    return t("mech_residual_seen", { rows: maps.rows, columns: maps.columns, k: map.step + 1 });
  }

  /**
   * @param {Box} box that is open
   * @param {View} view
   * @param {Said} said
   */
  function draw(box, view, said) {
    node.hidden = true;
    if (!said.known || (box !== "latents" && box !== "residual")) return "";
    node.className = box;
    node.setAttribute("aria-label", t("mech_picture_" + box));
    const { run, phase } = view.run;
    if (!shared.phases.stored.includes(phase)) return t("mech_picture_later");
    const pictures = picturesOf(run, ondone);
    if (pictures === undefined) return "";
    if (box === "residual") return residual(pictures?.residuals ?? null, Number(said.values.r) - 1, run);
    return latents(pictures?.latents ?? null, view.columns.step[said.index] ?? -1);
  }
  return { node, draw };
}
