// The head of the page: title, tools, the chip that tells the state of the model, and what TeaCache is.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { levelSwitch } from "../screen/level.js";
import { originLine } from "../takeaway/method.js";
import { tourButton } from "../teach/tourbutton.js";
import { language, localized, t } from "../words/words.js";
import { languageSelect, linkButton } from "./link.js";

const PATIENCE_MS = 10_000;
// While it loads; another visitor may choose another; after no answer.
const [SOON_MS, LATER_MS, AGAIN_MS] = [700, 15_000, 5_000];
const SLOWEST_MS = 3_000;

const SHELF = "tc-gallery";

/** The way to the gallery, where the server has one. */
function shelf() {
  const href = "teacache/gallery?lang=" + language;
  return el("a", { class: "tc-button", id: SHELF, href, "data-tip": t("gallery_tip") }, t("gallery"));
}

/**
 * The model loads in the server's background; its state is asked for as long as the page is open. No answer
 * is news as well: Gradio says so only to who asks it for something.
 * @param {HTMLElement} chip
 * @param {HTMLElement} gone
 */
async function follow(chip, gone, wait = SOON_MS) {
  try {
    const answer = await fetch("teacache/model", { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { state, device, reason, gallery } = await answer.json();
    gone.hidden = true;
    if (gallery && !document.getElementById(SHELF)) chip.before(shelf());
    chip.className = "tc-chip tc-term " + state;
    chip.textContent = t("model_" + state, { device });
    chip.dataset.tip = localized(reason) || t("model_tip");
    const slower = Math.min(SLOWEST_MS, wait * 1.3);
    if (state === "loading") setTimeout(() => follow(chip, gone, slower), slower);
    else setTimeout(() => follow(chip, gone, wait), LATER_MS);
  } catch {
    gone.hidden = false;
    setTimeout(() => follow(chip, gone, wait), AGAIN_MS);
  }
}

/** The first stop of Tab: past the controls, to the clips; seen while it has the focus. */
function skipLink() {
  const onclick = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = document.querySelectorAll(".tc-transport button");
    [...buttons].find((button) => button.offsetParent)?.focus(); // Simple hides the first
  };
  return el("button", { type: "button", class: "tc-button tc-skip", onclick }, t("skip"));
}

/** @param {HTMLElement} root */
export function headPart(root) {
  const attributes = {
    class: "tc-chip loading tc-term",
    tabindex: 0,
    role: "status",
    "data-tip": t("model_tip"),
  };
  const chip = el("span", attributes, t("model_loading"));
  const [begin, level, copyLink] = [tourButton(), levelSwitch(), linkButton()];
  const tools = el("div", { class: "tc-head-tools" }, begin, level, languageSelect(), copyLink, chip);
  const gone = el("div", { class: "tc-gone", role: "alert", hidden: true }, t("server_gone"));
  root.append(
    skipLink(),
    el("div", { class: "tc-head" }, el("h1", {}, t("title")), tools, originLine()),
    gone,
  );
  // Embedded, the head is away; the tour and the link are what a teacher embeds for, and move beside the line
  // under the figures, as does the choice of a level.
  if (document.body.classList.contains("tc-embed")) {
    on("view", () => document.querySelector(".tc-line-row")?.append(level, begin, copyLink));
  }
  void follow(chip, gone);
}
