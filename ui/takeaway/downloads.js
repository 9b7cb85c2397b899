// What can be taken away of the run on screen.
import shared from "../shared.js";
import { on } from "../base/bus.js";
import { copy } from "../base/clipboard.js";
import { el, term } from "../base/dom.js";
import { pictureOf } from "../plot/picture.js";
import { currentView } from "../screen/view.js";
import { language, t } from "../words/words.js";
import { scheduleForms } from "./forms.js";
import { methodLinks, takeButton } from "./method.js";
import { makeUpload } from "./upload.js";

/** @import { Host } from "../gradio_glue/types.js" */
/** @import { Run, View } from "../screen/types.js" */
/** @import { Table } from "../whatif/types.js" */

const REST_MS = 250; // so long without a move, and the code on screen is fetched again
// The schedule and the code are of what is shown: at another threshold or by other rules the trace is decided
// again.
const FOLLOW = ["schedule.json", "run.py"];
const FORMS = /** @type {const} */ (["bits", "steps", "mask"]);

/** @type {WeakMap<Table, string>} */
const packed = new WeakMap();

/** The rules of a table, packed once. @param {Table} table */
function rulesOf(table) {
  const rules = packed.get(table) ?? JSON.stringify(table.settings);
  packed.set(table, rules);
  return rules;
}

/**
 * What is added to the addresses of what follows the slider.
 * @param {View} view
 */
function queryOf({ table, threshold, kind }) {
  if (!table || kind === "run") return "";
  const { signal } = table;
  return "?" + new URLSearchParams({ threshold: String(threshold), signal, rules: rulesOf(table) });
}

/**
 * The name of a file on the server: a single frame is kept without loss, and a sound has one picture for
 * both.
 * @param {string} file
 * @param {Run["about"]} about
 */
function nameOf(file, { still, seconds: sound }) {
  if (!still) return file;
  return file.replace(".mp4", sound && file !== "stacked.mp4" ? ".wav" : ".png");
}

