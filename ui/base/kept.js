// What a browser keeps over a reload. It may forbid that: then it lives as long as the page.

/**
 * What was kept under a key; `none` where nothing was, or where it is of another kind.
 * @template Value
 * @param {string} key
 * @param {Value} none
 * @param {(found: any) => boolean} fits
 * @returns {Value}
 */
export function kept(key, none, fits) {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? "null");
    return value !== null && fits(value) ? value : none;
  } catch {
    return none;
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn(`${key} is not kept:`, error);
  }
}
