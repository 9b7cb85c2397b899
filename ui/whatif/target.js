// The threshold from what a person wants: "2.0x faster" by the schedules of this run, "at least 30 dB" by the
// runs already made.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { el, reword } from "../base/dom.js";
import { goTo, moveSlider } from "../controls/slider.js";
import { delta, fixed } from "../words/numbers.js";
import { t } from "../words/words.js";

/** @import { TableView, View } from "../screen/types.js" */
/** @import { Table } from "./types.js" */
/** @typedef {"speed" | "psnr"} Mode */

const [lowest, highest] = shared.limits.decibels;

/** @type {WeakMap<Table, number[]>} */
const counted = new WeakMap();

/**
 * The ideal speedup of every schedule, counted once per table.
 * @param {Table} table
 */
function speedsOf(table) {
  const earlier = counted.get(table);
  if (earlier) return earlier;
  const speeds = table.rows.map(
    ([, , schedule]) => schedule.length / Math.max(1, schedule.split("1").length - 1),
  );
  counted.set(table, speeds);
  return speeds;
}

/**
 * The first schedule that is fast enough; the last one where none is.
 * @param {Table} table
 * @param {number} speedup
 */
function rowForSpeedup(table, speedup) {
  const place = speedsOf(table).findIndex((speed) => speed >= speedup - 1e-9);
  return place < 0 ? table.rows.length - 1 : place;
}

/** @param {View} view */
const idealOf = ({ total, computed }) => total / Math.max(1, computed);

/**
 * The threshold at which so many decibels were met, as [decibel, threshold].
 * @param {Table} table
 * @param {number} wanted
 */
const metAt = (table, wanted) => table.fidelity.targets.find(([decibel]) => decibel === wanted);

/**
 * @param {Table} table
 * @param {number} wanted in dB
 */
function psnrSaid(table, wanted) {
  const runs = table.fidelity.runs;
  if (!runs) return t("target_psnr_none");
  const [db, threshold] = metAt(table, wanted) ?? [wanted, null];
  if (threshold === null) return t("target_psnr_beyond", { db: wanted, runs });
  return t("target_psnr_said", { db, t: delta(threshold), runs });
}

class Target {
  /** @type {Mode} */
  mode = "speed";
  /** @type {View | null} */
  view = null;
  wanted = { speed: 2, psnr: 30 };
  text = el("output", { class: "tc-aim tc-term", tabindex: 0 });

  /** @param {HTMLElement} root */
  constructor(root) {
    const oninput = () => this.aim(Number(this.range.value));
    this.range = el("input", { type: "range", "aria-label": t("target"), oninput });
    this.bySpeed = this.button("speed");
    this.byPsnr = this.button("psnr");
    const group = { class: "tc-segments", role: "group", "aria-label": t("target") };
    const modes = el("div", group, this.bySpeed, this.byPsnr);
    root.append(el("div", { class: "tc-target" }, modes, this.range, this.text));
    on("view", (view) => {
      this.view = view;
      this.draw();
    });
    this.draw();
  }

  /** @param {Mode} name */
  button(name) {
    const attributes = { type: "button", "data-mode": name, "data-tip": t(`target_${name}_tip`) };
    return el("button", { ...attributes, onclick: () => this.choose(name) }, t("target_" + name));
  }
  /** @param {Mode} name */
  choose(name) {
    this.mode = name;
    this.draw();
    if (name === "psnr") this.aim(this.wanted.psnr);
  }
  /** @param {number} value */
  aim(value) {
    this.wanted[this.mode] = value;
    const table = this.view?.table;
    if (table && this.mode === "speed") goTo(rowForSpeedup(table, value));
    else if (table) {
      const [, threshold] = metAt(table, value) ?? [];
      if (typeof threshold === "number") moveSlider(threshold);
    }
    this.draw();
  }
  /** @param {TableView} view */
  limits(view) {
    if (this.mode === "psnr") return { min: lowest, max: highest, step: 1, value: this.wanted.psnr };
    const best = Math.max(...speedsOf(view.table));
    const value = document.activeElement === this.range ? this.wanted.speed : idealOf(view);
    return { min: 1, max: Math.max(1.1, Math.floor(best * 10) / 10), step: 0.1, value };
  }
  /** @param {TableView} view */
  drawRange(view) {
    const { text, range, mode } = this;
    const { psnr } = this.wanted;
    const { value, ...ends } = this.limits(view);
    for (const name of /** @type {const} */ (["min", "max", "step"])) {
      // Setting costs, even the same.
      if (range[name] !== String(ends[name])) range[name] = String(ends[name]);
    }
    range.value = String(value);
    reword(text, mode === "speed" ? fixed(idealOf(view), 1) + "×" : `≥ ${psnr} dB`);
    const met = metAt(view.table, psnr);
    text.classList.toggle("none", mode === "psnr" && (!met || met[1] === null));
    const sentence = mode === "speed" ? t("target_speed_said") : psnrSaid(view.table, psnr);
    text.dataset.tip = sentence;
    range.setAttribute("aria-valuetext", text.textContent + ". " + sentence);
  }
  draw() {
    const { view, byPsnr, bySpeed, range } = this;
    byPsnr.hidden = Boolean(view?.run.about.seconds); // a sound has no PSNR to aim at
    if (byPsnr.hidden) this.mode = "speed";
    for (const button of [bySpeed, byPsnr]) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === this.mode));
    }
    range.disabled = bySpeed.disabled = byPsnr.disabled = !view?.table;
    if (view?.table) this.drawRange(/** @type {TableView} */ (view));
    else this.text.textContent = "";
  }
}

/** @param {HTMLElement} root */
export function targetPart(root) {
  new Target(root);
}
