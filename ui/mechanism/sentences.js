// What the boxes of the mechanism say of one call: a value each, and the formula with its numbers filled in.
import { stepText } from "../player/film.js";
import { isByRule } from "../plot/filling.js";
import { isWeighed, source, sumBefore } from "../screen/arithmetic.js";
import { explain, reasonKey, signalOf } from "../screen/explain.js";
import { currentFacts } from "../screen/facts.js";
import { delta, num, sumText } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { Columns, View } from "../screen/types.js" */
/** @import { Panel } from "../whatif/types.js" */
/** @import { Box } from "./places.js" */
/** @import { Whose } from "./whose.js" */

/**
 * The call that is shown while nobody points: the first that was reused, since it shows most.
 * @param {View} view
 */
export function restingCall({ columns: { computed } }) {
  return Math.max(0, computed.indexOf(0));
}

/**
 * What is compared from call to call, of a chosen model and of a run under way by what is known of the model.
 * @param {View} view
 * @param {Whose} of
 */
export const signalIn = ({ table }, { anatomy, chosen }) =>
  (table && !chosen ? signalOf(table) : anatomy?.signal) ?? "indicator";

/** The call of the same branch before; -1 where there is none. @param {Columns} c @param {number} index */
const earlier = ({ branch }, index) => (index > 0 ? branch.lastIndexOf(branch[index], index - 1) : -1);

/**
 * Everything that is said of a call, in words.
 * @param {View} view
 * @param {number} index beyond the last one of no call
 */
export function saidOf(view, index) {
  const c = view.columns;
  const timestep = currentFacts()?.timesteps[c.step[index]] ?? null;
  const known = index < c.step.length;
  return {
    known,
    uncached: view.measuring, // nothing decides, and nothing is kept
    computed: known && Boolean(c.computed[index]),
    weighed: known && isWeighed(c.reason[index]),
    reason: known ? c.reason[index] : "",
    why: known ? reasonKey(view, index) : "",
    index,
    values: {
      i: known ? c.step[index] + 1 : "–",
      before: (c.step[earlier(c, index)] ?? -1) + 1,
      n: view.steps,
      s: timestep === null ? "–" : num(timestep),
      x: num(c.ind[index]),
      y: num(c.est[index]),
      sum: known ? sumText(sumBefore(c, index), c.est[index], c.acc[index]) : "–",
      z: num(c.acc[index]),
      t: delta(view.threshold),
      r: known && !view.measuring && c.reason[index] !== "off" ? source(c, index) : "–",
    },
  };
}
/** @typedef {ReturnType<typeof saidOf>} Said */

/**
 * What is compared, by another name than the box that it comes from: some models look at the timestep
 * embedding itself, others at what a layer makes of it.
 * @param {string} signal
 * @param {Whose} of
 */
function comparedKey(signal, { anatomy }) {
  if (signal !== "embedding") return "by_" + signal;
  return anatomy?.compared?.includes("proj") ? "mech_projected" : "mech_compared";
}

/**
 * The name over a box.
 * @param {Box} box
 * @param {View} view
 * @param {Whose} of
 */
export function nameOf(box, view, of) {
  if (box === "compared") return t(comparedKey(signalIn(view, of), of));
  if (box === "gate") return "";
  if (box === "blocks" && of.anatomy?.layers) return t("mech_layers", { n: of.anatomy.layers });
  return t("mech_" + box);
}

/**
 * What decides a call, in a word: the sum, or what comes before it. The row of steps says the same.
 * @param {Said} said
 */
function deciderOf({ known, uncached, weighed, computed, reason }) {
  if (!known) return "";
  if (weighed) return (computed ? "≥" : "<") + " δ";
  if (uncached || reason === "off") return t("mech_off");
  if (reason === "scheduled") return t("mech_planned");
  return isByRule(reason) ? t("mech_rule") : "–";
}

/**
 * The number in a box, or none.
 * @param {Box} box
 * @param {Said} said
 * @param {Whose} of
 * @returns {string}
 */
export function valueOf(box, said, { anatomy }) {
  const { known, weighed, computed, values } = said;
  const sign = known && computed ? "≥" : "<";
  const step = known ? `${values.i} / ${values.n}` : "";
  /** @type {Partial<Record<Box, string>>} */
  const texts = {
    timestep: values.s === "–" ? step : "t = " + values.s,
    patches: anatomy?.width ? t("mech_wide", { w: anatomy.width }) : "",
    change: values.x,
    rescaled: values.y,
    sum: weighed ? `${values.z} ${sign} ${values.t}` : "–",
    residual: known && values.r !== "–" ? t("mech_kept", values) : "–",
    gate: deciderOf(said),
  };
  return texts[box] ?? "";
}

/**
 * Over the row: which call it is and what became of it; whose model it is, where another one is chosen.
 * @param {View} view
 * @param {Said} said
 * @param {Whose} of
 */
export function captionOf(view, { known, computed, index }, { anatomy, chosen, other }) {
  const model = anatomy?.model ?? "";
  if (chosen) return model && t("mech_chosen", { model });
  if (!known) return "";
  const text = `${stepText(view.columns.step[index])}: ${t(computed ? "legend_computed" : "legend_reused")}`;
  return other && model ? `${model}, ${text}` : text;
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

/** @type {Box[]} that say the same of every call */
const ALIKE = ["mlp", "patches", "modulate", "blocks"];
/** @type {Box[]} whose formula has the timestep in it */
const OF_TIME = ["timestep", "sinusoid", "embedding"];

/**
 * Which formula a box has.
 * @param {Box} box
 * @param {View} view
 * @param {Said} said
 */
function keyOf(box, view, { values, uncached, weighed, known, reason }) {
  const panel = view.table?.panel;
  if (!known && !ALIKE.includes(box)) return "mech_no_call";
  if (OF_TIME.includes(box) && values.s === "–") return `mech_${box}_untold`;
  if ((box === "compared" || box === "change") && values.x === "–") return "mech_change_none";
  if (box === "rescaled" && values.y === "–") return "mech_change_none";
  if (box === "rescaled" && (panel?.naive || values.x === values.y)) return "mech_rescaled_naive";
  if (box === "rescaled" && !panel) return "mech_rescaled_untold";
  if (box === "residual" && uncached) return "mech_residual_off";
  if (box === "residual" && reason === "off") return "mech_residual_at_0";
  if (box === "residual" && values.r === "–") return "mech_residual_yet";
  if (box === "sum" && !weighed) return "step_rule";
  return `mech_${box}_more`;
}

/**
 * The formula of a box with the call's numbers in it, when it is opened.
 * @param {Box} box
 * @param {View} view
 * @param {Said} said
 */
export function formulaOf(box, view, said) {
  const { values, known, index } = said;
  const panel = view.table?.panel;
  if (box === "gate" && known) return explain(view, index)?.text ?? "";
  return t(keyOf(box, view, said), {
    ...values,
    why: known ? t(said.why, values) : "",
    ...(box === "rescaled" && panel ? termsOf(panel, view.columns.ind[index]) : {}),
  });
}

/** For a listener: what the picture shows. @param {View} view @param {Said} said @param {string} caption */
export function spokenOf(view, said, caption) {
  const sentence = explain(view, said.index);
  return t("mech_label") + (sentence ? ` ${sentence.name}: ${sentence.text}` : ` ${caption}`.trimEnd());
}
