// Where frames come from. A finished run is ONE video with its two or three clips side by side, so that they
// cannot drift apart; while a run is under way each lane is a sprite (the frames of a preview in one
// picture).
import { el } from "../base/dom.js";

/** @import { Clip, Playable, Sprite } from "./types.js" */

/** @param {Playable} value */
export const lanesOf = ({ lanes }) => (typeof lanes === "number" ? lanes : 2);

/**
 * Frames go round.
 * @param {number} frame
 * @param {number} frames
 */
const round = (frame, frames) => ((frame % frames) + frames) % frames;

/** @type {boolean} whether this browser tells of every frame that it paints */
const TELLS_FRAMES = "requestVideoFrameCallback" in HTMLVideoElement.prototype;

/** @implements {Clip} */
class VideoClip {
  /** @type {"video"} */
  kind = "video";
  width = 0;
  height = 0;
  frame = 0;
  ready = false;
  /** @type {number | null} a frame to seek once the seek under way is done: only the latest wish is kept */
  wanted = null;
  closed = false;
  /** @type {Clip["instead"]} */
  instead = null;

  /**
   * @param {Playable} value
   * @param {() => void} onframe when another frame is there
   * @param {() => void} onready once, when the first is
   */
  constructor(value, onframe, onready) {
    this.lanes = lanesOf(value);
    this.frames = value.frames ?? 1;
    this.fps = value.fps ?? 8;
    this.onframe = onframe;
    const attributes = {
      muted: true,
      playsinline: true,
      loop: true,
      preload: "auto",
      class: "tc-hidden-video",
    };
    this.video = el("video", attributes);
    this.video.muted = true; // the attribute alone is not enough for autoplay
    this.video.addEventListener("loadeddata", () => this.begin(onready), { once: true });
    this.video.addEventListener("seeked", () => this.arrive());
    this.video.src = value.src ?? "";
  }

  /** @param {() => void} onready */
  begin(onready) {
    const { video } = this;
    this.width = video.videoWidth / this.lanes;
    this.height = video.videoHeight;
    this.frames = Math.max(1, Math.round(video.duration * this.fps)); // the file knows best
    this.ready = true;
    if (TELLS_FRAMES) this.follow();
    else video.addEventListener("timeupdate", () => this.painted(video.currentTime));
    this.painted(video.currentTime);
    onready();
  }
  follow() {
    this.video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.closed) return;
      this.painted(mediaTime);
      this.follow();
    });
  }
  /** @param {number} seconds */
  painted(seconds) {
    this.frame = Math.min(this.frames - 1, Math.max(0, Math.floor(seconds * this.fps + 1e-3)));
    this.onframe();
  }
  arrive() {
    this.painted(this.video.currentTime);
    if (this.wanted === null) return;
    const next = this.wanted;
    this.wanted = null;
    this.seek(next);
  }

  /** @param {number} frame */
  seek(frame) {
    const next = round(frame, this.frames);
    if (this.video.seeking)
      this.wanted = next; // seeks are slower than a scrub
    // The middle of the frame: its edges round either way.
    else this.video.currentTime = (next + 0.5) / this.fps;
  }
  /** @type {Clip["draw"]} */
  draw(context, lane, width, height) {
    if (lane === 1 && this.instead) return this.instead(context, this.frame, width, height);
    context.drawImage(this.video, lane * this.width, 0, this.width, this.height, 0, 0, width, height);
  }
  play() {
    return this.video.play().catch(() => this.onframe()); // a browser may forbid it; then it stays paused
  }
  pause() {
    this.video.pause();
  }
  playing() {
    return !this.video.paused;
  }
  /** @param {number} rate */
  rate(rate) {
    this.video.playbackRate = rate;
  }
  /** @param {number} lane */
  has(lane) {
    return this.ready && lane < this.lanes;
  }
  close() {
    this.closed = true;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }
}

/**
 * One frame of each lane in one picture without loss; it has nothing to play.
 * @implements {Clip}
 */
export class PictureClip {
  /** @type {Clip["kind"]} */
  kind = "picture";
  frames = 1;
  fps = 1;
  width = 0;
  height = 0;
  frame = 0;
  exact = true;

  /**
   * @param {Playable} value
   * @param {() => void} onframe
   * @param {() => void} onready
   */
  constructor(value, onframe, onready) {
    this.lanes = lanesOf(value);
    this.onframe = onframe;
    this.image = new Image();
    const begin = () => {
      this.width = Math.floor(this.image.naturalWidth / this.lanes);
      this.height = this.image.naturalHeight;
      onready();
    };
    this.image.addEventListener("load", begin, { once: true });
    this.image.src = value.src ?? "";
  }
  /** @param {number} lane */
  has(lane) {
    return this.width > 0 && lane < this.lanes;
  }
  /** @type {Clip["draw"]} */
  draw(context, lane, width, height) {
    context.drawImage(this.image, lane * this.width, 0, this.width, this.height, 0, 0, width, height);
  }
  seek() {
    this.onframe();
  }
  play() {}
  pause() {}
  playing() {
    return false;
  }
  rate() {}
  close() {}
}

/** @implements {Clip} */
class SpriteClip {
  /** @type {"sprite"} */
  kind = "sprite";
  lanes = 2;
  frames = 1;
  fps = 8;
  width = 0;
  height = 0;
  frame = 0;
  speed = 1;
  /** @type {(HTMLImageElement | null)[]} */
  images = [null, null];
  /** @type {ReturnType<typeof setInterval> | null} */
  timer = null;

  /** @param {() => void} onframe */
  constructor(onframe) {
    this.onframe = onframe;
  }
  /**
   * Another preview of a lane.
   * @param {number} lane
   * @param {Sprite} value
   */
  async add(lane, { sprite, frames, fps, width, height }) {
    const image = new Image();
    image.src = sprite;
    try {
      await image.decode();
    } catch {
      return; // a preview that cannot be decoded is passed over; the next one comes soon
    }
    this.images[lane] = image; // swapped only when decoded, so that nothing flickers
    Object.assign(this, { frames, fps, width, height });
    this.onframe();
  }
  /** @param {number} lane */
  has(lane) {
    return Boolean(this.images[lane]);
  }
  /** @type {Clip["draw"]} */
  draw(context, lane, width, height) {
    const image = this.images[lane];
    const left = Math.min(this.frame, this.frames - 1) * this.width;
    if (image) context.drawImage(image, left, 0, this.width, this.height, 0, 0, width, height);
  }
  /** @param {number} frame */
  seek(frame) {
    this.frame = round(frame, this.frames);
    this.onframe();
  }
  pause() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
  play() {
    this.pause();
    this.timer = setInterval(() => this.seek(this.frame + 1), 1000 / (this.fps * this.speed));
  }
  playing() {
    return this.timer !== null;
  }
  /** @param {number} value */
  rate(value) {
    this.speed = value;
    if (this.playing()) this.play();
  }
  close() {
    this.pause();
  }
}

/** @type {(value: Playable, onframe: () => void, onready: () => void) => Clip} */
export const videoClip = (value, onframe, onready) => new VideoClip(value, onframe, onready);

/** @type {(value: Playable, onframe: () => void, onready: () => void) => Clip} */
export const pictureClip = (value, onframe, onready) => new PictureClip(value, onframe, onready);

/** @param {() => void} onframe */
export const spriteClip = (onframe) => new SpriteClip(onframe);