/** @param {string} name @param {string} address */
function save(name, address) {
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

/** @param {string} key @param {...Node} items */
function group(key, ...items) {
  const name = el("dt", {}, t(key));
  return { name, node: el("div", { class: "tc-take-row", "data-take": key }, name, el("dd", {}, ...items)) };
}

class Downloads {
  shown = "";
  query = "";
  phase = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  filling;
  /** @type {ReturnType<typeof scheduleForms> | null} */
  forms = null;
  /**
   * @type {{ node: HTMLElement, file: string, needsVideo: boolean }[]} links, filled in when a run is there
   */
  files = [];
  note = el("p", { class: "tc-note", role: "status", "aria-live": "polite" });
  hint = el("p", { class: "tc-note" }, t("take_none"));
  source = el("pre", { class: "tc-code", tabindex: 0 });
  marks = [0, 1].map(() => el("span", { class: "tc-note", hidden: true }, t("take_whatif")));

  /**
   * @param {HTMLElement} root
   * @param {Host["trigger"]} trigger
   */
  constructor(root, trigger) {
    const copyCode = takeButton("take_copy", (button) => copy(this.source.textContent ?? "", button));
    this.codeBox = el("div", { class: "tc-code-box", hidden: true }, this.source, copyCode);
    this.showCode = takeButton("take_code_show", () => this.toggleCode());
    this.showCode.setAttribute("aria-expanded", "false");
    this.start = this.link("take_image", "image.png", true); // the image that the run began with
    this.clips = group("take_videos", ...this.clipLinks(), this.start);
    this.lines = FORMS.map((name) => this.formLine(name));
    const heading = el(
      "h3",
      {},
      t("take_schedule"),
      " ",
      this.marks[1],
      " ",
      this.link("take_schedule_json", "schedule.json"),
    );
    root.append(
      el(
        "section",
        { class: "tc-card tc-downloads", "aria-label": t("take_title") },
        el("div", { class: "tc-card-head" }, el("h2", {}, term("take_title")), this.hint),
        el("dl", {}, this.clips.node, ...this.groups().map(({ node }) => node)),
        this.codeBox,
        el("div", { class: "tc-forms" }, heading, ...this.lines.map(({ row }) => row)),
        ...makeUpload((text, failed) => this.say(text, failed), trigger),
        this.note,
      ),
    );
    on("view", (view) => this.draw(view));
  }

  clipLinks() {
    const [both, uncached, cached] = ["stacked.mp4", "uncached.mp4", "cached.mp4"];
    return [
      this.link("take_stacked", both, true),
      this.link("take_uncached", uncached, true),
      this.link("take_cached", cached, true),
    ];
  }
  groups() {
    const [png, svg] = /** @type {const} */ (["png", "svg"]).map((format) =>
      takeButton("take_" + format, () => this.savePicture(format)),
    );
    return [
      group("take_data", this.link("take_trace", "trace.json"), this.link("take_csv", "calls.csv")),
      group("take_plot", png, svg),
      group("take_report", this.link("take_html", "report.html")),
      group("take_code", this.link("take_python", "run.py"), this.showCode, this.marks[0]),
      group("take_method", ...methodLinks()),
    ];
  }
  /**
   * @param {string} key
   * @param {string} file
   */
  link(key, file, needsVideo = false) {
    const node = el("a", { class: "tc-take", download: "" }, t(key));
    this.files.push({ node, file, needsVideo });
    return node;
  }
  /** @param {(typeof FORMS)[number]} name */
  formLine(name) {
    const text = el("code", { "data-form": name, tabindex: 0 });
    const button = takeButton("take_copy", (self) => this.forms && copy(this.forms[name], self));
    button.setAttribute("aria-label", t("take_copy") + ": " + t("take_" + name));
    return { name, text, row: el("div", { class: "tc-form" }, term("take_" + name), text, button) };
  }

  /** @param {string} text */
  say(text, failed = false) {
    this.note.textContent = text;
    this.note.classList.toggle("failed", failed);
  }
  /** @param {"png" | "svg"} format */
  async savePicture(format) {
    try {
      save(`teacache-${this.shown || "plot"}.${format}`, await pictureOf(format, currentView()));
      this.say("");
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), true);
    }
  }
  toggleCode() {
    this.openCode(this.codeBox.hidden === true);
    if (!this.codeBox.hidden) void this.fillCode();
  }
  /** The button says what it does next. @param {boolean} open */
  openCode(open) {
    this.codeBox.hidden = !open;
    this.showCode.setAttribute("aria-expanded", String(open));
    this.showCode.textContent = t(open ? "take_code_hide" : "take_code_show");
  }
  async fillCode() {
    const address = () => `teacache/take/${this.shown}/run.py${this.query}`;
    const wanted = address();
    const text = await (await fetch(wanted)).text();
    if (wanted === address()) this.source.textContent = text; // else something newer is asked for
  }

  /** @param {Run} run */
  drawLinks({ run, phase, about }) {
    const there = Boolean(run) && shared.phases.stored.includes(phase);
    this.hint.hidden = there;
    const id = there ? run : "";
    if (this.shown === id && this.phase === phase) return;
    this.phase = phase;
    this.shown = id;
    const kind = about.seconds ? "take_sounds" : about.still ? "take_pictures" : "take_videos";
    this.clips.name.textContent = t(kind);
    this.start.hidden = !about.image;
    const videos = there && phase !== "uploaded" && about.videos !== false;
    for (const { node, file, needsVideo } of this.files) {
      const offered = needsVideo ? videos : there;
      const spoken = file === "report.html" ? "?language=" + language : "";
      if (offered) node.setAttribute("href", `teacache/take/${id}/${nameOf(file, about)}${spoken}`);
      else node.removeAttribute("href");
      node.setAttribute("aria-disabled", String(!offered));
    }
    this.showCode.disabled = !there;
    if (!there) this.openCode(false);
    else if (!this.codeBox.hidden) void this.fillCode();
  }
  /** @param {View} view */
  follow(view) {
    const query = this.shown ? queryOf(view) : "";
    if (query === this.query) return;
    this.query = query;
    for (const { node, file } of this.files) {
      if (this.shown && FOLLOW.includes(file))
        node.setAttribute("href", `teacache/take/${this.shown}/${file}${query}`);
    }
    clearTimeout(this.filling);
    if (!this.codeBox.hidden) this.filling = setTimeout(() => this.fillCode(), REST_MS);
  }
  /** @param {View} view */
  draw(view) {
    this.drawLinks(view.run);
    this.follow(view);
    const forms = (this.forms = scheduleForms(view.columns));
    for (const { name, text } of this.lines) {
      if (text.textContent !== forms[name]) text.textContent = forms[name];
    }
    for (const mark of this.marks) mark.hidden = view.kind !== "whatif";
  }
}

/**
 * @param {HTMLElement} root
 * @param {Host} host
 */
export function downloadsPart(root, { trigger }) {
  new Downloads(root, trigger);
}
