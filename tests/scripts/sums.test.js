// Small sums: correlation, round numbers of axes, schedules as other programs write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ticksBetween } from "./plot/axes.js";
import { scheduleForms } from "./takeaway/forms.js";
import { correlation, most } from "./base/statistics.js";
import { addsUp } from "./words/rounding.js";

test("what moves together has a correlation of 1, what moves apart one of -1", () => {
  assert.ok(Math.abs(correlation([1, 2, 3], [10, 20, 30]) - 1) < 1e-12);
  assert.ok(Math.abs(correlation([1, 2, 3], [3, 2, 1]) + 1) < 1e-12);
  assert.ok(Math.abs(correlation([1, 2, 3, 4], [1, 3, 2, 4]) - 0.8) < 1e-12);
});

test("what does not vary has no correlation", () => {
  assert.equal(correlation([1, 1], [1, 2]), null);
});

test("the first of the greatest is found", () => {
  assert.equal(most([{ a: 1 }, { a: 3 }, { a: 3 }], ({ a }) => a), 1); // prettier-ignore
});

test("ticks are round numbers within the axis", () => {
  assert.deepEqual(ticksBetween(0, 1, 4), [0, 0.5, 1]);
  assert.deepEqual(ticksBetween(0, 0.09, 4), [0, 0.05]);
  assert.deepEqual(ticksBetween(18, 62, 4), [20, 40, 60]);
});

test("a step is computed if any of its calls is, in three programs' forms", () => {
  const forms = scheduleForms({ step: [0, 0, 1, 1, 2, 2], computed: [1, 1, 0, 1, 0, 0] });
  assert.deepEqual(forms, { bits: "110", steps: "1, 2", mask: "[1, 1, 0]" });
});

test("a sum of rounded numbers is one only where it adds up as printed", () => {
  assert.ok(!addsUp(0.02226, 0.02268, 0.04494)); // 0.0223 + 0.0227, 0.0449
  assert.ok(!addsUp(0.04974, 0.02304, 0.07278)); // 0.0497 + 0.0230, 0.0728
  assert.ok(!addsUp(0.0617, 0.0187, 0.08045)); // 0.0805, though its binary digits begin with 0.080449
  assert.ok(addsUp(0.0412, 0.0508, 0.092));
  assert.ok(addsUp(0, 0.00031, 0.00031)); // 3.1e-4
  assert.ok(addsUp(0.001, 0.00042, 0.00142));
});
