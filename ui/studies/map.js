// A grid of steps and frames to walk through: one cell is in the order of Tab, the arrow keys move on from
// it.
import { el } from "../base/dom.js";
import { fixed } from "../words/numbers.js";
import { t } from "../words/words.js";

/** dB; the ends of the scale of colours. */
export const [BAD, GOOD] = [25, 60];

/** @type {Record<string, [step: number, frame: number]>} */
const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -1e9],
  End: [0, 1e9],
};
const MANY = 24; // rows; more are drawn thinner

/** How dark a cell is, in percent. @param {number} db */
const shade = (db) => Math.round(100 * (1 - Math.min(1, Math.max(0, (db - BAD) / (GOOD - BAD)))));

/**
 * @param {number} step
 * @param {number} frame
 * @param {number | undefined} db nothing where the step has not been tried
 */
function cell(step, frame, db) {
  const untried = db === undefined;
  const values = { i: step + 1, f: frame + 1, db: fixed(db, 1) };
  const name = untried ? t("damage_untried", { i: step + 1 }) : t("damage_cell", values);
  const style = `--hurt:${untried ? NaN : shade(db)}%`;
  const attributes = { role: "gridcell", tabindex: -1, "aria-label": name, "data-tip": name, style };
  return el("i", { ...attributes, "data-step": step, "data-frame": frame });
}

export class Grid {
  at = [1, 0]; // step and frame of the cell that Tab reaches
  node = el("div", { class: "tc-map", role: "grid" });

  /** @param {(step: number, frame: number) => void} onpick */
  constructor(onpick) {
    this.onpick = onpick;
    this.node.addEventListener("click", ({ target }) => {
      if (!(target instanceof HTMLElement) || target.dataset.step === undefined) return;
      this.stand(Number(target.dataset.step), Number(target.dataset.frame));
      this.pick();
    });
    this.node.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {number} steps
   * @param {Record<string, number[]>} rows step -> a value per frame
   * @param {number} frames
   */
  build(steps, rows, frames) {
    const tried = Array.from({ length: Math.max(0, steps - 1) }, (_, i) => i + 1);
    const held = this.node.contains(document.activeElement);
    this.node.style.setProperty("--row", tried.length > MANY ? "9px" : "16px");
    this.node.replaceChildren(
      ...tried.map((step) => {
        const number = el(
          "span",
          { role: "rowheader" },
          step % 5 === 4 || step === 1 ? String(step + 1) : "",
        );
        const mark = el("b", { "data-of": step, "aria-hidden": "true" });
        const cells = Array.from({ length: frames }, (_, frame) => cell(step, frame, rows[step]?.[frame]));
        return el("div", { class: "tc-map-row", role: "row" }, number, mark, ...cells);
      }),
    );
    this.stand(this.at[0], this.at[1]);
    if (held) this.stood()?.focus();
  }
  /** Marks the steps that are reused now. @param {Set<number>} reused */
  mark(reused) {
    for (const mark of this.node.querySelectorAll("b")) {
      const step = Number(mark.dataset.of);
      mark.className = reused.has(step) ? "tc-cell reused" : "";
      const name = t("say_step", { i: step + 1 }) + (reused.has(step) ? ", " + t("legend_reused") : "");
      mark.previousElementSibling?.setAttribute("aria-label", name);
    }
  }

  /** @returns {HTMLElement | null} */
  stood() {
    return this.node.querySelector("[tabindex='0']");
  }
  /**
   * Moves the one cell that Tab reaches; beyond an edge it stays there.
   * @param {number} step
   * @param {number} frame
   */
  stand(step, frame) {
    const rows = [...this.node.children];
    const row = Math.min(rows.length, Math.max(1, step));
    const cells = rows[row - 1]?.querySelectorAll("i") ?? [];
    if (!cells.length) return;
    const place = Math.min(cells.length - 1, Math.max(0, frame));
    const before = this.stood();
    if (before) before.tabIndex = -1;
    this.at = [row, place];
    cells[place].tabIndex = 0;
  }
  pick() {
    this.onpick(this.at[0], this.at[1]);
  }
  /** @param {KeyboardEvent} event */
  key(event) {
    const move = MOVES[event.key];
    if (!move && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation(); // the space bar would play
    if (!move) return this.pick();
    this.stand(this.at[0] + move[0], this.at[1] + move[1]);
    this.stood()?.focus();
  }
}
