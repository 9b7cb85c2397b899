// How long a run under way will still take, by the pace of its own calls. Pure.

/**
 * @typedef {object} Place where a run is
 * @property {string} lane of which run: its id and whether it is the uncached or the cached one
 * @property {number} done calls
 * @property {number} calls in all
 * @property {boolean} another the cached run is still to come
 */

const FEWEST = 2; // calls, before a pace can be told

/** @param {number} share of the calls that the cached run is expected to compute */
export function makePace(share) {
  let lane = "";
  let [since, first] = [0, 0];
  /**
   * Seconds, or null while nobody can know.
   * @param {Place} place
   * @param {number} now in seconds
   */
  return (place, now) => {
    if (place.lane !== lane) [lane, since, first] = [place.lane, now, place.done];
    const calls = place.done - first;
    if (calls < FEWEST) return null;
    const call = (now - since) / calls;
    return call * (place.calls - place.done + (place.another ? place.calls * share : 0));
  };
}
