// Fills columns into the empty figure of the run's plot, which comes from Python: the twin of
// teacache/study/plot/filling.py. Knows neither words nor colours.
import shared from "../shared.js";

/** @import { Columns } from "../screen/types.js" */
/** @import { Numbers } from "../words/types.js" */
/** @typedef {{ data: any[], layout: any }} Figure as Plotly's JSON */
/** @typedef {{ upper: number, lower: number }} Ends where the two axes end */
/**
 * @typedef {object} Filling
 * @property {Columns} run
 * @property {Columns} uncached for what really changed
 * @property {string[]} branches
 * @property {number} steps
 * @property {number} threshold
 * @property {boolean} own mark the run's own changes
 */

/**
 * Whether a rule computed a call before its distance was weighed.
 * @param {string} reason
 */
export const isByRule = (reason) => shared.reasons.byRule.includes(reason);

/** @type {Record<string, (of: Columns, i: number, y: any, end: number) => unknown>} */
const WHERE = {
  known: (of, i, y) => isKnown(of[/** @type {"out"} */ (y)][i]),
  exact: (of, i, y) => isKnown(of[/** @type {"out"} */ (y)][i]) && of.exact[i],
  computed: (of, i) => of.computed[i] && of.acc[i],
  reused: (of, i) => !of.computed[i] && of.acc[i],
  forced: (of, i) => of.computed[i] && isByRule(of.reason[i]),
  cut: (of, i, _, end) => (of.acc[i] ?? 0) > end,
};

/** @param {number | null | undefined} value */
const isKnown = (value) => value !== null && value !== undefined && isFinite(value);

/** @param {Numbers} values @returns {number[]} */
const numbersOf = (values) => /** @type {number[]} */ (values.filter(isKnown));

/**
 * Where the axes end, by what the empty figure says of them.
 * @param {Figure} figure
 * @param {Filling} filling
 * @returns {Ends}
 */
export function endsOf({ layout: { meta } }, { run, uncached, threshold }) {
  const { upper, lower } = meta;
  const changes = numbersOf([...run.est, ...uncached.out, ...run.out.filter((_, i) => run.exact[i])]);
  const highest = lower.room * Math.max(0, ...numbersOf(run.acc));
  const top = threshold > 0 ? Math.min(highest, lower.most * threshold) : highest;
  return {
    upper: upper.room * (changes.length ? Math.max(...changes) : upper.least),
    lower: Math.max(top, lower.around * threshold, lower.least),
  };
}

/**
 * The figure with every trace once a branch, its axes as long as they shall be, the threshold where it is.
 * @param {Figure} figure
 * @param {Filling} filling
 * @param {Ends} [ends]
 * @returns {Figure}
 */
export function fill(figure, filling, ends = endsOf(figure, filling)) {
  const { steps, threshold, own } = filling;
  const { xaxis, yaxis, yaxis2, shapes, ...layout } = figure.layout;
  const traces = figure.data.filter(({ meta }) => own || meta.kind !== "own");
  const [, every] = layout.meta.named.find((/** @type {number[]} */ [beyond]) => steps > beyond);
  return {
    data: filling.branches.flatMap((_, place) =>
      traces.map((trace) => filled(trace, filling, place, ends.lower, layout.meta)),
    ),
    layout: {
      ...layout,
      xaxis: { ...xaxis, range: [0.5, steps + 0.5], tick0: every, dtick: every },
      yaxis: { ...yaxis, range: [0, ends.upper] },
      yaxis2: { ...yaxis2, range: [0, ends.lower] },
      shapes: shapes.map((/** @type {object} */ line) => ({ ...line, y0: threshold, y1: threshold })),
    },
  };
}

/**
 * One trace of one branch.
 * @param {any} trace
 * @param {Filling} filling
 * @param {number} place of the branch
 * @param {number} end of the lower axis
 * @param {any} measures
 */
function filled(trace, { run, uncached, branches }, place, end, measures) {
  const { of: source, y, where, apart, faint } = trace.meta;
  const of = source === "run" ? run : uncached;
  const isIn = (/** @type {number} */ i) => Boolean(WHERE[where](of, i, y, end));
  const width = measures.bars / branches.length;
  const middle = apart ? (place - (branches.length - 1) / 2) * width : 0;
  const isBar = trace.type === "bar";
  // A bar of every call, those of others empty: Plotly lets bars answer as far as they stand apart.
  const calls = of.step.flatMap((_, i) => (of.branch[i] === place && (isBar || isIn(i)) ? [i] : []));
  const yOf = (/** @type {number} */ i) =>
    typeof y === "string" ? of[/** @type {"out"} */ (y)][i] : y * end;
  return {
    ...trace,
    name: trace.name && trace.name + (branches.length > 1 ? " · " + branches[place] : ""),
    opacity: place && faint ? measures.faint : 1,
    ...(isBar && { width, offset: middle - width / 2 }),
    x: calls.map((i) => of.step[i] + 1 + (isBar ? 0 : middle)),
    y: calls.map((i) => (isIn(i) ? yOf(i) : null)),
  };
}
