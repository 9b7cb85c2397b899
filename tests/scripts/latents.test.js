// Which of the latents that were kept stand for a step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { latentsAt } from "./screen/latents.js";

const latents = { width: 1, height: 1, steps: [0, 3, 6], rgb: "" };

test("a step is shown by its own latents or by the last that were kept before it", () => {
  assert.deepEqual(latentsAt(latents, 3), { place: 1, step: 3 });
  assert.deepEqual(latentsAt(latents, 5), { place: 1, step: 3 });
  assert.deepEqual(latentsAt(latents, 0), { place: 0, step: 0 });
  assert.equal(latentsAt(null, 5), null);
});
