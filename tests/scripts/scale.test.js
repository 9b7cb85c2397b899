// A place for every schedule.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bySchedules, even, insetsFor, numbersAlong } from "./controls/scale.js";

// Half of the schedules lie below 0.1, as on a real run; the last row is open.
const ENDS = [0.01, 0.0102, 0.03, 0.08, 0.5, null];
const rows = ENDS.map((high, i) => [
  ENDS[i - 1] ?? 0,
  high,
  "1",
  "a",
  [0.01, 0.0101, 0.02, 0.05, 0.3, 0.8][i],
]);
const scale = bySchedules(rows);

test("each schedule has a place of its own, and neighbours are one step apart", () => {
  assert.equal(scale.last, rows.length);
  rows.forEach(([low, high], i) => {
    assert.equal(scale.placeOf(high ?? 9), i + 1);
    assert.equal(scale.placeOf(low + 1e-6), i + 1);
  });
});

test("a place gives the short number of its schedule, which lies at that place again", () => {
  for (let place = 0; place <= scale.last; place++) {
    assert.equal(scale.placeOf(scale.thresholdAt(place)), place);
  }
  assert.equal(scale.thresholdAt(2), 0.0101);
});

test("the first place is off", () => {
  assert.equal(scale.placeOf(0), 0);
  assert.equal(scale.thresholdAt(0), 0);
});

test("beyond the last schedule the last one holds", () => {
  assert.equal(scale.placeOf(7), scale.last);
  assert.equal(scale.thresholdAt(99), 0.8);
});

test("where no schedules are known the thresholds are even", () => {
  const none = even(0.8);
  assert.equal(none.thresholdAt(none.last), 0.8);
  assert.equal(none.thresholdAt(none.placeOf(0.4)), 0.4);
});

test("another run's scale begins or ends some pixels inwards, so that the handle stays where it was", () => {
  for (const [share, at] of [
    [0.28, 290],
    [0.3, 290],
    [0, 0],
    [1, 1000],
    [0.97, 990],
  ]) {
    const { left, right } = insetsFor(share, at, 1000);
    assert.ok(left >= 0 && right >= 0);
    if (left + right) assert.ok(Math.abs(left + share * (1000 - left - right) - at) < 1e-9);
    else assert.ok(Math.abs(share * 1000 - at) < 1e-9 || share === 0.97);
  }
});

test("a handle whose place is far away goes there", () => {
  assert.deepEqual(insetsFor(0.7, 300, 1000), { left: 0, right: 0 });
  assert.deepEqual(insetsFor(0.2, 300, 1000), { left: 0, right: 0 });
});

test("the numbers along a scale are its ends and round thresholds, apart from one another", () => {
  for (const each of [even(0.15), even(0.8), even(3), scale]) {
    const numbers = numbersAlong(each);
    const end = each.thresholdAt(each.last);
    assert.deepEqual(
      [numbers[0], numbers.at(-1)],
      [
        { threshold: 0, share: 0 },
        { threshold: end, share: 1 },
      ],
    );
    assert.ok(numbers.length > 2);
    for (const { threshold, share } of numbers) assert.equal(share, each.placeOf(threshold) / each.last);
    numbers.slice(1).forEach(({ share }, i) => assert.ok(share - numbers[i].share >= 0.09));
  }
});
