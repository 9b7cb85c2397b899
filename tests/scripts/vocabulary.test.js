// Which words of a prompt a model was never taught, as a whole and while it is typed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { unknown, unknownSoFar } from "./controls/vocabulary.js";

const WORDS = ["a", "red", "ball", "on", "bouncing"];

test("words that were never taught are named in order, once, whatever stands between them", () => {
  assert.deepEqual(unknown("A cat, a red Skateboard; a cat!", WORDS), ["cat", "skateboard"]);
  assert.deepEqual(unknown(" A red  ball.", WORDS), []);
  assert.deepEqual(unknown("", WORDS), []);
});

test("a word that may still become a known one is not named while it is typed", () => {
  assert.deepEqual(unknownSoFar("a red b", WORDS), []);
  assert.deepEqual(unknownSoFar("a red b ", WORDS), ["b"]);
  assert.deepEqual(unknownSoFar("a cat b", WORDS), ["cat"]);
  assert.deepEqual(unknownSoFar("a red c", WORDS), ["c"]);
});
