// The picture in an opened box: the latents that a step was given, or the residual that is kept. Where a run
// has none, a sentence says so.
import shared from "../shared.js";
import { colour, el } from "../base/dom.js";
import { currentFacts } from "../screen/facts.js";
import { latentsAt, paintLatents } from "../screen/latents.js";
import { t } from "../words/words.js";

/** @import { Residuals, View } from "../types.js" */
/** @import { Box } from "./places.js" */
/** @import { Said } from "./sentences.js" */

const FULL = 127; // the largest of the bytes

/** @type {Map<string, Residuals | null | undefined>} run id -> what was kept; undefined while asked for */
const known = new Map();

/** @param {string} run */
async function ask(run) {
  known.set(run, undefined);
  const answer = await fetch(`teacache/teach/${encodeURIComponent(run)}/residuals`).catch(() => null);
  known.set(run, answer?.ok ? await answer.json() : null);
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
  const [above, below] = [colour("computed"), colour("reused")];
  for (let i = 0; i < rows * columns; i++) {
    const byte = bytes.charCodeAt(place * rows * columns + i);
    const value = byte > FULL ? byte - 256 : byte;
    context.fillStyle = value > 0 ? above : below;
    context.globalAlpha = Math.abs(value) / FULL;
    context.fillRect(i % columns, Math.floor(i / columns), 1, 1);
  }
}

/**
 * The canvas, and what draws it and says what is in it; `ondone` is called when more is known.
 * @param {() => void} ondone
 */
export function makePicture(ondone) {
  const node = el("canvas", { hidden: true, role: "img" });

  /** @param {Said} said */
  function latents({ index, known: isThere }, /** @type {View} */ view) {
    const kept = currentFacts()?.latents;
    const found = isThere ? latentsAt(kept, view.columns.step[index]) : null;
    if (!kept || !found) return t("mech_latents_none");
    paintLatents(node, kept, found.place);
    node.hidden = false;
    return t("mech_latents_seen", { k: found.step + 1 });
  }

  /** @param {Said} said @param {View} view */
  function residual({ values }, { run: { run } }) {
    if (!known.has(run)) void ask(run).then(ondone);
    const kept = known.get(run);
    if (kept === undefined) return "";
    const found = latentsAt(kept, Number(values.r) - 1);
    if (!kept || !found) return t("mech_residual_none");
    paintResidual(node, kept, found.place);
    node.hidden = false;
    return t("mech_residual_seen", { rows: kept.rows, columns: kept.columns, k: found.step + 1 });
  }

  /**
   * @param {Box} box that is open
   * @param {View} view
   * @param {Said} said
   */
  function draw(box, view, said) {
    node.hidden = true;
    if (box !== "latents" && box !== "residual") return "";
    node.className = box;
    node.setAttribute("aria-label", t("mech_picture_" + box));
    if (!shared.phases.stored.includes(view.run.phase)) return t("mech_picture_later");
    return box === "latents" ? latents(said, view) : residual(said, view);
  }
  return { node, draw };
}
