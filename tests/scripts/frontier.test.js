// Which runs no other beats.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alike, frontier } from "./history/frontier.js";

const measures = { speed: (run) => run[0], near: (run) => run[1] };

test("the frontier is what no other run beats in both, from the slowest on", () => {
  const runs = [[1, 60], [2, 40], [2, 45], [1.5, 44], [3, 30], [2.5, 20]]; // prettier-ignore
  assert.deepEqual(frontier(runs, measures), [[1, 60], [2, 45], [3, 30]]); // prettier-ignore
});

test("of runs that are equal in both one is kept", () => {
  assert.deepEqual(frontier([[2, 30], [2, 30]], measures), [[2, 30]]); // prettier-ignore
});

test("no runs have no frontier", () => {
  assert.deepEqual(frontier([], measures), []);
});

test("runs are alike by model, number of steps, prompt and noise", () => {
  const run = { model: "shapes", steps: 20, prompt: "a ball", seed: 1 };
  assert.ok(alike(run, { ...run }));
  for (const other of [{ steps: 30 }, { model: "x" }, { prompt: "a star" }, { seed: 2 }]) {
    assert.ok(!alike(run, { ...run, ...other }), JSON.stringify(other));
  }
});
