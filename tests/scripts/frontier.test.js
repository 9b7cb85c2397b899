// Which runs no other beats.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alike, closest, differences, frontier, ladderLine } from "./history/frontier.js";

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

test("runs are alike by all that was asked for, and else it is told in what they differ", () => {
  const run = { model: "shapes", steps: 20, prompt: "a ball", seed: 1, size: [16, 64, 64], guidance: 5 };
  assert.ok(alike(run, { ...run, size: [...run.size] }));
  const others = { steps: 30, model: "x", prompt: "a star", seed: 2, size: [16, 32, 64], guidance: 1 };
  for (const [name, value] of Object.entries(others)) {
    const other = { ...run, [name]: value };
    assert.ok(!alike(run, other), name);
    assert.deepEqual(differences(run, other), [name]);
  }
});

test("TeaCache's line goes through the run on screen, which lies among its recordings", () => {
  const rungs = [0.03, 0.055].map((threshold) => ({ threshold, measured: 2, psnr: 50 }));
  const own = { threshold: 0.042, measured: 2.06, psnr: 49.5 };
  assert.deepEqual(ladderLine(rungs, own), [rungs[0], own, rungs[1]]);
  assert.deepEqual(ladderLine([], own), []); // one dot is no line
});

test("a run is read against others of its own model only", () => {
  const asked = { prompt: "a ball", seed: 1, steps: 20, size: [16, 64, 64], guidance: 5 };
  const [current, own] = [
    { ...asked, model: "shapes" },
    { ...asked, model: "shapes" },
  ];
  const [same, other] = ["shapes", "scenes"].map((model) => ({ ...asked, prompt: "a boat", model }));
  assert.deepEqual(closest(current, [own], [same, other]), [same, own, current]);
});
