// What is computed about a run on request, as Python sends it.
import type { Nearness } from "../screen/types.js";

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
