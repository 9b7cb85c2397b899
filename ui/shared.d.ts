// What both sides know, written by ui/base/scripts.py from Python's own tables and served beside the scripts
// as shared.js.
declare const shared: {
  /** key -> text in the language of a report; the page fetches those of its own */
  texts: Record<string, string> | null;
  /** the language of a report; on the page the browser's own holds */
  language: string | null;
  /** code -> its own name */
  languages: Record<string, string>;
  /** the address of Plotly's script */
  plotly: string;
  /** empty figures as Plotly's JSON: teacache/study/plot */
  figures: Record<
    "run" | "polynomial" | "quality" | "cloud" | "race" | "accumulator",
    { data: any[]; layout: any; labels?: any }
  >;
  /** by what they mean, see ui/base/constants.py */
  reasons: Record<"weighed" | "byRule", string[]>;
  phases: Record<"finished" | "stored" | "repeatable" | "own" | "aloud", string[]>;
  limits: {
    /** bytes of a trace that may be sent */
    trace: number;
    /** runs that may be asked about at once */
    history: number;
    /** clips that the player shows at once */
    lanes: number;
    /** dB that may be aimed at */
    decibels: [low: number, high: number];
    /** dB above which two clips are identical */
    identical: number;
  };
  /** models of which hundreds of runs take minutes without a GPU */
  small: string[];
  /** where TeaCache comes from */
  method: Record<"paper" | "code" | "citation", string>;
};
export default shared;
