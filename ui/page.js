// The page's own scripts: what Gradio's components call, and the parts that draw themselves in them. Gradio
// calls by an event of the document, since a module has no name that the outside could use: see call() of
// ui/base/scripts.py.
import "./link/again.js";
import "./board/aloud.js";
import { boardPart } from "./board/board.js";
import "./controls/boxes.js";
import { damagePart } from "./studies/damage.js";
import { dialPart } from "./whatif/dial.js";
import { downloadsPart } from "./takeaway/downloads.js";
import "./board/drawn.js";
import "./run/entrances.js";
import { endCounting } from "./gradio_glue/loader.js";
import { everythingPart } from "./studies/everything.js";
import "./controls/forecast.js";
import "./player/frames.js";
import { headPart } from "./link/masthead.js";
import { historyPart } from "./history/history.js";
import { ended, starting, stopping } from "./run/job.js";
import { linkPart, setControls } from "./link/link.js";
import { mechanismPart } from "./mechanism/standing.js";
import { modelPart } from "./controls/model.js";
import { noticePart } from "./run/notice.js";
import { rivalsPart } from "./studies/samecost.js";
import { playerPart } from "./player/player.js";
import { polynomialPart, refitPart } from "./whatif/polynomial.js";
import { qualityPart } from "./history/standing.js";
import "./run/press.js";
import { rivalsAllPart } from "./studies/rivals.js";
import { signalsPart } from "./studies/signals.js";
import { setThreshold } from "./controls/slider.js";
import { targetPart } from "./whatif/target.js";
import "./base/fold.js";
import "./base/theme.js";
import { captionPart } from "./base/caption.js";
import "./base/tooltip.js";
import "./controls/tips.js";
import "./controls/track.js";
import { worldsPart } from "./run/worlds.js";
import { tablePart } from "./screen/view.js";

/** @import { Host } from "./gradio_glue/types.js" */

/**
 * A part draws itself in an element; it may return what takes each new value.
 * @typedef {(root: HTMLElement, host: Host) => ((value: any) => unknown) | void} Part
 */

/** @type {Record<string, Part>} by the names that ui/base/html_part.py uses */
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
  mechanism: mechanismPart,
  model: modelPart,
  notice: noticePart,
  player: playerPart,
  polynomial: polynomialPart,
  quality: qualityPart,
  refit: refitPart,
  rivals: rivalsPart,
  rivals_all: rivalsAllPart,
  signals: signalsPart,
  table: tablePart,
  target: targetPart,
  worlds: worldsPart,
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
  endCounting();
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
