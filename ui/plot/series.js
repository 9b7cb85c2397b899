// Puts series of numbers into an empty figure that comes from Python: the twin of
// teacache/study/plot/series.py, which says what a rule of `meta.ends` means. Knows neither words nor
// colours.

/** @import { Figure } from "./filling.js" */
/**
 * @typedef {{ kind: string, x: (number | null)[], y: (number | null)[], name?: string, customdata?: any[] }}
 *   Series
 */
/** @typedef {Record<string, number[]>} Ends by axis */
/** @typedef {Record<string, Record<string, number>[]>} Places of shapes, by their names */

/**
 * Where an axis begins and ends.
 * @param {any} rule
 * @param {Series[]} series
 */
export function span({ of, low, under = Infinity, ...rule }, series) {
  const values = series
    .flatMap((one) => of.flatMap((/** @type {"x"} */ axis) => one[axis]))
    .filter((value) => value !== null && value <= under);
  const { most = Infinity, below = 0, unit, least = -Infinity, times = 1, above = 0 } = rule;
  const begins = low ?? Math.min(most, ...values) - below;
  const ends = Math.max(least, ...values) * times + above;
  return [unit ? Math.floor(begins / unit) * unit : begins, ends];
}

/**
 * The figure of these series.
 * @param {Figure} figure
 * @param {Series[]} series
 * @param {{ ends?: Ends, places?: Places }} [given] ends of axes without a rule, and where shapes lie
 * @returns {Figure}
 */
export function put({ data, layout }, series, { ends = {}, places = {} } = {}) {
  const rules = Object.entries(layout.meta.ends ?? {});
  const ranges = { ...Object.fromEntries(rules.map(([axis, rule]) => [axis, span(rule, series)])), ...ends };
  const axes = Object.entries(ranges).map(([axis, range]) => [axis, { ...layout[axis], range }]);
  const highest = layout.meta.ends?.yaxis?.under ? ranges.yaxis[1] : Infinity;
  /** @param {number | null} y */
  const within = (y) => (y === null ? null : Math.min(y, highest));
  return {
    data: data.flatMap((trace) =>
      series.flatMap(({ kind, ...numbers }) =>
        kind === trace.meta.kind ? [{ ...trace, ...numbers, y: numbers.y.map(within) }] : [],
      ),
    ),
    layout: {
      ...layout,
      ...Object.fromEntries(axes),
      shapes: layout.shapes.flatMap((/** @type {any} */ shape) =>
        (places[shape.name] ?? [{}]).map((place) => ({ ...shape, ...place })),
      ),
    },
  };
}
