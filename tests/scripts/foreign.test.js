// When a run is said to be of another model than the one before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { watchForeign } from "./history/foreign.js";

const SHAPES = { run: "1-faithful", model: "shapes" };
const SCENES = { run: "scenes-1-faithful", model: "scenes" };

test("a run that only begins, and has no name yet, is not said to be of another model", () => {
  const foreign = watchForeign();
  assert.equal(foreign.arrive(""), false);
  foreign.leave(SCENES, SCENES);
  assert.equal(foreign.arrive(""), false);
  foreign.leave(SCENES, undefined);
  assert.equal(foreign.arrive(""), false);
});

test("a run of another model that was asked for is said once, as it comes", () => {
  const foreign = watchForeign();
  foreign.leave(SCENES, SHAPES);
  assert.equal(foreign.arrive(SCENES.run), true);
  assert.equal(foreign.arrive(SCENES.run), false);
});

test("where something else came, what was asked for is forgotten", () => {
  const foreign = watchForeign();
  foreign.leave(SCENES, SHAPES);
  assert.equal(foreign.arrive("20260101-000000-1"), false);
  assert.equal(foreign.arrive(SCENES.run), false);
});
