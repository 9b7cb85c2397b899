// The table of schedules that Python made once per trace: how it travels, and how a threshold finds its row.
// Nothing is decided here.

/** @import { Table } from "../whatif/types.js" */
/** @import { Columns, PackedRow, PackedRun, Row } from "./types.js" */

/**
 * The row of the table that holds the threshold: low < threshold <= high.
 * @param {Row[]} rows
 * @param {number} threshold
 */
export function find(rows, threshold) {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const end = rows[middle][1];
    if (end === null || threshold <= end) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * 0 is off, also where the lowest schedule above it reuses at once: a fixed one, or one of negative
 * estimates.
 * @param {Row} row
 * @param {Table} table
 * @returns {Row}
 */
export function off(row, { reasons }) {
  const letter = Object.keys(reasons).find((key) => reasons[key] === "off") ?? "";
  const calls = row[2].length;
  const sums = new Array(calls).fill(0);
  return [0, row[2].includes("0") ? 0 : row[1], "1".repeat(calls), letter.repeat(calls), 0, sums, []];
}

/**
 * The columns of a run by one row of the table.
 * @param {Row} row
 * @param {Table} table
 * @param {Columns} columns of the run as recorded
 * @param {number} threshold
 * @returns {Columns}
 */
export function expand([, , schedule, letters, , sums, turns], table, columns, threshold) {
  const reason = [...letters].map((letter) => table.reasons[letter]);
  for (const [call, high, letter] of turns) if (threshold <= high) reason[call] = table.reasons[letter];
  return {
    ...columns,
    ind: table.ind,
    est: table.est,
    acc: sums,
    computed: [...schedule].map(Number),
    reason,
  };
}

/**
 * Rows tell what differs from the row before, see what_if of ui/screen/state.py.
 * @param {PackedRow[]} rows
 * @returns {Row[]}
 */
export function unrolled(rows) {
  /** @type {string[]} */
  const schedule = [];
  /** @type {string[]} */
  const reasons = [];
  /** @type {number[]} */
  const sums = [];
  return rows.map(([low, high, news, turns, short]) => {
    for (const [, place, letter, sum] of news.matchAll(/(\d+)(\D)(\S+)/g)) {
      const call = Number(place);
      reasons[call] = letter.toLowerCase();
      schedule[call] = letter === reasons[call] ? "0" : "1";
      sums[call] = Number(sum);
    }
    return [low, high, schedule.join(""), reasons.join(""), short, [...sums], turns];
  });
}

// The reverse of ui/screen/columns.py: columns travel as strings.
/** @param {string} text */
const word = (text) => (text === "-" ? null : text);
/** @param {string} text */
const number = (text) => (text === "-" ? null : Number(text));

/**
 * @param {string} name
 * @param {string} text
 */
function column(name, text) {
  const values = text === "" ? [] : text.split(" ");
  return [name, name === "reason" ? values.map(word) : values.map(number)];
}

/**
 * @param {PackedRun["cached"]} packed
 * @returns {Columns}
 */
export const unpacked = (packed) =>
  Object.fromEntries(Object.entries(packed).map(([name, text]) => column(name, text)));
