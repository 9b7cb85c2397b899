// The way in for a trace from elsewhere: chosen, or dropped here.
import shared from "../shared.js";
import { el } from "../base/dom.js";
import { mayOpen, opens } from "../run/entrances.js";
import { localized, t } from "../words/words.js";

/** @import { Host } from "../gradio_glue/types.js" */

const OVER = ["dragover", "dragenter"];
const MOST = shared.limits.trace; // bytes; the server asks again

/**
 * Sends a file; what became of it is said, and the run opened.
 * @param {File} file
 * @param {(text: string, failed?: boolean) => void} say
 * @param {Host["trigger"]} trigger
 */
async function send(file, say, trigger) {
  if (!mayOpen()) return;
  if (file.size > MOST) return say(t("take_too_large", { n: MOST / 2 ** 20 }), true);
  say(t("take_reading", { name: file.name }));
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("teacache/trace", { method: "POST", headers, body: file });
    const { error, run, calls } = await answer.json();
    if (error) return say(localized(error), true);
    if (!mayOpen()) return say(""); // Run was pressed meanwhile
    opens(run);
    trigger("restore", { id: run });
    say(t("take_read", { name: file.name, n: calls }));
  } catch {
    say(t("history_offline"), true);
  }
}

/**
 * @param {(text: string, failed?: boolean) => void} say
 * @param {Host["trigger"]} trigger
 */
export function makeUpload(say, trigger) {
  const attributes = {
    type: "file",
    accept: ".json,application/json",
    id: "tc-trace-file",
    class: "tc-file",
  };
  const input = el("input", { ...attributes, onchange: choose });
  const texts = [el("b", {}, t("take_upload")), el("span", {}, t("take_upload_hint"))];
  const drop = el("label", { class: "tc-drop", for: "tc-trace-file" }, ...texts);
  function choose() {
    const [file] = input.files ?? [];
    input.value = ""; // the same file can be chosen again
    if (file) void send(file, say, trigger);
  }
  for (const kind of [...OVER, "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", OVER.includes(kind));
    });
  }
  drop.addEventListener("drop", ({ dataTransfer }) => {
    const [file] = dataTransfer?.files ?? [];
    if (file) void send(file, say, trigger);
  });
  return [input, drop];
}
