// What an opened box shows: its plain sentence, the formula with the call's numbers in it, small the names of
// the model's code; beside that the polynomial with the call on it, the sum against the threshold, a picture.
import shared from "../shared.js";
import { el, reword } from "../base/dom.js";
import { worded } from "../plot/figure.js";
import { fill } from "../plot/gauge.js";
import { polynomialFigure } from "../plot/polynomial.js";
import { sketch } from "../plot/sketch.js";
import { t } from "../words/words.js";
import { makePicture } from "./picture.js";
import { codeOf, plainOf } from "./plain.js";
import { formulaOf } from "./sentences.js";

/** @import { Figure } from "../plot/filling.js" */
/** @import { View } from "../screen/types.js" */
/** @import { Box } from "./places.js" */
/** @import { Said } from "./sentences.js" */
/** @import { Whose } from "./whose.js" */

const CURVE = { width: 340, height: 84 };
const GAUGE = { width: 240, height: 14 };
const emptyGauge = worded(shared.figures.accumulator);

/** What was compared at a step, as the paper writes it. @param {unknown} step */
const compared = (step) => [el("i", {}, "F"), el("sub", {}, String(step))];
/** @param {...(Node | string)} parts */
const norm = (...parts) => el("span", {}, "‖", ...parts, "‖", el("sub", {}, "1"));

/** The paper's equation 4. @param {Said} said */
function relativeL1({ values: { i, before, x } }) {
  const above = norm(...compared(i), " − ", ...compared(before));
  const fraction = el("span", { class: "tc-fraction" }, above, norm(...compared(before)));
  const name = t("mech_change_spoken", { i, before, x });
  return el(
    "span",
    { class: "tc-formula", role: "img", "aria-label": name },
    el("span", {}, "L1", el("sub", {}, "rel")),
    " = ",
    fraction,
    ` = ${x}`,
  );
}

/**
 * @param {string} name for a listener
 * @param {import("../plot/filling.js").Figure} figure
 * @param {{ width: number, height: number }} size
 */
function drawn(name, figure, size) {
  const node = el("div", { class: "tc-mech-figure", role: "img", "aria-label": name });
  node.style.width = size.width + "px";
  sketch(node, figure, size);
  return node;
}

/**
 * The curve, and where this call lies on it: held to the range that it was fitted on.
 * @param {View} view
 * @param {Said} said
 */
function curve({ table, columns: { ind, est } }, { index, values: { x, y } }) {
  const [change, estimate] = [ind[index] ?? null, est[index] ?? null];
  if (!table || table.panel.naive || change === null || estimate === null) return null;
  const [low, high] = table.panel.range ?? [-Infinity, Infinity];
  const call = { x: Math.min(high, Math.max(low, change)), y: estimate };
  return drawn(t("mech_curve", { x, y }), withNames(polynomialFigure(table.panel, { call })), CURVE);
}

/** Its axes named within it, as the boxes are whose numbers they are. @param {Figure} figure */
function withNames({ data, layout }) {
  const place = { xref: "paper", yref: "paper", font: { color: layout.font.color } };
  const across = { x: 1, xanchor: "right", y: 0, xshift: -4, text: t("mech_change") };
  const up = { x: 0, xanchor: "left", y: 1, xshift: 4, yshift: -15, text: t("legend_est") };
  return { data, layout: { ...layout, annotations: [across, up].map((each) => ({ ...place, ...each })) } };
}

/** The sum against the threshold. @param {View} view @param {Said} said */
function gauge({ columns: { acc }, threshold }, { index, weighed, computed, values }) {
  if (!weighed) return null;
  const call = { total: Math.max(0, acc[index] ?? 0), computed, threshold };
  const node = drawn(t("mech_gauge", values), fill(emptyGauge, call), GAUGE);
  node.classList.add("tc-gauge");
  return node;
}

/** @type {Partial<Record<Box, (view: View, said: Said) => Element | null>>} */
const FIGURES = {
  change: (_view, said) => (said.values.x === "–" ? null : relativeL1(said)),
  rescaled: curve,
  sum: gauge,
};

/** The inside of the box that is open. @param {() => void} ondone is called when more is known */
export function makeInside(ondone) {
  const picture = makePicture(ondone);
  const figure = el("div", { class: "tc-mech-inside" });
  const [plain, formula] = [el("p"), el("p")];
  const code = el("small");
  const words = el("div", { class: "tc-mech-words", "aria-live": "polite" }, plain, formula, code);
  const node = el("div", { class: "tc-mech-more", hidden: true }, picture.node, figure, words);

  /** @param {Box | null} box @param {View} view @param {Said} said @param {Whose} of */
  function draw(box, view, said, of) {
    node.hidden = box === null;
    if (!box) return;
    const content = said.known ? FIGURES[box]?.(view, said) : null;
    figure.replaceChildren(...(content ? [content] : []));
    const caption = picture.draw(box, view, said);
    reword(plain, plainOf(box, view, of));
    reword(formula, [formulaOf(box, view, said), caption].filter(Boolean).join(" "));
    reword(code, codeOf(box, of));
  }
  return { node, draw };
}
