// Small sums over lists of numbers. Pure.

/** @param {number[]} list */
export const mean = (list) => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);

/**
 * Pearson's correlation of two lists; null where one does not vary.
 * @param {number[]} xs
 * @param {number[]} ys
 */
export function correlation(xs, ys) {
  const [mx, my] = [mean(xs), mean(ys)];
  /** @param {(dx: number, dy: number) => number} f */
  const sum = (f) => xs.reduce((a, x, i) => a + f(x - mx, ys[i] - my), 0);
  const spread = Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
  return spread > 0 ? sum((x, y) => x * y) / spread : null;
}

/**
 * The place of the entry whose size is greatest.
 * @template Entry
 * @param {Entry[]} list
 * @param {(entry: Entry) => number} size
 */
export const most = (list, size) => list.reduce((best, x, i) => (size(x) > size(list[best]) ? i : best), 0);
