// The shapes of what Python sends: a declaration for every state of the page. Their fields are held against
// Python's own states by a test (tests/ui/base/test_scripts.py).

export type Maybe<Value> = Value | null | undefined;
/** One sentence in every language. */
export type Sentence = Record<string, string>;
export type Numbers = (number | null)[];

/** ui/screen/state.py, columns: one array per field, an entry per call. */
export interface Columns {
  step: number[];
  branch: number[];
  ind: Numbers;
  est: Numbers;
  acc: Numbers;
  out: Numbers;
  exact: number[];
  computed: number[];
  reason: string[];
}

export interface Speed {
  measured?: number | null;
  byMedians?: number | null;
  disturbed?: Sentence | null;
}

export interface Nearness {
  psnr?: number | null;
  ssim?: number | null;
  sound?: { snr: number | null; log_spectral: number | null; stft?: number | null } | null;
}

/** ui/screen/state.py, figures; empty while a run is under way. */
export interface Figures extends Speed, Nearness {
  ideal?: number | null;
  lpips?: number | null;
  lpipsReason?: Sentence | null;
  probed?: boolean;
  uncachedSeconds?: number | null;
  cachedSeconds?: number | null;
}

/** ui/screen/state.py, about and _files. */
export interface About {
  model: string;
  title?: string;
  prompt: string;
  seed: number | null;
  guidance: number | null;
  device?: string;
  videos?: boolean;
  still?: boolean;
  image?: boolean;
  seconds?: number | null;
}

export type Phase =
  | "text"
  | "warming"
  | "uncached"
  | "cached"
  | "again"
  | "decoding"
  | "done"
  | "recorded"
  | "uploaded"
  | "loading"
  | "stopped"
  | "failed"
  | "waiting";

/** ui/screen/state.py, controls. */
export interface Controls {
  threshold: number;
  naive: boolean;
  /** the name of a fixed schedule, such as 10-of-50 */
  planned: string | null;
  first: number;
  last: number;
  max: number;
}

/** ui/screen/state.py, board. */
export interface Run {
  n: number;
  run: string;
  phase: Phase;
  steps: number;
  calls: number;
  branches: string[];
  controls: Controls;
  rules: string;
  uncached: Columns;
  cached: Columns;
  figures: Figures;
  about: About;
  baselineReused: boolean;
}

/** A run on its way: ui/screen/columns.py, packed_board. */
export type PackedRun = Omit<Run, "uncached" | "cached"> & {
  uncached: Record<keyof Columns, string>;
  cached: Record<keyof Columns, string>;
};

/** Another reason of a call, up to a threshold. */
export type Turn = [call: number, threshold: number, letter: string];
/**
 * low < threshold <= high; schedule and reasons as a letter per call; a short threshold that gives them; what
 * is accumulated at every call.
 */
export type Row = [
  low: number,
  high: number | null,
  schedule: string,
  reasons: string,
  short: number,
  sums: number[],
  turns: Turn[],
];
export type PackedRow = [low: number, high: number | null, news: string, turns: Turn[], short: number];

/** ui/whatif/polynomial.py, panel. */
export interface Panel {
  coefficients: string;
  naive: boolean;
  pairs: [step: number, indicator: number, change: number][];
  pearson: number | null;
  curve: [number, number | null][];
  range: [number, number] | null;
  negative: [number, number][];
  ends: { right: number; top: number; bottom: number };
  r2: number | null;
  fitted: { r2: number | null; prompts: number; steps: number } | null;
}

/** What a replay stands on: ui/whatif/whatif.py, _stands. */
export interface Ground {
  variant: string;
  asked: string;
  latentFree: boolean;
}

/** ui/whatif/whatif.py, table. */
export interface Table {
  n: number;
  run: string;
  exact: boolean;
  controls: Controls;
  reasons: Record<string, string>;
  ind: Numbers;
  est: Numbers;
  rows: Row[];
  rules: string;
  settings: Record<string, unknown>;
  signal: string;
  signals: string[];
  first: { threshold: number | null; obstacle: string | null };
  forced: [first: number, last: number];
  stands: Ground;
  panel: Panel;
  fidelity: { runs: number; targets: [decibel: number, threshold: number | null][] };
}

/** ui/screen/columns.py, packed_table. */
export interface Packed {
  n: number;
  json: string;
}

/** Calls that were foretold, against what came. */
export interface Outcome {
  wrong: Set<number>;
  same: number;
  n: number;
  schedule: string;
}

/**
 * What is on screen. kind: "run" as recorded; "same" another threshold with the same steps; "whatif" other
 * steps; "live" under way.
 */
export interface View {
  run: Run;
  columns: Columns;
  base: Columns;
  steps: number;
  measuring: boolean;
  kind: "run" | "same" | "whatif" | "live";
  threshold: number;
  rules: string;
  total: number;
  computed: number;
  reused: number;
  /** only of a finished run, once its table is there */
  table?: Table;
  row?: Row;
  rowIndex?: number;
  outcome?: Outcome | null;
}

