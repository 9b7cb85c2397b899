// How far a phone scrolls so that the row of steps is seen beside the clips.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scrollFor } from "./base/sheet.js";

test("a row that is in view already stays where it is", () => {
  assert.equal(scrollFor({ bottom: 500 }, { top: 200 }, 700), 0);
});

test("a row behind the dock comes up to its edge", () => {
  assert.equal(scrollFor({ bottom: 800 }, { top: 300 }, 700), 108);
});

test("the clips never leave the screen for it", () => {
  assert.equal(scrollFor({ bottom: 1400 }, { top: 300 }, 700), 292);
  assert.equal(scrollFor({ bottom: 1400 }, { top: -40 }, 700), 0);
});
