// While a run is under way no other is put on screen: states of both would mix. Every way in asks here.
import { within } from "./dom.js";
import { isEnding } from "./machine.js";
import { store } from "./store.js";
import { toast } from "./toast.js";
import { isBusy } from "./view.js";
import { t } from "./words.js";

/** Whether another run may be put on screen now; what is in the way is said. */
export function mayOpen() {
  if (!isBusy() && !isEnding(store.job)) return true;
  toast(t("busy_open"));
  return false;
}

// Before Gradio hears of it: capture comes first.
addEventListener(
  "click",
  (event) => {
    if (within(event, "#tc-recorded button") && !mayOpen()) event.stopImmediatePropagation();
  },
  true,
);
