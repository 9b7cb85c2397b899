// What a page keeps of its run under way, for when it is loaded again. Comes before link.js reads the
// address.

/** @typedef {{ address: string, tries: number }} UnderWay */

const NAME = "teacache-under-way";

/** @returns {UnderWay | null} */
function kept() {
  try {
    const [loaded] = /** @type {PerformanceNavigationTiming[]} */ (
      performance.getEntriesByType("navigation")
    );
    // A copied tab has no part in the run.
    return loaded?.type === "reload" ? JSON.parse(sessionStorage.getItem(NAME) ?? "null") : null;
  } catch {
    return null; // no storage here: then the page begins as it does for all
  }
}
/** @param {UnderWay | null} value */
export function keep(value) {
  try {
    if (value) sessionStorage.setItem(NAME, JSON.stringify(value));
    else sessionStorage.removeItem(NAME);
  } catch (error) {
    console.warn("the run cannot be kept:", error);
  }
}

/** The run that was under way as the page went, or null. */
export const before = kept();
keep(null);
if (before) history.replaceState(history.state, "", before.address); // link.js restores from there
