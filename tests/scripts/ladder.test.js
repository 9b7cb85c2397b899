// Which recording stands for a threshold, and what may be said of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimOf, nearest } from "./player/rungs.js";
import { digitsApart } from "./words/rounding.js";

const rungs = ["1111", "1101", "1001"].map((schedule, i) => ({ schedule, threshold: 0.1 * 2 ** i }));
const OWN = 0.14; // the run's own threshold
const ladder = { rungs };
/** What is said of the recording that stands for a threshold. */
function claim(threshold, schedule) {
  const recording = nearest(rungs, threshold, schedule, OWN);
  return claimOf(recording && { ladder, ...recording });
}

test("a schedule that was recorded is that recording, whatever its threshold", () => {
  const same = { rung: rungs[1], place: 1, exact: true, here: false };
  assert.deepEqual(nearest(rungs, 0.11, "1101", OWN), same);
  assert.equal(claim(0.11, "1101"), "exact");
});

test("a threshold near that of a recording has none of its own: other steps, other figures", () => {
  for (const threshold of [0.2 * 0.996, 0.2 * 1.0001]) {
    assert.equal(nearest(rungs, threshold, "1011", OWN).exact, false);
    assert.equal(claim(threshold, "1011"), "nearest");
  }
});

test("at its own threshold a recording that took other steps than a replay foretells says so", () => {
  const drifted = { rung: rungs[1], place: 1, exact: false, here: true };
  assert.deepEqual(nearest(rungs, 0.2, "1011", OWN), drifted);
  assert.equal(claim(0.2, "1011"), "drifted");
});

test("where nothing is reused no recording is spoken of", () => {
  assert.equal(claimOf({ ladder: null, exact: true, here: false }), "uncached");
});

test("two thresholds are written with as many digits as it takes to tell them apart", () => {
  assert.equal(digitsApart(0.115, 0.118), 3);
  assert.equal(digitsApart(0.0135, 0.01346), 4);
  assert.equal(digitsApart(0.2, 0.2), 3);
});

test("between two the nearer one is shown, and is not exact", () => {
  const nearer = { rung: rungs[1], place: 1, exact: false, here: false };
  assert.deepEqual(nearest(rungs, 0.25, "1010", OWN), nearer);
  assert.equal(nearest(rungs, 0.3, "1010", OWN).rung, rungs[2]);
  assert.equal(nearest(rungs, 0, "1110", OWN).rung, rungs[0]);
});

test("where the run itself is nearer than any recording, it is what is shown", () => {
  assert.equal(nearest(rungs, 0.15, "1110", OWN), null);
  assert.equal(claim(0.15, "1110"), "nearest");
});
