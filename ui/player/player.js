// The player: one transport for both clips or sounds.
import { emit, on } from "../base/bus.js";
import { el, reducedMotion } from "../base/dom.js";
import { toast } from "../base/toast.js";
import { store } from "../screen/store.js";
import { t } from "../words/words.js";
import { lanesOf, pictureClip, spriteClip, videoClip } from "./clip.js";
import { drawEars, hearPressed } from "./ears.js";
import { listenToKeys } from "./keys.js";
import { captionsOf, namesFor, whyStopped } from "./lanes.js";
import { makeHead, MODES, usualMode, whenUsual } from "./playerhead.js";
import { isSound, placeText, soundClip } from "./sound.js";
import { Stage } from "./stage.js";
import { makeTransport } from "./transport.js";

/** @import { View } from "../screen/types.js" */
/** @import { Clip, Playable } from "./types.js" */
/** @import { Recording } from "./ladder.js" */
/** @typedef {{ recording: Recording | null, painter: Clip["instead"] }} News */
/** @import { Mode } from "./stage.js" */

const BLINK_MS = 500;

export class Player {
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
  old = false; // what is shown belongs to the run before the one that is under way
  counted = "";
  /** @type {Recording | null} of another threshold, that is shown in place of the run's own clip */
  recording = null;
  /** @type {number | null} the clip's threshold, while another one is asked for */
  at = null;
  /** @type {News} the latest of it, for a clip that comes later */
  news = { recording: null, painter: null };

  /** @param {HTMLElement} root */
  constructor(root) {
    this.head = makeHead(this);
    this.card = el("div", { class: "tc-card tc-player" }, this.head.node, this.stage.node, this.bar.node);
    root.append(this.card);
    this.setMode(usualMode());
    this.listen();
  }

  listen() {
    on("waiting", () => this.age(true));
    on("failed", () => this.age(false));
    on("stopped", () => this.leave());
    on("sound-failed", () => toast(t("sound_failed")));
    for (const news of ["stage", "theme"]) on(news, () => this.draw());
    on("recording", (news) => this.stand(news));
    on("view", (view) => this.tell(view));
    whenUsual((mode) => this.setMode(mode));
    on("play", (value) => this.receive(value)); // two runs of the history, compared with each other
    new ResizeObserver(() => this.draw()).observe(this.stage.node);
    this.stage.node.addEventListener("click", (event) => hearPressed(this, event));
    listenToKeys(this);
  }

  /** @param {boolean} old */
  age(old) {
    this.old = old;
    this.stage.node.classList.toggle("old", old);
    this.drawCaptions();
  }
  drawCaptions() {
    const names = namesFor(this.value, this);
    const against = Number(this.head.against.value);
    this.head.against.hidden = lanesOf(this.value) !== 3 || this.mode === "side";
    const texts = captionsOf(names, { mode: this.mode, against, swapped: this.stage.shown > 0 });
    texts.forEach((text, i) => this.stage.name(i, text ?? ""));
  }
  draw() {
    const { clip } = this;
    this.stage.draw(clip);
    if (!clip) return;
    const text = placeText(clip);
    // Only then: it is drawn at every frame of the video.
    if (this.counted !== text) this.drawPlace(clip, text);
    this.bar.show(clip.playing() ? "pause" : "play");
  }
  /**
   * @param {Clip} clip
   * @param {string} text
   */
  drawPlace(clip, text) {
    this.counted = text;
    this.bar.place(clip.frame, clip.frames - 1, text);
    emit("frame", clip.frame);
  }

  /**
   * In place of the run's own clip that of another threshold, or nothing.
   * @param {News} news
   */
  stand(news) {
    const { recording, painter } = (this.news = news);
    const { clip } = this;
    const stands = clip?.kind === "video" && !store.pair;
    this.recording = stands ? recording : null;
    /** @type {Clip["instead"]} */
    const uncached = (context, _frame, wide, high) => clip?.draw(context, 0, wide, high);
    const painted = recording?.ladder === null ? uncached : painter;
    if (clip) clip.instead = stands ? painted : null;
    this.drawCaptions();
    this.draw();
  }

  goBack() {
    if (this.own) this.receive(this.own);
  }
  /** A run was stopped: without a picture of its own, the clips of the run before are not shown as its. */
  leave() {
    if (!this.old) return;
    this.age(false);
    if (store.run?.phase !== "stopped") return;
    this.receive({ n: 0, run: store.run.run, kind: "none", why: whyStopped(store.run) });
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
  /** @param {number} rate */
  setRate(rate) {
    this.clip?.rate(rate);
  }
  /** @param {number} lane */
  hear(lane) {
    if (!isSound(this.clip)) return;
    this.clip.hear(lane % this.clip.lanes);
    drawEars(this);
  }
  compare() {
    this.stage.compare(Number(this.head.against.value));
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
    this.head.press(mode);
    this.drawCaptions();
    this.draw();
  }

  /** @param {Clip} clip */
  replace(clip) {
    this.clip?.close();
    this.clip = clip;
    this.stand(this.news);
    clip.rate(Number(this.bar.speed.value));
    drawEars(this);
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
  setLanes() {
    const lanes = lanesOf(this.value);
    if (lanes !== 3) this.head.against.value = "1";
    this.stage.compare(Number(this.head.against.value));
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
    this.head.back.hidden = !store.pair || !this.own;
    emit("pair", store.pair);
    this.setLanes();
    const { kind, still, sounds } = value;
    this.age(false);
    this.stage.node.classList.toggle("shaping", kind === "preview");
    this.card.classList.toggle("still", Boolean(still)); // one frame has nothing to play
    this.card.classList.toggle("none", kind === "none");
    this.card.classList.toggle("sound", Boolean(sounds));
    this.head.offer(value.links ?? []);
    if (kind === "video") this.showVideo(value);
    else if (kind === "preview") this.showPreview(value);
    else if (kind === "none") this.showNothing();
    this.draw();
  }
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
  const own = (player = new Player(root));
  emit("player", own.bar.node);
  return own.receive.bind(own);
}
