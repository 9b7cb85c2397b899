// The time left of a run under way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePace } from "./controls/pace.js";

const uncached = { lane: "a uncached", calls: 10, another: true };

test("nothing is told before there is a pace", () => {
  const left = makePace(0.5);
  assert.equal(left({ ...uncached, done: 1 }, 100), null);
  assert.equal(left({ ...uncached, done: 2 }, 101), null);
});

test("what is left takes as long a call as those so far, the cached run's share of them included", () => {
  const left = makePace(0.5);
  left({ ...uncached, done: 1 }, 100);
  assert.equal(left({ ...uncached, done: 5 }, 108), 2 * (5 + 5));
});

test("the cached run has a pace of its own, with its reused calls", () => {
  const left = makePace(0.5);
  left({ ...uncached, done: 1 }, 100);
  left({ ...uncached, done: 10 }, 118);
  const cached = { lane: "a cached", calls: 10, another: false };
  assert.equal(left({ ...cached, done: 1 }, 120), null);
  assert.equal(left({ ...cached, done: 5 }, 122), 0.5 * 5);
});
