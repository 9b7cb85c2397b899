// Which recording stands for a threshold.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./player/rungs.js";

const rungs = ["1111", "1101", "1001"].map((schedule, i) => ({ schedule, threshold: 0.1 * 2 ** i }));
const OWN = 0.14; // the run's own threshold

test("a schedule that was recorded is that recording, whatever its threshold", () => {
  assert.deepEqual(nearest(rungs, 0.11, "1101", OWN), { rung: rungs[1], place: 1, exact: true });
});

test("at its own threshold a recording is what really happens, whatever a replay says", () => {
  assert.deepEqual(nearest(rungs, 0.2, "1011", OWN), { rung: rungs[1], place: 1, exact: true });
});

test("between two the nearer one is shown, and is not exact", () => {
  assert.deepEqual(nearest(rungs, 0.25, "1010", OWN), { rung: rungs[1], place: 1, exact: false });
  assert.equal(nearest(rungs, 0.3, "1010", OWN).rung, rungs[2]);
  assert.equal(nearest(rungs, 0, "1110", OWN).rung, rungs[0]);
});

test("where the run itself is nearer than any recording, it is what is shown", () => {
  assert.equal(nearest(rungs, 0.15, "1110", OWN), null);
});
