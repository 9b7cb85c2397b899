// A replay of a run at any threshold, as Python sends it.
import type { Controls, Row } from "../screen/types.js";
import type { Numbers } from "../words/types.js";

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
  held: boolean;
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
