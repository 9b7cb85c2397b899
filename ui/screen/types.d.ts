// The run on screen, its table and what else is known of it, as Python sends it; and how scripts see it.
import type { CurvePoint, Ladder, Latents, Previews } from "../library/types.js";
import type { Phase } from "../shared.js";
import type { Damage, RivalRow, SignalRow } from "../studies/types.js";
import type { Table } from "../whatif/types.js";
import type { Numbers, Sentence } from "../words/types.js";

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
  /** what is compared from step to step */
  compared: "indicator" | "embedding" | "latent";
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
  /** the branches that are shown apart: one where the calls of a step are decided alike */
  lanes: string[];
  /** calls of the lanes: steps, where there is one */
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

/** ui/screen/facts.py, _curves: a method at several settings, on the prompt and noise of a run. */
export interface MethodCurve {
  method: string;
  title: string;
  points: CurvePoint[];
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
