// The page's own scripts: what Gradio's components call, and the parts that draw themselves in them. Gradio
// calls by an event of the document, since a module has no name that the outside could use: see call() of
// ui/scripts.py.
import "./again.js";
import "./aloud.js";
import { boardPart } from "./board.js";
import "./boxes.js";
import { damagePart } from "./damage.js";
import { dialPart } from "./dial.js";
import { downloadsPart } from "./downloads.js";
import "./drawn.js";
import "./entrances.js";
import { everythingPart } from "./everything.js";
import "./forecast.js";
import "./frames.js";
import { headPart } from "./head.js";
import { historyPart } from "./history.js";
import { ended, starting, stopping } from "./job.js";
import { linkPart, setControls } from "./link.js";
import { modelPart } from "./model.js";
import { noticePart } from "./notice.js";
import { rivalsPart } from "./ours.js";
import { playerPart } from "./player.js";
import { polynomialPart, refitPart } from "./polynomial.js";
import "./press.js";
import { rivalsAllPart } from "./rivals.js";
import { signalsPart } from "./signals.js";
import { setThreshold } from "./slider.js";
import { targetPart } from "./target.js";
import "./theme.js";
import { captionPart } from "./tips.js";
import "./tooltip.js";
import "./track.js";
import { tablePart } from "./view.js";

/** @import { Host } from "./types.js" */

/**
 * A part draws itself in an element; it may return what takes each new value.
 * @typedef {(root: HTMLElement, host: Host) => ((value: any) => unknown) | void} Part
 */

/** @type {Record<string, Part>} by the names that ui/parts.py uses */
const PARTS = {
  board: boardPart,
  caption: captionPart,
  damage: damagePart,
  dial: dialPart,
  downloads: downloadsPart,
  everything: everythingPart,
  head: headPart,
  history: historyPart,
  link: linkPart,
  model: modelPart,
  notice: noticePart,
  player: playerPart,
  polynomial: polynomialPart,
  refit: refitPart,
  rivals: rivalsPart,
  rivals_all: rivalsAllPart,
  signals: signalsPart,
  table: tablePart,
  target: targetPart,
};

/**
 * Draws a part, with what Gradio gives a gr.HTML component's js_on_load.
 * @param {string} name
 * @param {HTMLElement} element
 * @param {{ value: unknown }} props
 * @param {(property: string, f: () => void) => void} watch
 * @param {Host["trigger"]} trigger
 */
function mount(name, element, props, watch, trigger) {
  /** @type {HTMLElement} */
  const root = element.querySelector(".tc-root") || element;
  root.replaceChildren();
  const receive = PARTS[name](root, { trigger });
  if (!receive) return;
  const update = () => props.value && receive(props.value);
  watch("value", update);
  update();
}

/** @type {Record<string, (...values: any[]) => unknown>} */
const CALLS = { mount, starting, ended, stopping, setThreshold, setControls };

document.addEventListener("teacache-call", (event) => {
  const { name, values } = /** @type {CustomEvent} */ (event).detail;
  CALLS[name](...values);
});
