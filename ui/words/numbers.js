// Numbers as a person reads them, in the visitor's language.
import shared from "../shared.js";
import { addsUp, digitsApart, isTiny } from "./rounding.js";
import { language, t } from "./words.js";

/** @import { Nearness, Speed } from "../screen/types.js" */
/** @import { Maybe } from "./types.js" */

// One format for each number of digits: toLocaleString makes a new one at every call, which took half of a
// redraw.
/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number} value
 * @param {Intl.NumberFormatOptions} digits
 */
function written(value, digits) {
  const key = JSON.stringify(digits);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, { ...digits, useGrouping: false });
    formats.set(key, format);
  }
  return format.format(value);
}

/**
 * @param {Maybe<number>} value
 * @returns {value is number}
 */
const isNumber = (value) => value !== null && value !== undefined && isFinite(value);

/**
 * Three significant digits, never "1e-5" where 0 would do.
 * @param {Maybe<number>} value
 * @param {number} [digits]
 */
export function num(value, digits = 3) {
  if (!isNumber(value)) return "–";
  if (value === 0) return "0";
  if (isTiny(value)) return value.toExponential(1);
  return written(value, { minimumSignificantDigits: digits, maximumSignificantDigits: digits });
}

/**
 * Two numbers and their sum, each rounded for itself: where what is printed does not add up, it does not
 * claim to.
 * @param {Maybe<number>} a
 * @param {Maybe<number>} b
 * @param {Maybe<number>} sum
 */
export function sumText(a, b, sum) {
  return `${num(a)} + ${num(b)} ${addsUp(a, b, sum) ? "=" : "≈"} ${num(sum)}`;
}

/**
 * A threshold, without zeros that say nothing.
 * @param {number} value
 */
export const delta = (value) => written(value, { maximumSignificantDigits: 3 });

/**
 * A threshold beside another one, with as many digits as it takes to tell them apart.
 * @param {number} value
 * @param {number} other
 */
export function deltaBeside(value, other) {
  return written(value, { maximumSignificantDigits: digitsApart(value, other) });
}

/**
 * @param {Maybe<number>} value
 * @param {number} places behind the point
 */
export const fixed = (value, places) =>
  isNumber(value) ? written(value, { minimumFractionDigits: places, maximumFractionDigits: places }) : "–";

/**
 * How long a run took, without its unit: the same wherever it is said.
 * @param {Maybe<number>} seconds
 */
export const took = (seconds) => fixed(seconds, 1);

/**
 * A speedup that may be shown: where the machine was disturbed, what the calls say instead of the clock.
 * @param {Speed} of
 */
export const speedOf = (of) => (of.disturbed ? of.byMedians : of.measured);

/**
 * The same in words, marked where the machine was disturbed.
 * @param {Speed} of
 */
export const speedText = (of) =>
  speedOf(of) ? (of.disturbed ? "≈" : "") + fixed(speedOf(of), 2) + "×" : "–";

export const ALIKE = "≈1×"; // two runs of the same work: the clock tells no speedup

/** @param {Maybe<number>} psnr */
export const isIdentical = (psnr) => isNumber(psnr) && psnr > shared.limits.identical;

/** @param {Maybe<number>} value in dB */
export function psnrText(value) {
  if (isIdentical(value)) return t("history_identical");
  return value === null || value === undefined ? "–" : fixed(value, 1) + " dB";
}

/**
 * The one figure in decibels that a clip (PSNR) or a sound (SNR) is ranked by; null where there is none.
 * @param {Nearness} of
 * @returns {number | null}
 */
export const decibelsOf = ({ psnr, sound }) => (sound ? sound.snr : (psnr ?? null));

/**
 * The names of the two figures of nearness, and the figures as they are written.
 * @param {Nearness} of
 */
export function nearnessOf({ psnr, ssim, sound }) {
  if (!sound) return { names: ["psnr", "ssim"], texts: [psnrText(psnr), ssim ? ssimText(ssim) : "–"] };
  return { names: ["snr", "lsd"], texts: [psnrText(sound.snr), fixed(sound.log_spectral, 2) + " dB"] };
}

/**
 * Only what is identical may look identical.
 * @param {number} value
 */
export const ssimText = (value) =>
  fixed(value < 1 ? Math.min(value, 0.9999) : 1, value >= 0.9995 && value < 1 ? 4 : 3);
