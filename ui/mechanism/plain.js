// What the diagram says in plain words, before any formula: a sentence to each box and to each arrow, of what
// goes in, what comes out and why the cache cares; and at the very end the names that the model's code has.
import { t } from "../words/words.js";
import { signalIn } from "./sentences.js";

/** @import { View } from "../screen/types.js" */
/** @import { Box } from "./places.js" */
/** @import { Way } from "./ways.js" */
/** @import { Anatomy } from "./types.js" */
/** @import { Whose } from "./whose.js" */

/**
 * How the key of a box's sentence ends, where what is compared makes a difference.
 * @param {Box} box
 * @param {View} view
 * @param {string} signal that is compared
 */
function endOf(box, view, signal) {
  if (box === "compared" || (box === "latents" && signal !== "indicator")) return "_" + signal;
  if (box === "modulate" && signal !== "indicator") return "_idle";
  return box === "rescaled" && view.table?.panel.naive ? "_naive" : "";
}

/** @param {Box} box @param {View} view @param {Whose} of */
export const plainOf = (box, view, of) => t(`mech_${box}_tip${endOf(box, view, signalIn(view, of))}`);

/** @param {Way} way @param {View} view @param {Whose} of */
export function wayText(way, view, of) {
  const isIdle = way === "modulate" && signalIn(view, of) !== "indicator";
  return t("mech_way_" + way + (isIdle ? "_idle" : ""));
}

/**
 * What a box has of its own in the model's code.
 * @type {Partial<Record<Box, (anatomy: Anatomy) => (string | null)[]>>}
 */
const NAMES = {
  mlp: ({ embedding }) => [embedding],
  embedding: ({ embedding }) => [embedding],
  patches: (anatomy) => [widthOf(anatomy)],
  compared: ({ compared }) => [compared],
  blocks: (anatomy) => [...anatomy.blocks, depthOf(anatomy), widthOf(anatomy)],
};
/** @param {Anatomy} anatomy */
const depthOf = ({ layers }) => (layers ? t("mech_layers", { n: layers }) : "");
/** @param {Anatomy} anatomy */
const widthOf = ({ width }) => (width ? t("mech_wide", { w: width }) : "");

/** The class of the transformer, and in it what the box stands for. @param {Box} box @param {Whose} of */
export function codeOf(box, { anatomy }) {
  const own = anatomy && NAMES[box]?.(anatomy).filter(Boolean);
  if (!anatomy?.transformer || !own?.length) return "";
  const { model, transformer } = anatomy;
  const names = (model ? [transformer, ...own] : own).join(" · ");
  return t("mech_code", { model: model || transformer, names });
}
