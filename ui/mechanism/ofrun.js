// What the server knows of a run and the diagram needs, asked for when it is first needed.

const AGAIN_MS = 3000; // after which a server that did not answer is asked once more

/**
 * Gives what there is of a run; null where there is nothing, undefined while that is not known.
 * @template T
 * @param {"anatomy" | "pictures"} what
 * @returns {(run: string, ondone: () => void) => T | null | undefined} `ondone` is called once it is known
 */
export function askerFor(what) {
  /** @type {Map<string, T | null | undefined>} by the run's id */
  const known = new Map();

  /** @param {string} run @param {() => void} ondone */
  async function ask(run, ondone) {
    known.set(run, undefined);
    const answer = await fetch(`teacache/teach/${encodeURIComponent(run)}/${what}`).catch(() => null);
    if (!answer?.ok && answer?.status !== 404) {
      setTimeout(() => known.delete(run), AGAIN_MS);
      return;
    }
    known.set(run, answer.ok ? await answer.json() : null);
    ondone();
  }
  return (run, ondone) => {
    if (!known.has(run)) void ask(run, ondone);
    return known.get(run);
  };
}
