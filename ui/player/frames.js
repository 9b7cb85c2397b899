// Under the videos: how near every frame of TeaCache's clip came to the uncached one. A click goes to that
// frame.
import { on } from "../base/bus.js";
import { el, term } from "../base/dom.js";
import { currentFacts } from "../screen/facts.js";
import { store } from "../screen/store.js";
import { currentView } from "../screen/view.js";
import { fixed, isIdentical } from "../words/numbers.js";
import { t } from "../words/words.js";
import { recordingOf } from "./ladder.js";
import { seekFrame } from "./player.js";

const [LOW, HIGH] = [10, 60]; // dB; from nothing in common to no visible difference
/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowLeft: -1 };

const host = el("div", { class: "tc-frames none" });
let drawn = "";

/** @param {number} frame */
function mark(frame) {
  host.querySelectorAll("button").forEach((button, i) => button.classList.toggle("here", i === frame));
}

/**
 * @param {number} db
 * @param {number} frame
 * @param {boolean} worst
 */
function bar(db, frame, worst) {
  const name = t("frame_psnr", { i: frame + 1, db: fixed(db, 1) });
  const height = 15 + 85 * Math.min(1, Math.max(0, (db - LOW) / (HIGH - LOW)));
  const attributes = {
    type: "button",
    tabindex: frame ? -1 : 0,
    class: worst ? "worst" : "",
    "data-tip": name,
  };
  const onclick = () => seekFrame(frame);
  return el(
    "button",
    { ...attributes, "aria-label": name, onclick },
    el("i", { style: `height:${height.toFixed(0)}%` }),
  );
}

/** @param {number[]} psnr of every frame */
function bars(psnr) {
  const worst = psnr.indexOf(Math.min(...psnr));
  const same = isIdentical(psnr[worst]);
  const all = psnr.map((db, i) => bar(db, i, i === worst && !same));
  const node = el("div", { class: "tc-frame-bars", role: "group", "aria-label": t("frames_title") }, ...all);
  node.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const at = all.findIndex((button) => button === document.activeElement);
    all[(at + move + all.length) % all.length].focus();
  });
  const text = t(same ? "frames_same" : "frames_worst", { i: worst + 1, db: fixed(psnr[worst], 1) });
  return [term("frames_title"), node, el("span", { class: "tc-note" }, text)];
}

function draw() {
  const view = currentView();
  if (!view) return;
  const facts = currentFacts();
  const comparable = facts && view.kind !== "live" && !store.pair; // a pair has no uncached clip
  const recording = recordingOf(view);
  const psnr = comparable ? (recording?.rung.frames ?? facts.psnr) : [];
  // Without a place it is the uncached clip, the same at every threshold.
  const key = [view.run.run, psnr.length, recording && (recording.place ?? "uncached")].join();
  if (key === drawn) return;
  drawn = key;
  host.classList.toggle("none", psnr.length < 2);
  host.replaceChildren(...(psnr.length < 2 ? [] : bars(psnr)));
}
on("player", (transport) => transport.before(host));
on("frame", mark);
for (const news of ["view", "facts", "pair"]) on(news, draw);
