// What the player plays, as Python sends it, and clips as it draws them.
import type { Nearness } from "../screen/types.js";

export interface Extent {
  seconds: number;
  samplingRate: number;
}

/** ui/player/player.py, finished, preview and without: what the player plays. */
export interface Playable {
  n: number;
  run: string | null;
  kind: "video" | "preview" | "none";
  src?: string;
  still?: boolean;
  fps?: number;
  frames?: number;
  lanes?: number | (Sprite | null)[];
  labels?: Record<string, number | null>;
  slowed?: Record<string, boolean>;
  figures?: Nearness;
  third?: ({ steps: number; seconds: number | null } & Nearness) | null;
  links?: [key: string, href: string][];
  sounds?: string[];
  seconds?: number;
  samplingRate?: number;
  captions?: string[];
  why?: string;
}

/** ui/player/player.py, sprite. */
export interface Sprite {
  sprite: string;
  frames: number;
  fps: number;
  width: number;
  height: number;
}

/** Frames of some lanes that can be drawn, and played where there are several. */
export interface Clip {
  kind: "video" | "picture" | "sprite" | "sound";
  lanes: number;
  frames: number;
  fps: number;
  width: number;
  height: number;
  frame: number;
  /** without loss: every difference counts */
  exact?: boolean;
  /** paints a frame in place of TeaCache's clip: that of another threshold */
  instead?: Clip["draw"] | null;
  has(lane: number): boolean;
  draw(context: CanvasRenderingContext2D, lane: number, width: number, height: number): void;
  seek(frame: number): void;
  play(): unknown;
  pause(): void;
  playing(): boolean;
  rate(value: number): void;
  close(): void;
}

/** A clip that is heard. */
export interface SoundClip extends Clip, Extent {
  kind: "sound";
  /** places of the scrub for one press of a key */
  stride: number;
  /** the lane that is listened to */
  heard: number;
  at(): number;
  goTo(seconds: number): void;
  hear(lane: number): void;
}
