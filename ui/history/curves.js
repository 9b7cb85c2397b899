// Other methods beside TeaCache's own curve: each at several settings, on the prompt and noise of the run on
// screen. Whose they are is said below the figure, with a piece of each line.
import shared from "../shared.js";
import { el } from "../base/dom.js";
import { delta, fixed } from "../words/numbers.js";
import { t } from "../words/words.js";
import { isFolded } from "./standing.js";

/** @import { CurvePoint, Rung } from "../library/types.js" */
/** @import { MethodCurve, Run } from "../screen/types.js" */

/** @param {MethodCurve} curve */
function nameOf({ method, title }) {
  const key = "rival_" + method;
  return t(key) === key ? title : t(key);
}

const ALWAYS = ["naive", "uniform", "fewer_steps"];
const FOLDED = ["uniform", "fewer_steps"]; // where it is read for the first time
let more = "planned"; // which of the others is drawn: one at a time, or nobody could tell them apart

/** @param {MethodCurve[]} curves */
const othersOf = (curves) => curves.filter(({ method }) => !ALWAYS.includes(method));

/**
 * The one of the others that is drawn: that which was chosen, or else the first that there is.
 * @param {MethodCurve[]} curves
 */
function oneMore(curves) {
  const others = othersOf(curves).map(({ method }) => method);
  return !more || others.includes(more) ? more : (others[0] ?? "");
}

/** Those that are drawn. @param {MethodCurve[]} curves */
export function shownOf(curves) {
  const names = isFolded() ? FOLDED : [...ALWAYS, oneMore(curves)];
  return curves.filter(({ method }) => names.includes(method));
}

/** @param {CurvePoint} point */
const settingOf = ({ values }) => Object.values(values).map(delta).join(" / ");

/**
 * @param {string} name
 * @param {CurvePoint} point
 */
const pointText = (name, point) =>
  t("curve_point", {
    name,
    setting: settingOf(point),
    speedup: fixed(point.measured, 2),
    psnr: fixed(point.psnr, 1),
    share: Math.round(point.share * 100),
  });

const { data } = shared.figures.quality;
/** The look of a method's line, its own or that of all others. @param {string} method */
const traceOf = (method) =>
  data.find(({ meta }) => meta.kind === method) ?? data.find(({ meta }) => meta.kind === "method");

/** What goes into the figure: a dot for each setting. @param {MethodCurve} curve */
export const seriesOf = ({ method, points }) => ({
  kind: traceOf(method).meta.kind,
  x: points.map(({ measured }) => measured),
  y: points.map(({ psnr }) => psnr),
  customdata: points,
});

/**
 * Each dot says what it is.
 * @param {MethodCurve[]} curves
 * @param {Map<CurvePoint, Element>} marks
 */
export function tell(curves, marks) {
  for (const curve of curves) {
    const name = nameOf(curve);
    for (const point of curve.points) marks.get(point)?.setAttribute("data-tip", pointText(name, point));
  }
}

/** @type {Record<string, string>} */
const STYLES = { "6px,3px": "dashed", "2px,3px": "dotted" };

/** A piece of a line of that kind. @param {string} kind */
function keyOf(kind) {
  const { color, dash } = traceOf(kind).line;
  return el("i", { class: "tc-line-key", style: `border-top: 2px ${STYLES[dash] ?? "solid"} ${color}` });
}

/**
 * The names of the lines, and whose they are; `onchange` draws another one.
 * @param {() => void} onchange
 */
export function makeCaption(onchange) {
  const node = el("figcaption", { class: "tc-curves", hidden: true });
  const choice = el("select", {
    onchange: () => {
      more = choice.value;
      onchange();
    },
  });

  /**
   * @param {Run | null} run that they are of
   * @param {MethodCurve[]} curves
   * @param {Rung[]} rungs TeaCache's own
   */
  function draw(run, curves, rungs) {
    node.hidden = !run || !(curves.length || rungs.length);
    if (!run || node.hidden) return;
    const ours = rungs.length ? el("span", {}, keyOf("curve"), t("rival_teacache")) : "";
    const names = shownOf(curves).map((curve) => el("span", {}, keyOf(curve.method), nameOf(curve)));
    const others = othersOf(curves);
    choice.replaceChildren(
      el("option", { value: "" }, "–"),
      ...others.map((curve) => el("option", { value: curve.method }, nameOf(curve))),
    );
    choice.value = oneMore(curves);
    const another = others.length ? el("label", {}, t("curves_more") + " ", choice) : "";
    const { prompt = "", seed, title, model = "" } = run.about;
    const whose = t("curves_whose", { model: title || model, prompt, seed, n: run.steps });
    const isHeld = document.activeElement === choice;
    const lines = el("span", { class: "tc-curve-names" }, ours, ...names, another);
    node.replaceChildren(lines, el("span", {}, whose));
    if (isHeld) choice.focus();
  }
  return { node, draw };
}
