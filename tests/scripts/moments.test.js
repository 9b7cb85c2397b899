// Which steps a film strip shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { momentsOf } from "./teach/moments.js";

const given = [0, 6, 12, 18, 24, 31, 37, 43, 49]; // latents that are kept of 50 steps
const predicted = Array.from({ length: 49 }, (_, i) => i + 1);

test("two strips show the same steps but for the first, which each has of its own", () => {
  const [noise, clips] = [momentsOf(given, predicted, 5), momentsOf(predicted, given, 5)];
  assert.equal(noise[0], 0);
  assert.equal(clips[0], 1);
  assert.deepEqual(noise.slice(1), clips.slice(1));
  assert.deepEqual(noise, [0, 12, 24, 37, 49]);
});

test("of few steps none is shown twice", () => {
  const steps = momentsOf([1, 2, 3], [0, 1, 2, 3], 5);
  assert.deepEqual(steps, [...new Set(steps)]);
  assert.equal(steps.at(-1), 3);
});

test("strips without a step in common are each spread over their own", () => {
  assert.deepEqual(momentsOf([0, 2, 4], [1, 3], 3), [0, 2, 4]);
});
