// Gradio's words about its queue (checked with 6.31: "queue: 2/3 | 0.4s").

/** @typedef {{ i: string, n: string }} Place the number in the line, of how many */

/**
 * @param {string} text of the status block
 * @returns {Place | null} null where it tells of none; "1/0" as the turn comes is none
 */
export function placeIn(text) {
  const [, i, n] = /(\d+)\s*\/\s*(\d+)/.exec(text) ?? [];
  return i !== undefined && Number(i) <= Number(n) ? { i, n } : null;
}
