// Which words of a prompt a model was never taught. Pure; the same as teacache/models/vocabulary.py, which
// refuses them.

/**
 * In order, without repeats.
 * @param {string} prompt
 * @param {string[]} words that the model knows
 */
export function unknown(prompt, words) {
  const tokens = prompt.toLowerCase().match(/[^\s,.;:!?]+/g) ?? [];
  return [...new Set(tokens)].filter((word) => !words.includes(word));
}

/**
 * While it is being typed: a last word that may still become a known one is not held against anybody.
 * @param {string} prompt
 * @param {string[]} words
 */
export function unknownSoFar(prompt, words) {
  const last = prompt.toLowerCase().match(/[^\s,.;:!?]+$/)?.[0] ?? "";
  const open = last !== "" && words.some((word) => word.startsWith(last));
  return unknown(open ? prompt.slice(0, prompt.length - last.length) : prompt, words);
}
