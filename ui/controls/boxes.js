// What the number boxes do without a word is said: some take the model's own number where they are empty,
// and Gradio brings a threshold back between the slider's ends.
import { within } from "../base/dom.js";
import { toast } from "../base/toast.js";
import { delta } from "../words/numbers.js";
import { t } from "../words/words.js";
import { NUMBER } from "../gradio_glue/fields.js";
import { sliderInput } from "../gradio_glue/slider.js";

const MODELS_OWN = "#tc-steps, #tc-guidance, #tc-seconds"; // where they are empty

// As the box is left, before Gradio reads it.
document.addEventListener(
  "change",
  (event) => {
    const box = /** @type {HTMLInputElement | null} */ (within(event, `#tc-left ${NUMBER}`));
    if (!box) return;
    const ends = within(event, "#tc-threshold") ? sliderInput() : null;
    if (box.value === "") {
      if (ends) toast(t("box_threshold_empty"));
      else if (within(event, MODELS_OWN)) toast(t("box_empty"));
    } else if (ends && (Number(box.value) < Number(ends.min) || Number(box.value) > Number(ends.max)))
      toast(t("box_beyond", { low: delta(Number(ends.min)), high: delta(Number(ends.max)) }));
  },
  true,
);
