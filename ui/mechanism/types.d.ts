// The transformer that the diagram draws, as Python sends it.

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