/** A view whose table is there. */
export type TableView = View & Required<Pick<View, "table" | "row" | "rowIndex">>;

export interface Extent {
  seconds: number;
  samplingRate: number;
}

/** ui/history/history.py, summary. */
export interface Summary extends Speed, Nearness {
  run: string;
  created: string;
  recorded: boolean;
  model: string;
  prompt: string;
  seed: number | null;
  steps: number;
  size: (number | null)[];
  guidance: number | null;
  threshold: number;
  naive: boolean;
  planned: string | null;
  calls: number;
  computed: number;
  ideal: number | null;
  seconds: number | null;
  clip: {
    fps: number;
    frames: number;
    still: boolean;
    sound: Extent | null;
    height: number;
    width: number;
  } | null;
}

/** ui/library/previews.py: rows of one picture, uncached first; a lane holds the steps of its rows. */
export interface Previews {
  src: string;
  lanes: [number[], number[]];
  frames: number;
  width: number;
  height: number;
}

export interface Damage {
  rows: Record<string, number[]>;
  done: number;
  total: number | null;
  run?: string;
  busy?: boolean;
  waiting?: boolean;
  baseline?: boolean;
}

/** ui/studies/signals.py, of_row. */
export interface SignalRow {
  name: string;
  threshold: number | null;
  computed: number;
  calls: number;
  error: number;
  psnr: number;
  ssim: number;
}

export interface Signals {
  run: string;
  computed: number;
  rows: SignalRow[];
  busy: boolean;
  under?: { name: string; attempt: number; call: number; calls: number } | null;
}

/** ui/studies/rivals.py, row_of. */
export interface RivalRow extends Nearness {
  name: string;
  values: Record<string, number>;
  share: number;
  computed: number;
  calls: number;
  seconds: number | null;
  shares: number[];
}

/** ui/library/ladder.py: a run at another threshold. */
export interface Rung {
  threshold: number;
  schedule: string;
  seconds: number | null;
  measured: number | null;
  psnr: number;
  ssim: number;
  frames: number[];
}

/** ui/library/ladder.py: a row of the picture for each rung, a column for each frame. */
export interface Ladder {
  src: string;
  frames: number;
  width: number;
  height: number;
  rungs: Rung[];
}

/** ui/library/curves.py: a method at one setting. */
export interface CurvePoint {
  method: string;
  values: Record<string, number>;
  share: number;
  measured: number;
  psnr: number;
}

/** ui/screen/facts.py, _curves: a method at several settings, on the prompt and noise of a run. */
export interface MethodCurve {
  method: string;
  title: string;
  points: CurvePoint[];
}

/** ui/library/residuals.py: maps of signed bytes, in base64, by the step that each was computed at. */
export interface Residuals {
  rows: number;
  columns: number;
  steps: number[];
  values: string;
}

/** ui/library/latents.py: what some steps were given, three bytes a pixel, in base64. */
export interface Latents {
  height: number;
  width: number;
  steps: number[];
  rgb: string;
}

/** ui/teach/lessons.py: one prompt at one threshold. */
export interface ThresholdPoint {
  threshold: number;
  calls: number;
  computed: number;
  psnr: number;
}

/** ui/library/limits.py: a setup in which other ways may do better. */
export interface Limit {
  name: string;
  steps: number;
  guidance: number;
  shift: number;
  computed: number;
  prompts: number;
  psnr: Record<string, number>;
  first: Record<string, number>;
  spread: number;
  correlation: number;
}

/** ui/teach/lessons.py. */
export interface Course {
  curve: { run: string; prompt: string; points: ThresholdPoint[] } | null;
  limits: Limit[];
  notebook: string | null;
}

/** ui/mechanism/anatomy.py: a run's or a model's transformer in diffusers' own names. */
export interface Anatomy {
  model: string;
  transformer: string;
  blocks: string[];
  layers: number | null;
  width: number | null;
  compared: string | null;
  signal: string | null;
  embedding: string | null;
}

/** All schedules of so many steps: ui/screen/facts.py, _sizes. */
export interface Size {
  steps: number;
  computed: number;
  schedules: number;
  made: boolean;
}

/** ui/screen/facts.py. */
export interface Facts {
  run: string;
  timesteps: Numbers;
  computedSeconds: number | null;
  reusedSeconds: number | null;
  psnr: number[];
  previews: Previews | null;
  latents: Latents | null;
  ladder: Ladder | null;
  curves: MethodCurve[];
  damage: Damage | null;
  signals: Record<string, SignalRow[]>;
  rivals: RivalRow[];
  everything: Size[];
  paper: Record<string, Record<string, number>>;
  decodingSeconds: number | null;
}

/** One call of the first branch. */
export interface Call {
  i: number;
  step: number;
  ind: number | null;
  est: number | null;
  acc: number | null;
  computed: boolean;
  reason: string;
}

/** A call of the uncached run, all of it measured. */
export interface Pair {
  step: number;
  branch: number;
  ind: number;
  est: number;
  out: number;
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

/** What Gradio gives a part, besides its element. */
export interface Host {
  trigger(event: string, data: object): void;
}
