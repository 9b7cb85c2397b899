// The handle on the threshold's line in the plot: held by hand, or moved by arrow keys, it moves the slider.
import { el, reword } from "../base/dom.js";
import { directionOf, moveSlider, neighbour, snapped } from "../controls/slider.js";
import { sliderInput } from "../gradio_glue/slider.js";
import { store } from "../screen/store.js";
import { isOfModel, refresh } from "../screen/view.js";
import { delta } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { View } from "../screen/types.js" */

/**
 * @typedef {object} Scale
 * @property {(threshold: number) => number} pixelOf where a threshold lies, in pixels of the host
 * @property {(pixel: number) => number} thresholdAt the reverse
 */

/**
 * @param {HTMLElement} host
 * @param {Scale} scale
 */
export function makeHandle(host, { pixelOf, thresholdAt }) {
  const node = el("div", {
    class: "tc-handle",
    role: "slider",
    tabindex: 0,
    "aria-label": t("threshold"),
    "aria-valuemin": 0,
    "aria-orientation": "vertical",
  });

  /**
   * @param {View} view
   * @param {number} height of the host
   */
  function place({ run, threshold, reused, total }, height) {
    const y = pixelOf(threshold);
    // Else it would move the threshold of another model, or of a run that answers to none.
    node.hidden = !isOfModel(run) || run.phase === "stopped";
    node.style.transform = `translateY(${Math.round(y)}px)`;
    node.classList.toggle("off", y < 0 || y > height);
    reword(node, "δ " + delta(threshold));
    node.setAttribute("aria-valuemax", sliderInput()?.max ?? "1");
    node.setAttribute("aria-valuenow", String(threshold));
    node.setAttribute("aria-valuetext", t("threshold_handle", { t: delta(threshold), reused, n: total }));
  }

  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    event.preventDefault();
    node.focus();
    const { top, height } = host.getBoundingClientRect();
    const zoom = host.clientHeight / height; // for an audience the plot is enlarged
    /** @param {PointerEvent} moved */
    const move = (moved) => moveSlider(snapped(Math.max(0, thresholdAt((moved.clientY - top) * zoom))));
    node.addEventListener("pointermove", move);
    store.dragging = true;
    const end = () => {
      store.dragging = false;
      node.removeEventListener("pointermove", move);
      refresh();
    };
    node.addEventListener("pointerup", end, { once: true });
    node.addEventListener("pointercancel", end, { once: true });
  });
  node.addEventListener("keydown", (event) => {
    const direction = directionOf(event);
    if (!direction) return;
    event.preventDefault();
    neighbour(direction);
  });
  return { node, place };
}
