// What is kept beside a run, as Python sends it.

/** ui/library/previews.py: rows of one picture, uncached first; a lane holds the steps of its rows. */
export interface Previews {
  src: string;
  lanes: [number[], number[]];
  frames: number;
  width: number;
  height: number;
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
