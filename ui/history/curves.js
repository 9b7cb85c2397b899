// Other methods beside TeaCache's own curve: each at several settings, on the prompt and noise of the run on
// screen. Whose they are is said below the figure.
import { el, shape } from "../base/dom.js";
import { delta, fixed } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { CurvePoint, MethodCurve, Run, Rung } from "../types.js" */
/** @typedef {{ px: (x: number) => number, py: (y: number) => number }} Places */

/** @param {MethodCurve} curve */
function nameOf({ method, title }) {
  const key = "rival_" + method;
  return t(key) === key ? title : t(key);
}

const ALWAYS = ["naive", "uniform", "fewer_steps"];
let more = "planned"; // which of the others is drawn: one at a time, or nobody could tell them apart

/** Those that are drawn. @param {MethodCurve[]} curves */
export const shownOf = (curves) => curves.filter(({ method }) => [...ALWAYS, more].includes(method));

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

/**
 * A line for each method with a dot for each setting.
 * @param {Places} scale
 * @param {MethodCurve[]} curves
 */
export function linesOf(scale, curves) {
  return curves.flatMap((curve) => {
    const name = nameOf(curve);
    const places = curve.points.map(({ measured, psnr }) => [scale.px(measured), scale.py(psnr)]);
    const kind = "method m-" + curve.method;
    const line = shape("polyline", { points: places.map((place) => place.join()).join(" "), class: kind });
    const dots = curve.points.map((point, i) => {
      const [cx, cy] = places[i];
      return shape("circle", { cx, cy, r: 1.5, class: kind, "data-tip": pointText(name, point) });
    });
    return [line, ...dots];
  });
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
    const ours = el("span", {}, el("i", { class: "tc-line-key m-teacache" }), t("rival_teacache"));
    const names = shownOf(curves).map((curve) =>
      el("span", {}, el("i", { class: "tc-line-key m-" + curve.method }), nameOf(curve)),
    );
    const others = curves.filter(({ method }) => !ALWAYS.includes(method));
    choice.replaceChildren(
      el("option", { value: "" }, "–"),
      ...others.map((curve) => el("option", { value: curve.method }, nameOf(curve))),
    );
    choice.value = more;
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
