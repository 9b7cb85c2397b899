// The head of the page: title, tools, the chip that tells the state of the model, and what TeaCache is.
import { on } from "../base/bus.js";
import { el } from "../base/dom.js";
import { levelSwitch } from "../screen/level.js";
import { store } from "../screen/store.js";
import { originLine } from "../takeaway/method.js";
import { tourButton } from "../teach/tourbutton.js";
import { language, localized, t } from "../words/words.js";
import { languageSelect, linkButton } from "./link.js";

const PATIENCE_MS = 10_000;
// While it loads; another visitor may choose another; after no answer.
const [SOON_MS, LATER_MS, AGAIN_MS] = [700, 15_000, 5_000];
const SLOWEST_MS = 3_000;
// Gradio looks every two seconds for a server it has lost, and then loads the page again.
const RELOADED_MS = 3_000;

const SHELF = "tc-gallery";

/** The way to the gallery, where the server has one. */
function shelf() {
  const href = "teacache/gallery?lang=" + language;
  return el("a", { class: "tc-button", id: SHELF, href, "data-tip": t("gallery_tip") }, t("gallery"));
}

/** A run on screen waits for its model. */
const isLoading = () => store.run?.phase === "loading";

/**
 * The model loads in the server's background; its state is asked for as long as the page is open. No answer
 * is news as well: Gradio says so only to who asks it for something.
 */
class Chip {
  word = el("span", {}, t("model_loading"));
  node = el(
    "span",
    { class: "tc-chip loading tc-term", tabindex: 0, role: "status", "data-tip": t("model_tip") },
    this.word,
  );
  gone = el("div", { class: "tc-gone", role: "alert", hidden: true }, t("server_gone"));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  next;
  loading = false; // a run on screen waits for it
  device = ""; // that was told last
  wait = SOON_MS;
  back = true; // the server, for longer than Gradio needs to load the page again

  constructor() {
    on("view", () => this.agree());
    void this.ask();
  }
  /** The longest that it may say, whose room it has. @param {string} device */
  reserve(device) {
    this.node.dataset.longest = t("model_ready", { device });
  }
  /** With the run on screen: what that waits for is not ready, and what it has got is. */
  agree() {
    if (this.loading === isLoading()) return;
    this.loading = isLoading();
    this.wait = SOON_MS;
    if (this.loading) this.say("loading");
    else if (this.device) this.say("ready", this.device); // the run has it
    clearTimeout(this.next);
    void this.ask();
  }
  /** @param {string} state @param {string} [device] @param {string} [reason] */
  say(state, device = "", reason = "") {
    this.node.className = "tc-chip tc-term " + state;
    this.word.textContent = t("model_" + state, { device });
    this.node.dataset.tip = reason || t("model_tip");
  }
  /** @param {number} wait */
  later(wait) {
    clearTimeout(this.next);
    this.next = setTimeout(() => this.ask(), wait);
  }
  async ask() {
    try {
      const answer = await fetch("teacache/model", { signal: AbortSignal.timeout(PATIENCE_MS) });
      const { state, device, reason, gallery } = await answer.json();
      if (!this.back) return this.isBack();
      this.gone.hidden = true;
      if (gallery && !document.getElementById(SHELF)) this.node.before(shelf());
      const now = isLoading() ? "loading" : state;
      this.device = device || this.device;
      this.say(now, device, localized(reason));
      this.wait = Math.min(SLOWEST_MS, this.wait * 1.3);
      this.later(now === "loading" ? this.wait : LATER_MS);
    } catch {
      this.gone.hidden = false;
      this.back = false;
      this.later(AGAIN_MS);
    }
  }
  /** That all is well is said once no click can be lost to a page loaded again. */
  isBack() {
    this.back = true;
    this.later(RELOADED_MS);
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

const low = matchMedia("(max-width: 820px) and (max-height: 480px)"); // as the style sheet has it

/** Below the title; at the foot of the page where the window is too low for it. @param {HTMLElement} head */
function placeOrigin(head) {
  const node = originLine();
  const place = () => {
    node.classList.toggle("tc-root", low.matches); // outside of every part
    if (low.matches) document.getElementById("tc-page")?.after(node);
    else head.append(node);
  };
  low.addEventListener("change", place);
  on("view", () => node.isConnected || place()); // the foot may be there only now
  place();
}

/** Where the window is too low for the sentence below it, the title says it on being asked. */
function titleNode() {
  const name = el("span", {}, t("title"));
  const attributes = Object.entries({ class: "tc-term", tabindex: "0", "data-tip": t("origin") });
  const tell = () => {
    for (const [key, value] of attributes)
      if (low.matches) name.setAttribute(key, value);
      else name.removeAttribute(key);
  };
  low.addEventListener("change", tell);
  tell();
  return el("h1", {}, name);
}

/** @param {HTMLElement} root @returns {(value: { device: string }) => void} */
export function headPart(root) {
  const model = new Chip();
  const { node: chip, gone } = model;
  const [begin, level, copyLink] = [tourButton(), levelSwitch(), linkButton()];
  const tools = el("div", { class: "tc-head-tools" }, begin, level, languageSelect(), copyLink, chip);
  const head = el("div", { class: "tc-head" }, titleNode(), tools);
  root.append(skipLink(), head, gone);
  placeOrigin(head);
  // Embedded, the head is away; the tour and the link are what a teacher embeds for, and move beside the line
  // under the figures, as does the choice of a level.
  if (document.body.classList.contains("tc-embed")) {
    on("view", () => document.querySelector(".tc-line-row")?.append(level, begin, copyLink));
  }
  return ({ device }) => model.reserve(device);
}
