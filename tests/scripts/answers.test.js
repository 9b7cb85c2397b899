// What counts as right in the tour's lessons.
import assert from "node:assert/strict";
import { test } from "node:test";

// The words look for the page's language.
Object.assign(globalThis, { document: { documentElement: { lang: "" } } });
const { judgeDot, judgeHalf, judgeLeast } = await import("./teach/answers.js");

const times = Array.from({ length: 50 }, (_, step) => 999 - 20 * step);
/** @param {number[]} changes */
const pairsOf = (changes) => changes.map((out, i) => ({ step: i + 1, out, ind: 0, est: 0 }));

test("halfway down are the steps that no other is nearer to, on either side", () => {
  const right = times.flatMap((_, step) => (judgeHalf(step, times).right ? [step + 1] : []));
  assert.deepEqual(right, [25, 26], "timesteps 519 and 499, ten beside 509");
  const bent = [1000, 900, 700, 400, 0];
  assert.deepEqual(
    bent.flatMap((_, step) => (judgeHalf(step, bent).right ? [step] : [])),
    [3],
  );
});

test("the calmest step is right, one that is almost as calm nearly, others and the first are wrong", () => {
  const pairs = pairsOf([0.3, 0.0149, 0.016, 0.02]);
  const verdicts = [0, 1, 2, 3, 4].map((step) => judgeLeast(step, pairs));
  assert.deepEqual(
    verdicts.map(({ right, nearly = false }) => [right, nearly]),
    [
      [false, false],
      [false, false],
      [true, false],
      [true, true],
      [false, false],
    ],
  );
  assert.equal(verdicts[0].variant, "unknown", "it changed from nothing");
});

test("a dot that is almost the farthest is nearly right, and the farthest is named", () => {
  const pairs = pairsOf([1, 0.95, 0.5]);
  const judge = judgeDot(({ out }) => out);
  const [best, almost, other] = pairs.map((pair) => judge(pair, pairs));
  assert.deepEqual([best.right, best.nearly, almost.right, almost.nearly], [true, false, true, true]);
  assert.equal(almost.variant, "nearly");
  assert.equal(almost.values.best, 2);
  assert.equal(other.right, false);
});
