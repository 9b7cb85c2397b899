// What the number boxes do without a word is said: an empty one takes the model's own number, and Gradio
// brings a threshold back between the slider's ends.
import { within } from "./dom.js";
import { delta } from "./numbers.js";
import { sliderInput } from "./slider.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

// As the box is left, before Gradio reads it.
document.addEventListener(
  "change",
  (event) => {
    const box = /** @type {HTMLInputElement | null} */ (within(event, "#tc-left input[type=number]"));
    if (!box) return;
    const ends = within(event, "#tc-threshold") ? sliderInput() : null;
    if (box.value === "") toast(t(ends ? "box_threshold_empty" : "box_empty"));
    else if (ends && (Number(box.value) < Number(ends.min) || Number(box.value) > Number(ends.max)))
      toast(t("box_beyond", { low: delta(Number(ends.min)), high: delta(Number(ends.max)) }));
  },
  true,
);
