// How long a run under way will still take: one estimate over both of its halves and the decoding of both
// clips. What is to come counts as so many computed calls, each at the pace of those so far. Pure.

/**
 * @typedef {object} Expected of the cached run, before it begins
 * @property {number[] | null} schedule which calls it computes; null: not foretold
 * @property {number} share of the calls that it computes, where no schedule is foretold
 * @property {number} decoding seconds of one clip
 */
/**
 * @typedef {object} Place where a run is
 * @property {string} run its id
 * @property {string} phase
 * @property {number} calls of each half, in all
 * @property {number} uncached calls that are done
 * @property {number[]} cached of the calls that are done, which were computed
 */

const COUNTED = ["uncached", "decoding", "cached", "again"]; // the others are short, or nobody knows
const FEWEST = 4; // calls, before a pace can be told
const LATEST = 24; // computed calls that tell the pace: a machine may become slower
const REUSED = 0.06; // of a computed call: what a reused one takes
const [MUCH, SECONDS] = [1.5, 2]; // a rise of less is not told: the next calls may take it back
const FASTEST = 5; // seconds that go by in one, where less is left than was thought

/** In computed calls. @param {number[]} computed */
const workOf = (computed) => computed.reduce((sum, call) => sum + (call ? 1 : REUSED), 0);

/** What the cached run has still to do, in computed calls. @param {Expected} expected @param {Place} place */
function ahead({ schedule, share }, { calls, cached }) {
  if (schedule?.length === calls) return workOf(schedule.slice(cached.length));
  const computed = cached.reduce((sum, call) => sum + call, 0);
  const rest = calls - cached.length;
  const compute = Math.min(rest, Math.max(0, share * calls - computed));
  return compute + REUSED * (rest - compute);
}

class Pace {
  phase = "";
  latest = 0; // when the latest call was done or the phase began, in seconds
  calls = 0; // that were done then
  work = 0; // of them
  /** @type {{ seconds: number, work: number }[]} calls that were waited for, the latest first */
  samples = [];

  /** @param {Expected} expected */
  constructor(expected) {
    this.expected = expected;
    this.decoding = expected.decoding;
  }

  /** @param {Place} place @param {number} now */
  follow({ phase, uncached, cached }, now) {
    const [calls, work] = phase === "cached" ? [cached.length, workOf(cached)] : [uncached, uncached];
    const isSame = phase === this.phase;
    if (isSame && calls <= this.calls) return;
    if (isSame) this.samples.unshift({ seconds: now - this.latest, work: work - this.work });
    else if (this.phase === "decoding") this.decoding = now - this.latest;
    [this.phase, this.latest, this.calls, this.work] = [phase, now, calls, work];
  }

  /** Seconds of a computed call, by the latest ones; null while nobody can know. */
  call() {
    if (this.samples.length < FEWEST) return null;
    let [seconds, work] = [0, 0];
    for (const sample of this.samples) {
      if (work >= LATEST) break;
      seconds += sample.seconds;
      work += sample.work;
    }
    return seconds / work;
  }
  /** @param {Place} place @param {number} now */
  left(place, now) {
    const call = this.call();
    if (call === null || !COUNTED.includes(place.phase)) return null;
    const { phase, calls, uncached, cached } = place;
    const since = now - this.latest;
    if (phase === "decoding") {
      const another = cached.length ? 0 : call * ahead(this.expected, place) + this.decoding;
      return another + Math.max(0, this.decoding - since);
    }
    const own = phase === "cached" ? 0 : calls - uncached;
    const cachedRun = phase === "again" ? 0 : ahead(this.expected, place);
    const clips = phase === "uncached" ? 2 : 1;
    return call * (own + cachedRun) - Math.min(since, call) + clips * this.decoding;
  }
}

/**
 * What is told after so many seconds: it falls all the time, the slower the more is left, and comes to what
 * is left without a jump. Only where the machine has become much slower it rises.
 * @param {number} shown before
 * @param {number} left
 * @param {number} seconds since then
 */
function fallen(shown, left, seconds) {
  if (left > MUCH * shown + SECONDS) return left;
  const rate = Math.min(FASTEST, (shown / Math.max(left, 1e-9)) ** 2);
  const fall = Math.max(0, shown - rate * seconds);
  return shown > left ? Math.max(left, fall) : fall;
}

/** @param {Expected} expected */
export function makePace(expected) {
  let [pace, run] = [new Pace(expected), ""];
  /** @type {{ left: number, at: number } | null} */
  let shown = null;
  /**
   * Seconds, or null while nobody can know.
   * @param {Place} place
   * @param {number} now in seconds
   */
  return (place, now) => {
    if (place.run !== run) [pace, run, shown] = [new Pace(expected), place.run, null];
    pace.follow(place, now);
    const left = pace.left(place, now);
    if (left === null) return null;
    const next = shown ? fallen(shown.left, Math.max(0, left), now - shown.at) : Math.max(0, left);
    shown = { left: next, at: now };
    return next;
  };
}
