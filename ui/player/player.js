// The player: one transport for both clips or sounds. Keys: space, comma, full stop, b w d s for the ways to
// compare, x for the other ear.
import { emit, on } from "../base/bus.js";
import { lanesOf, pictureClip, spriteClip, videoClip } from "./clip.js";
import { el, iconOf, isField, reducedMotion, within } from "../base/dom.js";
import { namesOf } from "./lanes.js";
import { fixed } from "../words/numbers.js";
import { isSound, soundClip } from "./sound.js";
import { Stage } from "./stage.js";
import { store } from "../screen/store.js";
import { toast } from "../base/toast.js";
import { choice, EARS, makeTransport, modeButton, say } from "./transport.js";
import { t } from "../words/words.js";

/** @import { Clip, Playable, View } from "../types.js" */
/** @import { Recording } from "./ladder.js" */
/** @typedef {{ recording: Recording | null, painter: Clip["instead"] }} News */
/** @import { Mode } from "./stage.js" */

/** @type {Record<Mode, string>} */
const MODES = { side: "side", wipe: "wipe", diff: "difference", blink: "blink" };
/** @type {Record<string, Mode>} */
const KEYS = { s: "side", w: "wipe", d: "diff", b: "blink" };
const BLINK_MS = 500;
/** How two clips are compared where nobody chose: beside each other where there is room. */
export const usualMode = () => (innerWidth < 700 ? "wipe" : "side");

class Player {
  stage = new Stage();
  bar = makeTransport(this);
  /** @type {ReturnType<typeof spriteClip> | null} */
  sprite = null;
  /** @type {Clip | null} */
  clip = null;
  source = ""; // what the clip was made from, so that the same state does not restart it
  byHand = false; // the clip on screen was stopped or set going by hand since the next one was asked for
  /** @type {Mode} */
  mode = "side";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  blinker;
  /** @type {Playable} */
  value = { n: 0, run: null, kind: "none" };
  /** @type {Playable | null} what the run on screen plays, while two runs of the history are compared */
  own = null;
  counted = "";
  /** @type {Recording | null} of another threshold, that is shown in place of the run's own clip */
  recording = null;
  /** @type {number | null} the clip's threshold, while another one is asked for */
  at = null;
  /** @type {News} the latest of it, for a clip that comes later */
  news = { recording: null, painter: null };

  /** @param {HTMLElement} root */
  constructor(root) {
    this.modes = Object.entries(MODES).map(([mode, text]) => {
      const name = /** @type {Mode} */ (mode);
      return modeButton(name, text, () => this.setMode(name));
    });
    this.against = choice(
      "against",
      [
        [1, "TeaCache"],
        [2, t("rival_fewer_steps")],
      ],
      () => this.compare(),
    );
    this.against.classList.add("tc-against");
    const given = {
      type: "button",
      class: "tc-link",
      hidden: true,
      onclick: () => this.own && this.receive(this.own),
    };
    this.back = el("button", given, t("pair_back"));
    this.saves = el("span", { class: "tc-saves" });
    const segments = el("div", { class: "tc-segments", role: "group" }, ...this.modes);
    const top = el("div", { class: "tc-player-top" }, segments, this.against, this.back, this.saves);
    this.card = el("div", { class: "tc-card tc-player" }, top, this.stage.node, this.bar.node);
    root.append(this.card);
    this.setMode(usualMode());
    this.listen();
  }

  listen() {
    const { node } = this.stage;
    const fresh = () => node.classList.remove("old");
    on("waiting", () => node.classList.add("old")); // what is shown belongs to the run before
    on("failed", fresh);
    on("stopped", () => this.leave());
    on("sound-failed", () => toast(t("sound_failed")));
    for (const news of ["stage", "theme"]) on(news, () => this.draw());
    on("recording", (news) => this.stand(news));
    on("view", (view) => this.tell(view));
    on("play", (value) => this.receive(value)); // two runs of the history, compared with each other
    new ResizeObserver(() => this.draw()).observe(node);
    node.addEventListener("click", (event) => this.press(event));
    document.addEventListener("keydown", (event) => this.key(event));
    // After Run by hand the space bar plays, where it would press Run again; pressed by key a button keeps
    // its focus.
    document.addEventListener("click", (event) => event.detail && within(event, "#tc-left button")?.blur());
  }

