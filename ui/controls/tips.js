// The labels of Gradio's controls get their explanations.
import { labelOf, whenLabelled } from "../gradio_glue/fields.js";
import { t } from "../words/words.js";

const NAMES = [
  ...[
    "threshold",
    "estimator",
    "planned",
    "coefficients",
    "indicator",
    "mode",
    "first",
    "last",
    "most",
    "negative",
  ],
  ...["seed", "steps", "guidance", "seconds", "demo", "model"],
];

/** @param {string} name */
function explain(name) {
  const label = labelOf("tc-" + name);
  if (!label) return;
  label.dataset.tip = t(name === "model" ? "model_tip_list" : name + "_tip");
  label.classList.add("tc-term");
}
for (const name of NAMES) whenLabelled("tc-" + name, () => explain(name));
