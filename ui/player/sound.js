// A sound: its picture in lanes, and what is heard on one clock. All lanes run at once in one audio context,
// silent but for the one that is listened to, so a change of ear cannot shift them. It never starts by
// itself: nobody wants to be startled.
import { emit } from "../base/bus.js";
import { el } from "../base/dom.js";
import { fixed } from "../words/numbers.js";
import { PictureClip } from "./clip.js";

/** @import { Clip, Playable, SoundClip } from "./types.js" */

const STEPS = 10; // places of the scrub in a second
const STRIDE = 5; // of them, for one press of a key
const FADE = 0.015; // seconds; a sudden change of the ear would click
const AHEAD = 0.03; // seconds until the lanes start, so that none is late
const WAVE = 0.3; // share of the picture's height above the spectrogram, as spectrogram.py draws it

/** @param {number} hertz */
const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);

/** @param {string} address */
async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.arrayBuffer();
}

/** The lanes of a sound in one audio context. */
class Lanes {
  /** @type {AudioContext | null} */
  context = null;
  /** @type {AudioBufferSourceNode[]} the sources that run */
  playing = [];
  /** @type {GainNode[]} */
  gains = [];
  /** @type {AudioBuffer[] | null} */
  buffers = null;
  heard = 0;

  /**
   * @param {string[]} addresses
   * @param {() => void} ended when the lanes have run out
   */
  constructor(addresses, ended) {
    this.ended = ended;
    this.files = addresses.map(fetched);
    this.files.forEach((file) => file.catch(() => undefined)); // told where it is asked for: on play
  }
  /** In the press of a button: before one a browser lets nothing sound. */
  async open() {
    const context = (this.context = this.context ?? new AudioContext());
    await context.resume();
    this.buffers =
      this.buffers ??
      (await Promise.all((await Promise.all(this.files)).map((file) => context.decodeAudioData(file))));
    if (this.gains.length) return;
    this.gains = this.buffers.map(() => new GainNode(context, { gain: 0 }));
    this.gains.forEach((gain) => gain.connect(context.destination));
  }
  stop() {
    for (const source of this.playing) {
      source.onended = null;
      source.stop();
    }
    this.playing = [];
  }
  /** @param {number} offset in seconds; returns when second 0 was or will be, on the context's clock */
  start(offset) {
    const { context, buffers, gains } = this;
    if (!context || !buffers) return 0; // open() comes first
    this.stop();
    const when = context.currentTime + AHEAD;
    this.playing = buffers.map((buffer, lane) => {
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(gains[lane]);
      source.start(when, offset);
      return source;
    });
    this.playing[0].onended = this.ended;
    gains.forEach(({ gain }, lane) => gain.setValueAtTime(lane === this.heard ? 1 : 0, context.currentTime));
    return when - offset;
  }
  /** @param {number} lane */
  hear(lane) {
    this.heard = lane;
    this.gains.forEach(({ gain }, i) => {
      gain.setValueAtTime(gain.value, this.now());
      gain.linearRampToValueAtTime(i === lane ? 1 : 0, this.now() + FADE);
    });
  }
  close() {
    this.stop();
    void this.context?.close();
  }
  now() {
    return this.context?.currentTime ?? 0;
  }
}

/** @implements {SoundClip} */
class Sound extends PictureClip {
  /** @type {"sound"} */
  kind = "sound";
  stride = STRIDE;
  heard = 0;
  place = 0; // seconds, while nothing sounds
  /** @type {number | null} when the sound began, on the context's clock; null while nothing sounds */
  zero = null;
  wanted = false; // it plays, or is about to

  /**
   * @param {Playable} value
   * @param {() => void} onframe
   * @param {() => void} onready
   */
  constructor(value, onframe, onready) {
    super(value, onframe, onready);
    this.seconds = value.seconds ?? 1;
    this.samplingRate = value.samplingRate ?? 1;
    this.frames = Math.max(2, Math.round(this.seconds * STEPS));
    this.sounds = new Lanes(value.sounds ?? [], () => this.halt(0));
    const frame = () => Math.min(this.frames - 1, Math.floor(this.at() * STEPS + 1e-6));
    Object.defineProperty(this, "frame", { get: frame });
  }

