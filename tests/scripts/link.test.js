// What a link tells of the controls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkWords } from "./link/linkwords.js";

const run = {
  steps: 20,
  about: { model: "shapes", prompt: "a ball", seed: 1, guidance: 5 },
  controls: { threshold: 0.1, naive: false, planned: null, first: 1, last: 1, max: 0 },
};
const set = {
  ...{ threshold: 0.1, model: "shapes", prompt: "a ball", seed: 1, steps: 20, guidance: 5, seconds: null },
  ...{ estimator: "calibrated", first: 1, last: 1, most: 0, coefficients: "1, 0", negative: "keep" },
  ...{ indicator: "indicator", mode: "" },
};

test("controls that are as the run has them are not told", () => {
  assert.deepEqual(linkWords(set, run, 0.1), {});
});

test("what differs is told, as words", () => {
  const changed = { ...set, seed: 5, first: 0.1, negative: "abs", most: 3 };
  assert.deepEqual(linkWords(changed, run, 0.1), { seed: "5", first: "0.1", negative: "abs", most: "3" });
});

test("the slider's own threshold counts, not the control's", () => {
  assert.deepEqual(linkWords({ ...set, threshold: 0.7 }, run, 0.25), { threshold: "0.25" });
  assert.deepEqual(linkWords(set, run, null), {});
});

test("coefficients are told where they are the visitor's own", () => {
  const own = linkWords({ ...set, estimator: "own" }, run, 0.1);
  assert.deepEqual(own, { estimator: "own", coefficients: "1, 0" });
});

test("a planned schedule is told where it is the estimator", () => {
  const planned = { ...set, planned: "10-of-20" };
  assert.deepEqual(linkWords(planned, run, 0.1), {});
  const chosen = { ...planned, estimator: "planned" };
  assert.deepEqual(linkWords(chosen, run, 0.1), { planned: "10-of-20", estimator: "planned" });
  const shown = { ...run, controls: { ...run.controls, planned: "10-of-20" } };
  assert.deepEqual(linkWords(chosen, shown, 0.1), {});
});

test("before Gradio has told what the controls hold there is nothing to tell", () => {
  assert.deepEqual(linkWords({}, run, 0.1), {});
});
