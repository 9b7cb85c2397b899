// What is left of numbers when they are written with three digits. Pure; numbers.js writes them.

/** @import { Maybe } from "./types.js" */

/** Too small for three digits behind a point: written with a power of ten. @param {number} value */
export const isTiny = (value) => Math.abs(value) < 0.0005;

/** A number as it is written. @param {number} value */
const rounded = (value) => Number(isTiny(value) ? value.toExponential(1) : value.toPrecision(3));

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
export const digitsApart = (a, b) => [3, 4, 5, 6].find((n) => a.toPrecision(n) !== b.toPrecision(n)) ?? 3;
