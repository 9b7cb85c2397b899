// A run of a visit, as Python sends it.
import type { Extent } from "../player/types.js";
import type { Nearness, Speed } from "../screen/types.js";

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