  drawCaptions() {
    const names = this.value.captions || namesOf(this.value, this.recording, this.at);
    const other = names[Number(this.against.value)];
    this.against.hidden = lanesOf(this.value) !== 3 || this.mode === "side";
    const blinked = this.stage.shown ? other : names[0];
    const first = { side: names[0], wipe: names[0] + "  |  " + other, diff: t("difference"), blink: blinked };
    const texts = [first[this.mode], names[1], names[2]];
    texts.forEach((text, i) => (this.stage.captions[i].textContent = text ?? ""));
  }
  draw() {
    const { clip } = this;
    this.stage.draw(clip);
    if (!clip) return;
    const text = isSound(clip)
      ? `${fixed(clip.at(), 1)} / ${fixed(clip.seconds, 1)} s`
      : `${clip.frame + 1}/${clip.frames}`;
    // Only then: it is drawn at every frame of the video.
    if (this.counted !== text) this.drawPlace(clip, text);
    const icon = clip.playing() ? "pause" : "play";
    if (this.bar.play.dataset.icon === icon) return;
    this.bar.play.dataset.icon = icon;
    this.bar.play.replaceChildren(iconOf(icon));
  }
  /**
   * @param {Clip} clip
   * @param {string} text
   */
  drawPlace(clip, text) {
    this.counted = text;
    this.bar.scrub.max = String(clip.frames - 1);
    this.bar.scrub.value = String(clip.frame);
    this.bar.scrub.setAttribute("aria-valuetext", text);
    this.bar.count.textContent = text;
    emit("frame", clip.frame);
  }

  /**
   * In place of the run's own clip that of another threshold, or nothing.
   * @param {News} news
   */
  stand(news) {
    const { recording, painter } = (this.news = news);
    const stands = this.clip?.kind === "video" && !store.pair;
    this.recording = stands ? recording : null;
    const { clip } = this;
    /** @type {Clip["instead"]} */
    const uncached = (context, _frame, wide, high) => clip?.draw(context, 0, wide, high);
    const painted = recording?.ladder === null ? uncached : painter;
    if (clip) clip.instead = stands ? painted : null;
    this.drawCaptions();
    this.draw();
  }

