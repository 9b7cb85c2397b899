// What the server knows of a run or a model and the diagram needs, asked for when it is first needed.

const AGAIN_MS = 3000; // after which a server that did not answer is asked once more

/**
 * Gives what there is of one of them; null where there is nothing, undefined while that is not known.
 * @template T
 * @param {"anatomy" | "pictures"} what
 * @param {"teach" | "model"} [of] a run, or a model
 * @returns {(id: string, ondone: () => void) => T | null | undefined} `ondone` is called once it is known
 */
export function askerFor(what, of = "teach") {
  /** @type {Map<string, T | null | undefined>} by id */
  const answers = new Map();

  /** @param {string} id @param {() => void} ondone */
  async function ask(id, ondone) {
    answers.set(id, undefined);
    const answer = await fetch(`teacache/${of}/${encodeURIComponent(id)}/${what}`).catch(() => null);
    if (!answer?.ok && answer?.status !== 404) {
      setTimeout(() => answers.delete(id), AGAIN_MS);
      return;
    }
    answers.set(id, answer.ok ? await answer.json() : null);
    ondone();
  }
  return (id, ondone) => {
    if (!answers.has(id)) void ask(id, ondone);
    return answers.get(id);
  };
}
