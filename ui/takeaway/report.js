// The report of one run, without a server: the page's plot, steps and player, and what it says of a step.
import { emit, on } from "../base/bus.js";
import { el, one, shape } from "../base/dom.js";
import "../base/theme.js";
import "../base/tooltip.js";
import { makeStrip } from "../board/strip.js";
import { playerPart } from "../player/player.js";
import { GEOMETRY } from "../plot/axes.js";
import { alone, figureOf } from "../plot/figure.js";
import { sketch } from "../plot/sketch.js";
import { explain } from "../screen/explain.js";
import { moved } from "../screen/lanes.js";
import { currentView, setRun } from "../screen/view.js";
import { t } from "../words/words.js";

/** @import { Playable } from "../player/types.js" */
/** @import { PackedRun, View } from "../screen/types.js" */

/** @type {{ board: PackedRun, player: Playable | null, shown: string }} */
const facts = JSON.parse(one("#data").textContent ?? "");
const SIZE = { width: 960, height: 270 };

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.body.classList.toggle("dark", dark.matches);
dark.addEventListener("change", follow);
follow();

/**
 * The whole height of a step answers the pointer.
 * @param {View} view
 */
function areas(view) {
  const { step, branch } = view.columns;
  const inner = SIZE.width - GEOMETRY.left - GEOMETRY.right;
  const lanes = Math.max(1, view.run.branches.length);
  const width = inner / view.steps / lanes;
  return step.map((place, i) => {
    const x = GEOMETRY.left + (place * lanes + branch[i]) * width;
    const point = () => emit("point", i);
    const attributes = { x, y: 0, width, height: SIZE.height, class: "reach", "data-i": i };
    return shape("rect", { ...attributes, onmouseenter: point, onclick: point });
  });
}

/** The page's plot, by the page's light renderer. @param {View} view */
function drawPlot(view) {
  const { data, layout } = figureOf(view);
  const { annotations } = alone(layout, view.threshold);
  sketch(one("#plot"), { data, layout: { ...layout, annotations } }, SIZE);
  one("#plot svg").append(...areas(view));
}

const say = one("#say");
const strip = makeStrip(one("#strip"));
/** @type {number | null} */
let current = null;

/** @param {View} view */
function draw(view) {
  const sentence = explain(view, current);
  say.replaceChildren(...(sentence ? [el("b", {}, sentence.name + ": "), sentence.text] : [t("say_hint")]));
  strip.draw(view, current);
  for (const area of document.querySelectorAll("#plot .reach")) {
    area.classList.toggle("on", area.getAttribute("data-i") === String(current));
  }
}

/** A video as a file of its own: a browser does not seek within a data address. @param {string} address */
function asBlob(address) {
  const [, type, data] = address.match(/^data:([^;]+);base64,(.*)$/) ?? [];
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type }));
}

setRun(facts.board);
const view = currentView();
if (view) {
  on("point", (index) => {
    current = index;
    draw(view);
  });
  on("step", (move) => emit("point", moved(view, current, move)));
  drawPlot(view);
  draw(view);
}
if (facts.player) {
  const src = facts.player.still || facts.player.sounds ? facts.shown : asBlob(facts.shown);
  playerPart(one("#player"))({ ...facts.player, src });
}
