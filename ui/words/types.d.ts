// Words of the page, and what may be missing of a value.

export type Maybe<Value> = Value | null | undefined;

/** One sentence in every language. */
export type Sentence = Record<string, string>;

export type Numbers = (number | null)[];
