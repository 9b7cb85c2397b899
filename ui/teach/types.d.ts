// What the tour has besides the run on screen, as Python sends it.
import type { Limit } from "../library/types.js";

/** ui/teach/lessons.py: one prompt at one threshold. */
export interface ThresholdPoint {
  threshold: number;
  calls: number;
  computed: number;
  psnr: number;
}

/** ui/teach/lessons.py: one prompt at many thresholds. */
export interface Curve {
  run: string;
  model: string;
  prompt: string;
  points: ThresholdPoint[];
}

/** ui/teach/lessons.py. */
export interface Course {
  curves: Curve[];
  limits: Limit[];
  notebook: string | null;
}
