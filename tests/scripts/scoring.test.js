// What is asked for in a prediction, and what counts as right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fastest, nearestOf, scoreGuess, scoreSteps, stretch, worthAsking } from "./teach/scoring.js";

const calls = (/** @type {string} */ schedule) =>
  [...schedule].map((call) => ({ computed: call === "1", weighed: true }));

test("a stretch begins behind a computed call, where the most turns are ahead", () => {
  assert.equal(stretch(calls("1111000010101000"), 5), 9);
  assert.equal(stretch(calls("1000"), 3), null, "nothing turns there");
  assert.equal(stretch(calls("101"), 5), null, "there are too few calls");
});

test("no call is asked about that a rule decided", () => {
  const ruled = calls("1010010");
  assert.equal(stretch(ruled, 3), 1);
  ruled[2].weighed = false;
  assert.equal(stretch(ruled, 3), 3);
});

test("the schedule next to the wanted share of reuse is worth asking about", () => {
  const known = ["1111", "1010", "1000"].map((schedule) => ({ schedule }));
  assert.equal(worthAsking(known, 0.6), known[1]);
  assert.equal(worthAsking([], 0.6), null);
});

test("one slip in a prediction of steps is forgiven, two are not", () => {
  const reused = [true, false, true, true];
  assert.deepEqual(scoreSteps(reused, reused), { same: 4, n: 4, right: true });
  assert.deepEqual(scoreSteps([true, true, true, true], reused), { same: 3, n: 4, right: true });
  assert.equal(scoreSteps([false, true, true, true], reused).right, false);
});

test("a guess counts within three decibels, on either side", () => {
  assert.deepEqual(scoreGuess(47, 50), { off: 3, right: true });
  assert.equal(scoreGuess(53.5, 50).right, false);
});

test("the fastest that is near enough computes the fewest calls; of two alike it is the nearer", () => {
  /** @param {number} computed @param {number} psnr */
  const of = (computed, psnr) => ({ calls: 50, computed, psnr });
  const points = [of(45, 65), of(8, 36), of(8, 37), of(5, 27)];
  assert.equal(fastest(points, 35), points[2]);
  assert.equal(fastest(points, 90), points[3], "where none is near enough, the fastest of all");
});

test("the nearest of some methods has the highest PSNR", () => {
  assert.equal(nearestOf({ teacache: 49.1, uniform: 49.9, fewer_steps: 49.4 }), "uniform");
});
