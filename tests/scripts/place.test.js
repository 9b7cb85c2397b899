// Gradio's words about its queue.
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeIn } from "./gradio_glue/place.js";

test("the place is read from the words of the status", () => {
  assert.deepEqual(placeIn("queue: 2/3 | 0.4s"), { i: "2", n: "3" });
  assert.deepEqual(placeIn(" queue: 12 / 40 | "), { i: "12", n: "40" });
});

test("words without a place, and the moment before the turn, tell of none", () => {
  for (const text of ["", "processing | 1.2s", "1/0", "1.0s"]) assert.equal(placeIn(text), null, text);
});
