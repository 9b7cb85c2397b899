// Whose transformer the diagram names: that of the run on screen; while one is under way, its model's; and
// that of a model that was chosen and not run yet, until somebody points at a step of the run on screen.
import shared from "../shared.js";
import { store } from "../screen/store.js";
import { isOfModel } from "../screen/view.js";
import { askerFor } from "./ofrun.js";

/** @import { Run, View } from "../screen/types.js" */
/** @import { Anatomy } from "./types.js" */

/** @typedef {(id: string, ondone: () => void) => Anatomy | null | undefined} Asker */

/** @type {Asker} */
const ofRun = askerFor("anatomy");
/** @type {Asker} */
const ofModel = askerFor("anatomy", "model");

/** @param {Run} run @param {() => void} ondone */
function ofShown({ run, phase, about: { model } }, ondone) {
  if (shared.phases.stored.includes(phase)) return ofRun(run, ondone);
  return model ? ofModel(model, ondone) : null; // nobody else knows of a run under way
}

/**
 * `chosen`: of the model that the next run is of, which has no numbers here; `other`: of the run on screen,
 * though another model is chosen.
 * @param {View} view
 * @param {number | null} meant the call that is pointed at
 * @param {() => void} ondone is called once more is known
 */
export function whose({ run }, meant, ondone) {
  const other = !isOfModel(run);
  const chosen = other && meant === null;
  const anatomy = (chosen ? ofModel(store.model, ondone) : ofShown(run, ondone)) ?? null;
  return { anatomy, chosen, other: other && !chosen };
}
/** @typedef {ReturnType<typeof whose>} Whose */
