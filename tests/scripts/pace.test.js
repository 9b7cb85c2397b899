// The time left of a run under way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePace } from "./controls/pace.js";

const CALLS = 20;
const REUSED = 0.06;
const SCHEDULE = Array.from({ length: CALLS }, (_, i) => Number(i < 4 || i % 2 || i === CALLS - 1));
const FORETOLD = { schedule: SCHEDULE, share: 0.5, decoding: 0 };
const COMPUTED = SCHEDULE.reduce((sum, call) => sum + call, 0);

/** Where a run is, at every state that comes of it: [place, seconds]. */
function states({ call = 2, slower = 1, decoding = 3, kept = false } = {}) {
  const all = [];
  let now = 100;
  let uncached = kept ? CALLS : 0;
  const cached = [];
  const say = (phase, seconds) => {
    now += seconds;
    all.push([{ run: "a", phase, calls: CALLS, uncached, cached: [...cached] }, now]);
  };
  if (!kept) {
    say("uncached", 0);
    while (uncached++ < CALLS) say("uncached", call);
    uncached = CALLS;
    say("decoding", 0);
    say("decoding", decoding / 2);
    now += decoding / 2;
  }
  say("cached", 0);
  for (const computed of SCHEDULE) {
    cached.push(computed);
    say("cached", slower * call * (computed || REUSED));
  }
  say("decoding", 0);
  say("decoding", decoding);
  return all;
}
/** What is told at each of them, and what was then really left. */
function estimatesOf(expected, all) {
  const left = makePace(expected);
  const end = all.at(-1)[1];
  return all.map(([place, now]) => ({ ...place, now, left: left(place, now), truth: end - now }));
}
const counted = (rows) => rows.filter(({ left }) => left !== null);

test("nothing is told before there is a pace", () => {
  const rows = estimatesOf(FORETOLD, states());
  assert.deepEqual(
    rows.slice(0, 5).map(({ left }) => left === null),
    [true, true, true, true, false],
  );
});

test("over both halves and their decoding the seconds fall and never jump", () => {
  const rows = counted(estimatesOf(FORETOLD, states()));
  const falls = rows.slice(1).map(({ left, now }, i) => [rows[i].left - left, now - rows[i].now]);
  assert.ok(falls.every(([fall, seconds]) => fall >= 0 && fall <= 5 * seconds + 1e-9));
  assert.equal(rows.at(-1).left, 0);
});

test("where the decoding is foretold too, what is told is what is left", () => {
  for (const { left, truth } of counted(estimatesOf({ ...FORETOLD, decoding: 3 }, states())))
    assert.ok(Math.abs(left - truth) < 1e-9, `${left} for ${truth}`);
});

test("the cached half begins with what the uncached half had left for it", () => {
  const rows = estimatesOf({ ...FORETOLD, decoding: 3 }, states());
  const first = rows.findIndex(({ phase }) => phase === "cached");
  const [before, after] = [rows[first - 1], rows[first]];
  assert.ok(before.left >= after.left && before.left - after.left < 3);
  const work = COMPUTED + REUSED * (CALLS - COMPUTED); // and not as if all were computed
  assert.ok(Math.abs(after.left - 2 * work - 3) < 1e-9);
});

test("without a schedule the share of computed calls counts, less those that were computed", () => {
  const share = COMPUTED / CALLS;
  for (const { left, truth, phase } of counted(estimatesOf({ schedule: null, share, decoding: 3 }, states())))
    if (phase !== "cached") assert.ok(Math.abs(left - truth) < 1e-9);
    else assert.ok(Math.abs(left - truth) < 0.2 * 2 * CALLS);
});

test("while a slow call lasts the seconds go on falling", () => {
  const left = makePace(FORETOLD);
  const place = { run: "a", phase: "uncached", calls: CALLS, cached: [] };
  for (const uncached of [0, 1, 2, 3, 4]) left({ ...place, uncached }, 100 + 10 * uncached);
  const [early, late] = [143, 149].map((now) => left({ ...place, uncached: 4 }, now));
  assert.ok(Math.abs(early - late - 6) < 1e-9);
});

test("what is done once before the calls of a half does not slow their pace", () => {
  const left = makePace({ ...FORETOLD, decoding: 3 });
  const all = states();
  const end = all.at(-1)[1];
  left({ ...all[0][0], phase: "uncached" }, 0);
  left({ ...all[0][0], phase: "warming" }, 1);
  for (const [place, now] of all.slice(0, 8)) {
    const seconds = left(place, now);
    assert.ok(seconds === null || Math.abs(seconds - (end - now)) < 1e-9);
  }
});

test("a machine that has become much slower is told of", () => {
  const rows = counted(estimatesOf({ ...FORETOLD, decoding: 3 }, states({ slower: 8 })));
  assert.ok(rows.some(({ left }, i) => i && left > rows[i - 1].left));
});

test("an uncached run that is kept leaves the cached half alone, by its own pace", () => {
  const rows = estimatesOf({ ...FORETOLD, decoding: 3 }, states({ kept: true }));
  assert.equal(rows[1].left, null);
  for (const { left, truth } of counted(rows)) assert.ok(Math.abs(left - truth) < 1e-9);
});

test("where calls are uneven the seconds fall without jumps all the same", () => {
  const left = makePace({ ...FORETOLD, decoding: 3 });
  let [now, before] = [100, null];
  const place = { run: "a", phase: "uncached", calls: 60, cached: [] };
  for (let uncached = 0; uncached < 60; uncached++) {
    const [seconds, call] = [left({ ...place, uncached }, now), uncached % 5 < 1 ? 1.4 : 0.3];
    if (before !== null) assert.ok(seconds <= before && before - seconds < 4);
    [before, now] = [seconds, now + call];
  }
});

test("another run begins anew", () => {
  const left = makePace(FORETOLD);
  for (const [place, now] of states()) left(place, now);
  const [[place]] = states();
  assert.equal(left({ ...place, run: "b" }, 900), null);
});
