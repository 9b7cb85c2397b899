// Which recording stands for a threshold.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./static/rungs.js";

const rungs = ["1111", "1101", "1001"].map((schedule, i) => ({ schedule, threshold: i / 10 }));

test("a schedule that was recorded is that recording", () => {
  assert.deepEqual(nearest(rungs, "1101"), { rung: rungs[1], place: 1, exact: true });
});

test("else the one that computed as many calls, or nearly", () => {
  assert.deepEqual(nearest(rungs, "1011"), { rung: rungs[1], place: 1, exact: false });
  assert.equal(nearest(rungs, "1000").rung, rungs[2]);
});
