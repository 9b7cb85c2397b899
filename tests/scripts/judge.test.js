// What the what-if had foretold, against what came.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, promiseOf } from "./board/judge.js";

const about = { model: "shapes", prompt: "a ball", seed: 1, guidance: 5 };
const shown = { run: "1", about, steps: 4, rules: "r", controls: { threshold: 0.1 } };
const table = {
  signal: "indicator",
  rules: "r",
  stands: { asked: "default", variant: "default", held: true },
};
const view = { run: shown, kind: "whatif", table, row: [0.1, 0.3, "1001", "abcd", 0.2], threshold: 0.2 };
const made = (computed, more = {}) => ({
  ...shown,
  run: "2",
  controls: { threshold: 0.2 },
  cached: { computed },
  ...more,
});

test("another schedule by the same indicator is a promise", () => {
  assert.deepEqual(promiseOf(view).schedule, "1001");
  assert.equal(promiseOf({ ...view, kind: "same" }), null);
  assert.equal(promiseOf({ ...view, table: { ...table, signal: "latent" } }), null);
  const stands = { asked: "latent", variant: "default", held: false };
  assert.equal(promiseOf({ ...view, table: { ...table, stands } }), null);
  assert.equal(promiseOf(null), null);
});

test("a promise is kept call by call", () => {
  assert.deepEqual(judge(promiseOf(view), made([1, 0, 0, 1])), {
    wrong: new Set(),
    same: 4,
    n: 4,
    schedule: "1001",
  });
  const missed = judge(promiseOf(view), made([1, 1, 0, 0]));
  assert.deepEqual([[...missed.wrong], missed.same], [[1, 3], 2]);
});

test("a run about something else keeps no promise and breaks none", () => {
  const promised = promiseOf(view);
  const others = [
    made([1, 0, 0]),
    made([1, 0, 0, 1], { rules: "other" }),
    made([1, 0, 0, 1], { controls: { threshold: 0.21 } }),
    made([1, 0, 0, 1], { about: { ...about, seed: 2 } }),
    made([1, 0, 0, 1], { steps: 5 }),
  ];
  for (const run of others) assert.equal(judge(promised, run), null);
});
