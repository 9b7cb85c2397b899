// What the tour has besides the run on screen, as Python sends it.
import type { Limit } from "../library/types.js";

/** ui/teach/lessons.py: one prompt at one threshold. */
export interface ThresholdPoint {
  threshold: number;
  calls: number;
  computed: number;
  psnr: number;
}

/** ui/teach/lessons.py. */
export interface Course {
  curve: { run: string; prompt: string; points: ThresholdPoint[] } | null;
  limits: Limit[];
  notebook: string | null;
}
