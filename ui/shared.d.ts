// Written by ui/base/declared.py from what Python sends beside the scripts: not to be edited.
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
  | "waiting"
  | "stopped"
  | "failed";

declare const shared: {
  texts: Record<string, string> | null;
  language: string | null;
  languages: Record<string, string>;
  plotly: string;
  figures: {
    run: { data: any[]; layout: any; labels?: any };
    polynomial: { data: any[]; layout: any; labels?: any };
    quality: { data: any[]; layout: any; labels?: any };
    cloud: { data: any[]; layout: any; labels?: any };
    race: { data: any[]; layout: any; labels?: any };
    accumulator: { data: any[]; layout: any; labels?: any };
  };
  reasons: {
    weighed: string[];
    byRule: string[];
  };
  phases: {
    finished: Phase[];
    stored: Phase[];
    repeatable: Phase[];
    own: Phase[];
    aloud: Phase[];
  };
  limits: {
    trace: number;
    history: number;
    lanes: number;
    decibels: [number, number];
    identical: number;
  };
  small: string[];
  method: {
    paper: string;
    code: string;
    citation: string;
  };
};
export default shared;
