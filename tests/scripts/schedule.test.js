// Tables of schedules: how they travel, and how a threshold finds its row.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expand, find, off, unpacked, unrolled } from "./screen/schedule.js";

const ROWS = unrolled([
  [0, 0.1, "0A0 1B0.1 2B0.2 3C0", [], 0.05],
  [0.1, 0.3, "1e0.1 2B0.3", [[2, 0.2, "f"]], 0.2],
  [0.3, null, "2e0.3", [], 0.4],
]);

test("a row holds thresholds above its low end, up to its high end", () => {
  const places = [0.0001, 0.1, 0.1000001, 0.3, 0.30001, 1e9].map((threshold) => find(ROWS, threshold));
  assert.deepEqual(places, [0, 0, 1, 1, 2, 2]);
});

test("the only row holds every threshold", () => {
  assert.equal(find(ROWS.slice(0, 1), 5), 0);
});

test("news of a row change the row before; a capital is a computed call", () => {
  assert.deepEqual(
    ROWS.map(([, , schedule]) => schedule),
    ["1111", "1011", "1001"],
  );
  assert.deepEqual(
    ROWS.map(([, , , reasons]) => reasons),
    ["abbc", "aebc", "aeec"],
  );
});

test("calls beyond the ninth are told by their whole number", () => {
  const [[, , schedule]] = unrolled([[0, null, "0A0 1b1 2b1 3b1 4b1 5b1 6b1 7b1 8b1 9b1 10A0 11b1", [], 1]]);
  assert.equal(schedule, "100000000010");
});

test("0 is off: everything is computed, whatever the lowest schedule does", () => {
  const table = { reasons: { a: "first", z: "off" } };
  assert.deepEqual(off([0, 0.1, "11", "ab", 0.05, [0, 1], []], table), [0, 0.1, "11", "zz", 0, [0, 0], []]);
  assert.deepEqual(off([0, 0.1, "10", "ab", 0.05, [0, 1], []], table), [0, 0, "11", "zz", 0, [0, 0], []]);
});

test("sums of a row are those of the row before, but for the news", () => {
  assert.deepEqual(
    ROWS.map(([, , , , , sums]) => sums),
    [
      [0, 0.1, 0.2, 0],
      [0, 0.1, 0.3, 0],
      [0, 0.1, 0.3, 0],
    ],
  );
});

test("a run's columns by a row are the table's: schedule, reasons and sums", () => {
  const reasons = { a: "first", b: "max_reuses", c: "last", e: "below_threshold", f: "threshold" };
  const table = { reasons, ind: [1], est: [2] };
  const columns = expand(ROWS[1], table, { step: [0, 1, 2, 3] }, 0.25);
  assert.deepEqual(columns.step, [0, 1, 2, 3]);
  assert.deepEqual([columns.computed, columns.acc], [[1, 0, 1, 1], [0, 0.1, 0.3, 0]]); // prettier-ignore
  assert.deepEqual(columns.reason, ["first", "below_threshold", "max_reuses", "last"]);
});

test("up to the threshold of a turn a call has the turn's reason", () => {
  const reasons = { a: "first", b: "max_reuses", c: "last", e: "below_threshold", f: "threshold" };
  const reasonAt = (threshold) => expand(ROWS[1], { reasons }, {}, threshold).reason[2];
  assert.deepEqual([0.15, 0.2, 0.2001].map(reasonAt), ["threshold", "threshold", "max_reuses"]);
});

test("columns come back from their words as they were", () => {
  const packed = { step: "0 1", ind: "- 0.5", reason: "first below_threshold", est: "" };
  const columns = { step: [0, 1], ind: [null, 0.5], reason: ["first", "below_threshold"], est: [] };
  assert.deepEqual(unpacked(packed), columns);
});
