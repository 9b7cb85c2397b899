// A run under way when its connection broke is made again once the page is back, where a link holds all that
// was asked for: a picture, the demo's size and a place in the gallery it does not hold. Gradio loads the
// page again as soon as the server answers; who loads it by hand finds his run going on as well. Once: a run
// that ends the server must not do so for good.
import { on } from "../base/bus.js";
import { note } from "../base/toast.js";
import { store } from "../screen/store.js";
import { isLive } from "../screen/view.js";
import { t } from "../words/words.js";
import { linkTo } from "./link.js";
import { before, keep } from "./underway.js";

const ENDED = ["done", "stopped"];

let tries = before ? before.tries : 0;
let begun = false; // a state of it has come

function ended() {
  tries = 0;
  keep(null);
}
on("starting", ({ linked }) => {
  begun = false;
  keep(linked ? { address: linkTo(), tries } : null);
});
on("view", ({ run }) => {
  if (isLive()) begun = true;
  else if (begun && ENDED.includes(run.phase)) ended();
});
on("stopped", ended);
// With a sentence the server ended it; without a single state it never began.
on("failed", () => (store.notice || !begun) && ended());
on("restored", () => {
  if (!before || before.tries) return;
  tries = 1;
  note(t("run_again"));
  document.getElementById("tc-run")?.click();
});
