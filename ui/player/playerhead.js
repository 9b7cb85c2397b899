// The row above the clips: the ways to compare, against which lane, back to the run's own, files to save.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { level } from "../screen/level.js";
import { t } from "../words/words.js";
import { choice, modeButton } from "./transport.js";

/** @import { Mode } from "./stage.js" */

/** @type {Record<Mode, string>} */
export const MODES = { side: "side", wipe: "wipe", diff: "difference", blink: "blink" };
/** How two clips are compared where nobody chose: beside each other, in Lab where there is room. */
export const usualMode = () => (innerWidth < 700 && level() === "lab" ? "wipe" : "side");

/**
 * Another level begins with its usual way; Simple has no button that leads back from one of the tour.
 * @param {(mode: Mode) => void} choose
 */
export function whenUsual(choose) {
  on("level", () => choose(usualMode()));
  on("tour", (at) => at === null && level() === "simple" && choose(usualMode()));
}

/**
 * What the row steers.
 * @typedef {object} Compared
 * @property {(mode: Mode) => void} setMode
 * @property {() => void} compare with another lane
 * @property {() => void} goBack to the clips of the run on screen
 */

/** @param {Compared} player */
export function makeHead(player) {
  const modes = Object.entries(MODES).map(([mode, text]) => {
    const name = /** @type {Mode} */ (mode);
    return modeButton(name, text, () => player.setMode(name));
  });
  /** @type {[number, string][]} */
  const lanes = [
    [1, "TeaCache"],
    [2, t("rival_fewer_steps")],
  ];
  const against = choice("against", lanes, () => player.compare());
  against.classList.add("tc-against");
  const onclick = () => player.goBack();
  const back = el("button", { type: "button", class: "tc-link", hidden: true, onclick }, t("pair_back"));
  const saves = el("span", { class: "tc-saves" });
  const segments = el("div", { class: "tc-segments", role: "group" }, ...modes);
  const node = el("div", { class: "tc-player-top" }, segments, against, back, saves);
  return {
    node,
    against,
    back,
    /** @param {Mode} mode */
    press(mode) {
      for (const button of modes) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    },
    /** @param {[key: string, href: string][]} links */
    offer(links) {
      const items = links.flatMap(([key, href]) => [" ", el("a", { href, download: "" }, t(key))]);
      saves.replaceChildren(...(items.length ? [t("save") + ":", ...items] : []));
    },
  };
}