  /** @param {number} seconds */
  within(seconds) {
    return Math.min(this.seconds, Math.max(0, seconds));
  }
  at() {
    return this.within(this.zero === null ? this.place : this.sounds.now() - this.zero);
  }
  follow() {
    if (this.zero === null) return;
    this.onframe();
    requestAnimationFrame(() => this.follow());
  }
  /** @param {number} next */
  halt(next) {
    this.sounds.stop();
    this.wanted = false;
    this.zero = null;
    this.place = next;
    this.onframe();
  }
  async begin() {
    this.wanted = true;
    try {
      await this.sounds.open();
    } catch (error) {
      this.halt(this.place);
      emit("sound-failed", error);
      return;
    }
    if (!this.wanted) return; // stopped meanwhile
    this.zero = this.sounds.start(this.place);
    this.follow();
  }

  pause() {
    this.halt(this.at());
  }
  play() {
    if (this.place >= this.seconds) this.place = 0;
    return this.begin();
  }
  playing() {
    return this.wanted;
  }
  /** @param {number} seconds */
  goTo(seconds) {
    this.place = this.within(seconds);
    if (this.zero !== null) this.zero = this.sounds.start(this.place);
    this.onframe();
  }
  /** @param {number} [frame] */
  seek(frame = 0) {
    this.goTo(frame / STEPS);
  }
  /** @param {number} lane */
  hear(lane) {
    this.heard = lane;
    this.sounds.hear(lane);
    this.onframe();
  }
  close() {
    this.wanted = false;
    this.zero = null;
    this.sounds.close();
  }
  /** @type {Clip["draw"]} */
  draw(context, lane, width, height) {
    super.draw(context, lane, width, height);
    const x = Math.round((this.at() / this.seconds) * (width - 2));
    context.fillStyle = lane === this.heard ? "#ffffff" : "rgba(255, 255, 255, .45)";
    context.fillRect(x, 0, 2, height);
  }
}

/** @type {(value: Playable, onframe: () => void, onready: () => void) => SoundClip} */
export const soundClip = (value, onframe, onready) => new Sound(value, onframe, onready);

/** @param {Clip | null} clip @returns {clip is SoundClip} */
export const isSound = (clip) => clip?.kind === "sound";

/** Where in a clip one is, of how much. @param {Clip} clip */
export const placeText = (clip) =>
  isSound(clip) ? `${fixed(clip.at(), 1)} / ${fixed(clip.seconds, 1)} s` : `${clip.frame + 1}/${clip.frames}`;

/**
 * What stands where along the edges of a sound's picture: share from the left, share from above, text.
 * @param {number} seconds
 * @param {number} rate of sampling
 */
function marks(seconds, rate) {
  const top = mel(rate / 2);
  const hertz = [250, 1000, 4000, 16000].filter((f) => f < 0.45 * rate);
  const size = [0.1, 0.2, 0.5, 1, 2, 5, 10].find((step) => seconds / step <= 6) || 10;
  const times = Array.from({ length: Math.floor(seconds / size - 0.3) }, (_, i) => (i + 1) * size);
  return [
    ...hertz.map((f) => ({
      left: 0,
      top: WAVE + (1 - WAVE) * (1 - mel(f) / top),
      text: f < 1000 ? `${f} Hz` : `${f / 1000} kHz`,
      kind: "level",
    })),
    ...times.map((s) => ({
      left: s / seconds,
      top: 1,
      text: `${fixed(s, size < 1 ? 1 : 0)} s`,
      kind: "time",
    })),
  ];
}

/** @param {number} share */
const percent = (share) => (100 * share).toFixed(2) + "%";

/**
 * The axes over a lane, as words of the page: a picture's own would be blurred, and English.
 * @param {HTMLElement} figure
 * @param {HTMLCanvasElement} canvas
 * @param {Clip} clip
 */
export function drawAxes(figure, canvas, clip) {
  /** @type {HTMLElement | null} */
  let host = figure.querySelector(".tc-axes");
  if (!isSound(clip)) return host?.remove();
  if (!host) figure.append((host = el("div", { class: "tc-axes", "aria-hidden": "true" })));
  const key = `${clip.seconds} ${clip.samplingRate}`;
  if (host.dataset.of !== key) {
    host.dataset.of = key;
    const texts = marks(clip.seconds, clip.samplingRate).map(({ kind, left, top, text }) =>
      el("span", { class: kind, style: `left:${percent(left)};top:${percent(top)}` }, text),
    );
    host.replaceChildren(...texts);
  }
  const scale = Math.min(canvas.offsetWidth / clip.width, canvas.offsetHeight / clip.height);
  const [width, height] = [clip.width * scale, clip.height * scale];
  Object.assign(host.style, {
    width: width + "px",
    height: height + "px",
    left: canvas.offsetLeft + (canvas.offsetWidth - width) / 2 + "px",
    top: canvas.offsetTop + (canvas.offsetHeight - height) / 2 + "px",
  });
}
