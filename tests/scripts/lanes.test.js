// Which rows of steps there are, and which calls have a cell of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf, countsOf, lanesOf, madeOf, moved, progressOf, workOf } from "./screen/lanes.js";

const BRANCHES = ["cond", "uncond"];

/** Three steps of two calls each. @param {string} flags */
function columnsOf(flags) {
  const computed = [...flags].map(Number);
  return { computed, step: computed.map((_, i) => i >> 1), branch: computed.map((_, i) => i % 2) };
}

/** @param {string} flags @param {{ rows: unknown[][] }} [table] */
function viewOf(flags, table) {
  const columns = columnsOf(flags);
  const lanes = lanesOf(BRANCHES, columns, table);
  const run = { branches: BRANCHES, calls: 6, steps: 3 };
  return { run, columns, lanes, ...countsOf({ columns, lanes }) };
}

test("what no step tells apart is one row, and counts steps", () => {
  const view = viewOf("110011");
  assert.deepEqual(view.lanes, ["cond"]);
  assert.deepEqual([view.computed, view.reused, view.total], [2, 1, 3]);
  assert.deepEqual(progressOf(view), { i: 3, n: 3 });
  assert.equal(madeOf(view, "110000"), 1);
  assert.deepEqual(workOf(view), { total: 6, computed: 4, reused: 2 });
});

test("one step that does makes two rows, and every call counts", () => {
  const view = viewOf("110111");
  assert.deepEqual(view.lanes, BRANCHES);
  assert.deepEqual([view.computed, view.reused], [5, 1]);
  assert.deepEqual(progressOf(view), { i: 6, n: 6 });
  assert.equal(madeOf(view, "110000"), 2);
});

test("a threshold at which they part keeps the rows apart at every other one", () => {
  const table = {
    rows: [
      [0, 1, "111111"],
      [1, null, "110111"],
    ],
  };
  assert.deepEqual(viewOf("111111", table).lanes, BRANCHES);
});

test("a run in the middle of a step is one row still", () => {
  const view = viewOf("11110");
  assert.deepEqual(view.lanes, ["cond"]);
  assert.deepEqual(progressOf(view), { i: 3, n: 3 });
});

test("a call without a cell lies in that of its step, and keys go from cell to cell", () => {
  const view = viewOf("110011");
  assert.deepEqual([cellOf(view, 3), cellOf(view, 4), cellOf(view, null)], [2, 4, null]);
  assert.deepEqual([moved(view, null, 1), moved(view, null, -1), moved(view, 0, 1)], [0, 4, 2]);
  assert.deepEqual([moved(view, 3, 1), moved(view, 0, -1), moved(view, 0, 1e9)], [4, 0, 4]);
  assert.equal(moved(viewOf("110111"), 2, 1), 3);
});
