// Whether the run that arrives was asked for by its name and is of another model than the one before. Pure.

/** @typedef {{ run: string, model: string }} OfModel */

export function watchForeign() {
  /** @type {string | null} a run of another model that was asked for */
  let foreign = null;
  return {
    /**
     * @param {OfModel | undefined} wanted
     * @param {OfModel | undefined} shown
     */
    leave(wanted, shown) {
      foreign = wanted && shown && wanted.model !== shown.model ? wanted.run : null;
    },
    /** One that has only begun has no name yet, and is none that was asked for. @param {string} run */
    arrive(run) {
      const came = foreign !== null && run === foreign;
      foreign = null;
      return came;
    },
  };
}
