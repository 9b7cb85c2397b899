// On the slider's track the thresholds at which the run on screen was recorded: there the clip and its
// figures are that threshold's own. A hand that means one of them need not aim.
import { el } from "../base/dom.js";
import { sliderInput } from "../gradio_glue/slider.js";
import { currentFacts } from "../screen/facts.js";
import { delta, fixed, speedText } from "../words/numbers.js";
import { t } from "../words/words.js";
import { numbersAlong } from "./scale.js";
import { moveSlider } from "./slider.js";

/** @import { Ladder } from "../library/types.js" */
/** @import { View } from "../screen/types.js" */
/** @import { Scale } from "./scale.js" */

/**
 * What was recorded of the run on screen; nothing of it holds for other rules than its own.
 * @param {View | null} view
 */
const ladderOf = (view) =>
  (view?.table && view.table.rules === view.run.rules && currentFacts()?.ladder) || null;

/**
 * Its thresholds, the run's own among them, as far as the slider goes.
 * @param {Ladder} ladder
 * @param {View} view
 */
function recordings({ rungs }, { run: { controls, figures } }) {
  const own = { ...figures, threshold: controls.threshold };
  const end = Number(sliderInput()?.max ?? Infinity);
  const within = [...rungs, own].filter(({ threshold }) => threshold <= end);
  return within.map((each) => ({
    threshold: each.threshold,
    text: t("mark_tip", { t: delta(each.threshold), x: speedText(each), db: fixed(each.psnr, 1) }),
  }));
}

/** The numbers along the track, and what draws them anew. */
function makeNumbers() {
  const node = el("div", { class: "tc-scale-numbers", "aria-hidden": "true" });
  let drawn = "";

  /** @param {Scale} scale */
  function draw(scale) {
    const numbers = numbersAlong(scale);
    const key = JSON.stringify(numbers);
    if (key === drawn) return;
    drawn = key;
    node.replaceChildren(
      ...numbers.map(({ threshold, share }) => el("b", { style: `left: ${100 * share}%` }, delta(threshold))),
    );
  }
  return { node, draw };
}

/** The marks with the numbers, and below the track what they and its ends mean. */
export function makeMarks() {
  const node = el("div", { class: "tc-marks", "aria-hidden": "true" });
  const numbers = makeNumbers();
  const legend = el("span", { class: "tc-marks-key" }, el("i"), t("marks_key"));
  const [low, high] = ["track_low", "track_high"].map((key) => el("span", { class: "end" }, t(key)));
  const columns = el("span", { class: "tc-columns-key" }, t("track_key"));
  const note = el("p", { class: "tc-track-note", "aria-hidden": "true" }, low, columns, legend, high);
  /** @type {unknown} that the marks are of */
  let drawn = null;

  /** @param {View | null} view @param {Scale} scale */
  function draw(view, scale) {
    numbers.draw(scale);
    const ladder = ladderOf(view);
    const from = view && ladder && view.table;
    if (from === drawn) return;
    drawn = from;
    const marks = view && ladder ? recordings(ladder, view) : [];
    legend.style.visibility = marks.length ? "" : "hidden";
    node.replaceChildren(
      ...marks.map(({ threshold, text }) => {
        const style = `left: ${(100 * scale.placeOf(threshold)) / scale.last}%`;
        return el("i", { style, "data-tip": text, onclick: () => moveSlider(threshold) });
      }),
    );
  }
  draw(null, { last: 1, placeOf: () => 0, thresholdAt: () => 0 });
  return { nodes: [numbers.node, node], note, columns, draw };
}
