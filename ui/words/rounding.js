// What is left of numbers when they are written with three digits. Pure; numbers.js writes them.

/** @import { Maybe } from "./types.js" */

/** Too small for three digits behind a point: written with a power of ten. @param {number} value */
export const isTiny = (value) => Math.abs(value) < 0.0005;

/**
 * As numbers.js writes it: by its decimal digits, where toPrecision takes the binary ones, so that 0.08045 is
 * 0.0805 here and 0.0804 there.
 * @param {number} digits
 */
const roundedBy = (digits) => {
  const format = new Intl.NumberFormat("en", { maximumSignificantDigits: digits, useGrouping: false });
  return (/** @type {number} */ value) => Number(format.format(value));
};
const BY_DIGITS = [3, 4, 5, 6].map(roundedBy);

/** A number as it is written. @param {number} value */
const rounded = (value) => (isTiny(value) ? Number(value.toExponential(1)) : BY_DIGITS[0](value));

/**
 * Whether a sum is right with its numbers as they are written, each rounded for itself.
 * @param {Maybe<number>} a
 * @param {Maybe<number>} b
 * @param {Maybe<number>} sum
 */
export function addsUp(a, b, sum) {
  const [first, second, whole] = [a, b, sum].map((value) => rounded(value ?? 0));
  return Math.abs(first + second - whole) < 1e-9;
}

/**
 * How many digits tell two numbers apart; three where nothing does.
 * @param {number} a
 * @param {number} b
 */
export const digitsApart = (a, b) =>
  Math.max(
    0,
    BY_DIGITS.findIndex((by) => by(a) !== by(b)),
  ) + 3;
