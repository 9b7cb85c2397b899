// What of the run's plot answers to a pointer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { reachOf, stepOfEvent } from "./plot/hover.js";

const MARK = 3; // pixels by which Plotly counts a mark nearer

test("from the middle of a step no neighbour is within reach, and no place of it is out of reach", () => {
  for (const width of [260, 600, 800, 1500]) {
    for (const steps of [10, 30, 50]) {
      const reach = reachOf(width, [0.5, steps + 0.5]);
      const step = width / steps;
      if (step < 6) continue;
      assert.ok(reach + MARK < step, `${reach} reaches beyond ${step}`);
      assert.ok(reach + MARK >= step / 2, `${reach} does not reach the edge of ${step}`);
    }
  }
});

test("where steps are thinner than marks something still answers", () => {
  assert.equal(reachOf(200, [0.5, 200.5]), 1);
});

test("zoomed in a step reaches farther", () => {
  assert.equal(reachOf(800, [10.5, 20.5]), 38);
});

test("a mark beside the middle, of one of two branches, is of its own step", () => {
  for (const x of [7 - 0.195, 7, 7 + 0.195]) assert.equal(stepOfEvent({ points: [{ x }] }), 6);
});
