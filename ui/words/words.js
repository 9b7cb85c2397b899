// The texts in the visitor's language, as the server wrote them; no script has words of its own.
import shared from "../shared.js";

/** @import { Sentence } from "./types.js" */

const wanted = (navigator.languages || [navigator.language || "en"]).map((name) =>
  name.slice(0, 2).toLowerCase(),
);

/** The page's language; a report is written in one. */
export const language = shared.language || wanted.find((name) => name in shared.languages) || "en";
document.documentElement.lang = language;

/** @type {Record<string, string>} */
const texts = shared.texts ?? (await import(`../texts/${language}.js`)).default;

/**
 * The text of a key; `{name}` in it becomes the value of that name.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * A text of somebody's, no longer than so many signs.
 * @param {string} text
 * @param {number} most
 */
export const shortened = (text, most) => (text.length > most ? text.slice(0, most).trimEnd() + "…" : text);

/**
 * A branch by its word; a pipeline that names none gives "call0" and the like.
 * @param {string} name
 * @param {string} [kind]
 */
export const branchName = (name, kind = "branch_") => texts[kind + name] ?? name;

/**
 * A sentence of the server's, which comes in every language.
 * @param {Sentence} sentence
 * @returns {string}
 */
export const localized = (sentence) => sentence[language] ?? sentence.en ?? "";

/**
 * The key of what a run that ships teaches: of "3-drift", and of "scenes-2-drift".
 * @param {string} run its id
 */
export const recordedKey = (run) => `recorded_${run.replace(/^(?:[a-z]+-)?\d+-/, "")}`;
