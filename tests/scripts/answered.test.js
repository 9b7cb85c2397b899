// Answers of the tour over a reload: another copy of the module is another visit.
import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {Record<string, string>} */
const shelf = {};
const localStorage = {
  getItem: (/** @type {string} */ key) => shelf[key] ?? null,
  setItem: (/** @type {string} */ key, /** @type {string} */ value) => (shelf[key] = value),
};
Object.defineProperty(globalThis, "localStorage", { value: localStorage });
let visits = 0;
const visit = () => import(`./teach/answered.js?${(visits += 1)}`);
const verdict = (/** @type {boolean} */ right) => ({ right, values: { i: 1 } });

test("an answer survives a reload; right once is right, however the next try ends", async () => {
  const first = await visit();
  first.noteAnswer("noise", "run 0.1", verdict(true));
  first.noteAnswer("noise", "run 0.1", verdict(false));
  const later = await visit();
  assert.deepEqual(later.answerOf("noise"), {
    right: true,
    tries: 2,
    run: "run 0.1",
    verdict: verdict(false),
  });
  assert.equal(later.rightAnswers(), 1);
});

test("forgotten answers stay forgotten", async () => {
  (await visit()).forgetAnswers();
  const later = await visit();
  assert.equal(later.isAnyAnswered(), false);
  assert.equal(later.answerOf("noise"), null);
});

test("what somebody else wrote under the name is no answer", async () => {
  for (const found of ['{"noise": 3}', "7", '{"noise": {"tries": "x"}}', "{"]) {
    shelf["teacache-tour"] = found;
    assert.equal((await visit()).isAnyAnswered(), false, found);
  }
});

test("a lesson that was left is kept over a reload, until answers are forgotten", async () => {
  const first = await visit();
  assert.equal(first.lessonLeft(), 0);
  first.noteLeft(6);
  assert.equal((await visit()).lessonLeft(), 6);
  (await visit()).forgetAnswers();
  assert.equal((await visit()).lessonLeft(), 0);
});