  /** A run was stopped: without a picture of its own, the clips of the run before are not shown as its. */
  leave() {
    const { classList } = this.stage.node;
    const stale = classList.contains("old");
    classList.remove("old");
    const run = store.run?.phase === "stopped" ? store.run.run : null;
    if (stale && run !== null) this.receive({ n: 0, run, kind: "none", why: "no_video_stopped" });
  }
  /** Whose the clip is, is said as soon as another threshold is asked for. @param {View} view */
  tell({ kind, run }) {
    const at = kind === "whatif" ? run.controls.threshold : null;
    if (at === this.at) return;
    this.at = at;
    this.drawCaptions();
  }
  toggle() {
    const { clip } = this;
    if (!clip) return;
    this.byHand = true;
    if (clip.playing()) clip.pause();
    else void clip.play();
    this.draw();
    setTimeout(() => this.draw(), 60); // a video tells of its start a little later
  }
  /** @param {number} frame */
  jump(frame) {
    const { clip } = this;
    if (!clip) return;
    this.byHand = true;
    if (!isSound(clip)) clip.pause(); // a frame is looked at, a place is listened to
    clip.seek(frame);
    this.draw();
  }
  /** @param {number} by */
  step(by) {
    if (this.clip) this.jump(this.clip.frame + by * (isSound(this.clip) ? this.clip.stride : 1));
  }
  drawEars() {
    const heard = isSound(this.clip) ? this.clip.heard : -1;
    this.bar.ear.hidden = heard < 0;
    this.bar.speed.hidden = heard >= 0; // slower is lower, which would be another sound
    this.stage.captions.forEach((caption, lane) => caption.classList.toggle("heard", lane === heard));
    const kind = heard < 0 ? "frame_" : "sound_";
    say(this.bar.earlier, t(kind + "back"));
    say(this.bar.later, t(kind + "on"));
    if (heard < 0) return;
    const lanes = this.clip?.lanes ?? 0;
    this.bar.ears.forEach((ear, lane) => {
      ear.hidden = lane >= lanes;
      ear.setAttribute("aria-pressed", String(lane === heard));
      ear.textContent = this.value.captions ? "AB"[lane] : t(EARS[lane]);
    });
  }
  /** @param {number} rate */
  setRate(rate) {
    this.clip?.rate(rate);
  }
  /** @param {number} lane */
  hear(lane) {
    if (!isSound(this.clip)) return;
    this.clip.hear(lane % this.clip.lanes);
    this.drawEars();
  }
  /** A press on a picture of a sound goes there, and hears that one. @param {MouseEvent} event */
  press({ target, clientX }) {
    const lane = this.stage.laneOf(target);
    const { clip, mode } = this;
    if (!isSound(clip) || lane < 0 || mode === "wipe") return;
    if (mode === "side") this.hear(lane);
    clip.goTo(this.stage.shareAt(lane, clientX) * clip.seconds);
  }
  compare() {
    this.stage.compare(Number(this.against.value));
    this.drawCaptions();
    this.draw();
  }
  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = mode;
    store.mode = mode;
    clearInterval(this.blinker);
    this.stage.setMode(mode);
    const blink = () => {
      this.stage.swap();
      this.drawCaptions();
      this.draw();
    };
    if (mode === "blink") this.blinker = setInterval(blink, BLINK_MS);
    for (const button of this.modes)
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    this.drawCaptions();
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !this.clip || isTyped(target)) return;
    if (event.key === " " && target instanceof HTMLButtonElement) return; // the button's own
    const action = this.actionOf(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  }
  /** @param {string} key @returns {(() => void) | undefined} */
  actionOf(key) {
    const { clip } = this;
    const mode = KEYS[key];
    if (mode) return () => this.setMode(mode);
    if (!clip || clip.frames <= 1) return undefined;
    const ear = isSound(clip) ? clip.heard + 1 : 0;
    return {
      " ": () => this.toggle(),
      ",": () => this.step(-1),
      ".": () => this.step(1),
      x: () => this.hear(ear),
    }[key];
  }

  /** @param {Clip} made */
  replace(made) {
    this.clip?.close();
    this.clip = made;
    this.stand(this.news);
    made.rate(Number(this.bar.speed.value));
    this.drawEars();
  }
  /** @param {Playable} value */
  showVideo(value) {
    const src = value.src ?? "";
    if (this.source === src) return;
    this.source = src;
    this.byHand = false;
    const make = value.sounds ? soundClip : value.still ? pictureClip : videoClip;
    const next = make(
      value,
      () => this.clip === next && this.draw(),
      () => this.start(next, src),
    );
  }
  /**
   * The old picture stays until the new one is there.
   * @param {Clip} next
   * @param {string} src
   */
  start(next, src) {
    if (this.source !== src) return next.close(); // something else was asked for meanwhile
    const { clip } = this;
    // Paused while its follower loads, a clip hands that on.
    const plays = this.byHand && clip && clip.frames > 1 ? clip.playing() : !reducedMotion();
    const ear = isSound(clip) ? clip.heard : 0;
    this.replace(next);
    if (isSound(next)) return this.hear(ear); // it waits to be started
    if (plays) void next.play();
    this.draw();
  }
  /** @param {Playable} value */
  showPreview({ run, lanes }) {
    if (this.source !== "sprite:" + run || this.clip?.kind !== "sprite") {
      this.source = "sprite:" + run;
      this.sprite = spriteClip(() => this.draw());
      this.replace(this.sprite);
      if (!reducedMotion()) this.sprite.play();
    }
    if (!Array.isArray(lanes)) return;
    lanes.forEach((lane, i) => lane && this.sprite?.add(i, lane));
  }
  /** @param {[key: string, href: string][]} links */
  drawSaves(links) {
    const items = links.flatMap(([key, href]) => [" ", el("a", { href, download: "" }, t(key))]);
    this.saves.replaceChildren(...(items.length ? [t("save") + ":", ...items] : []));
  }
  setLanes() {
    const lanes = lanesOf(this.value);
    if (lanes !== 3) this.against.value = "1";
    this.stage.compare(Number(this.against.value));
    store.lanes = lanes;
    emit("lanes");
  }
  showNothing() {
    this.clip?.close();
    this.clip = null;
    this.source = "";
    this.counted = this.bar.count.textContent = "";
    this.stage.empty.textContent = t(this.value.why ?? "no_video");
  }
  /** @param {Playable} value */
  remember({ captions, kind, fps = 8, frames = 1, still = false }) {
    store.pair = Boolean(captions);
    if (captions) return;
    this.own = this.value;
    if (kind === "video") store.clip = { fps, frames, still };
  }
  /** @param {Playable} value */
  receive(value) {
    this.value = value;
    this.remember(value);
    this.back.hidden = !store.pair || !this.own;
    emit("pair", store.pair);
    this.setLanes();
    const { kind, still, sounds } = value;
    this.stage.node.classList.remove("old");
    this.stage.node.classList.toggle("shaping", kind === "preview");
    this.card.classList.toggle("still", Boolean(still)); // one frame has nothing to play
    this.card.classList.toggle("none", kind === "none");
    this.card.classList.toggle("sound", Boolean(sounds));
    this.drawSaves(value.links ?? []);
    this.drawCaptions();
    if (kind === "video") this.showVideo(value);
    else if (kind === "preview") this.showPreview(value);
    else if (kind === "none") this.showNothing();
    this.draw();
  }
}

/** What a person types in; a slider is none. @param {EventTarget | null} at */
function isTyped(at) {
  if (at instanceof HTMLInputElement && at.type === "range") return false;
  return isField(at) || (at instanceof HTMLElement && at.isContentEditable);
}

/** @type {Player | null} */
let player = null;

/** To a frame of the clip on screen, as by hand. @param {number} frame */
export const seekFrame = (frame) => player?.jump(frame);

/** Compares the clips on screen in another way. @param {string} mode */
export function compareBy(mode) {
  if (mode in MODES) player?.setMode(/** @type {Mode} */ (mode));
}

/** @param {HTMLElement} root */
export function playerPart(root) {
  const made = (player = new Player(root));
  emit("player", made.bar.node);
  return made.receive.bind(made);
}
