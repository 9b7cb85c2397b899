// What the server says about what could not be, and the place in its queue.
import { emit } from "../base/bus.js";
import { toast } from "../base/toast.js";
import { watchPlace } from "../gradio_glue/queue.js";
import { isWaiting } from "../screen/machine.js";
import { store } from "../screen/store.js";
import { refresh } from "../screen/view.js";
import { localized, t } from "../words/words.js";
import { runFailed, settled } from "./job.js";

/** @import { Sentence } from "../words/types.js" */

/** A sentence about what could not be: the run on screen stays. Without one, all is well again. */
export const noticePart =
  () =>
  /** @param {{ error: Sentence | null }} value */
  ({ error }) => {
    if (!error) return settled();
    const sentence = localized(error);
    runFailed(sentence);
    toast(sentence);
    emit("failed");
  };

// The place in the queue is said in the line under the figures. Everyone has one for a moment, and without
// others it is the first: only who keeps one is told of others.
const KEPT_MS = 400;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;
let place = "";

function say() {
  soon = undefined;
  store.place = place;
  if (isWaiting(store.job)) refresh();
}
watchPlace("tc-status", (position) => {
  place = position ? t("line_queue", position) : "";
  if (place && !store.place) soon ??= setTimeout(say, KEPT_MS);
  else {
    clearTimeout(soon);
    say();
  }
});
