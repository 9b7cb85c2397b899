// What the boxes of the mechanism say of one call: a value each, and a sentence with the formula filled in.
import { isWeighed, source, sumBefore } from "../screen/arithmetic.js";
import { explain, reasonKey, signalOf } from "../screen/explain.js";
import { currentFacts } from "../screen/facts.js";
import { delta, num, sumText } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Anatomy, Panel, View } from "../types.js" */
/** @import { Box } from "./places.js" */

/**
 * The call that is shown while nobody points: the first that was reused, since it shows most.
 * @param {View} view
 */
export function restingCall({ columns: { computed } }) {
  return Math.max(0, computed.indexOf(0));
}

/** @param {View} view */
const signalIn = (view) => (view.table ? signalOf(view.table) : "indicator");

/**
 * Everything that is said of a call, in words.
 * @param {View} view
 * @param {number} index
 */
export function saidOf(view, index) {
  const c = view.columns;
  const timestep = currentFacts()?.timesteps[c.step[index]] ?? null;
  const known = index < c.step.length;
  return {
    known,
    computed: known && Boolean(c.computed[index]),
    weighed: known && isWeighed(c.reason[index]),
    why: known ? reasonKey(view, index) : "",
    index,
    values: {
      i: known ? c.step[index] + 1 : "–",
      n: view.steps,
      s: timestep === null ? "–" : num(timestep),
      x: num(c.ind[index]),
      y: num(c.est[index]),
      sum: known ? sumText(sumBefore(c, index), c.est[index], c.acc[index]) : "–",
      z: num(c.acc[index]),
      t: delta(view.threshold),
      r: known ? source(c, index) : "–",
    },
  };
}
/** @typedef {ReturnType<typeof saidOf>} Said */

/**
 * The name over a box.
 * @param {Box} box
 * @param {View} view
 * @param {Anatomy | null} anatomy
 */
export function nameOf(box, view, anatomy) {
  if (box === "compared") return t("by_" + signalIn(view));
  if (box === "gate") return "";
  if (box === "blocks" && anatomy?.layers) return t("mech_layers", { n: anatomy.layers });
  return t("mech_" + box);
}

/**
 * The number in a box, or none.
 * @param {Box} box
 * @param {Said} said
 * @returns {string}
 */
export function valueOf(box, { known, weighed, computed, values }) {
  const sign = known && computed ? "≥" : "<";
  /** @type {Partial<Record<Box, string>>} */
  const found = {
    timestep: values.s === "–" ? `${values.i} / ${values.n}` : "t = " + values.s,
    change: values.x,
    rescaled: values.y,
    sum: weighed ? `${values.z} ${sign} ${values.t}` : "–",
    residual: known && values.r !== "–" ? t("mech_kept", values) : "–",
    gate: !known ? "" : weighed ? sign + " δ" : t("mech_rule"),
  };
  return found[box] ?? "";
}

const POWERS = ["", "·x", "·x²", "·x³", "·x⁴", "·x⁵", "·x⁶", "·x⁷"];

/**
 * The polynomial, term by term, and where it was asked: within the range that it was fitted on.
 * @param {Panel} panel
 * @param {number | null} change
 */
function termsOf({ coefficients, range }, change) {
  const factors = coefficients.split("@")[0].split(",").map(Number);
  const [low, high] = range ?? [-Infinity, Infinity];
  const at = change === null ? null : Math.min(high, Math.max(low, change));
  const terms = factors.map((factor, place) => num(factor) + POWERS[factors.length - 1 - place]);
  return { p: terms.join(" + ").replaceAll("+ -", "− "), x: num(at) };
}

/**
 * What a box says when it is opened.
 * @param {Box} box
 * @param {View} view
 * @param {Said} said
 * @param {Anatomy | null} anatomy
 */
export function sentenceOf(box, view, said, anatomy) {
  const { values, weighed } = said;
  const panel = view.table?.panel;
  if (box === "gate") return explain(view, said.index)?.text ?? "";
  if (box === "sum" && !weighed) return t("step_rule", { why: t(said.why, values) });
  if (box === "latents" && signalIn(view) === "embedding") return t("mech_latents_free");
  if (box === "compared") return t("mech_compared_" + signalIn(view), { name: anatomy?.compared ?? "–" });
  if (box === "rescaled" && (panel?.naive || values.x === values.y)) return t("mech_rescaled_naive", values);
  const told = {
    ...values,
    blocks: anatomy?.blocks.join(", ") || "–",
    of: anatomy?.transformer || "–",
    w: anatomy?.width ?? "–",
    ...(box === "rescaled" && panel ? termsOf(panel, view.columns.ind[said.index]) : {}),
  };
  return t(`mech_${box}_more`, told);
}

/** For a listener: what the picture shows. @param {View} view @param {Said} said */
export function spokenOf(view, said) {
  const told = explain(view, said.index);
  return t("mech_label") + (told ? ` ${told.name}: ${told.text}` : "");
}
