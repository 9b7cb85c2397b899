// The one place where a view becomes Plotly traces. Colours come from the style sheet, so both themes have
// their own.
import { BAR, cutOff, everyOf, GEOMETRY, rangesOf } from "./axes.js";
import { colour } from "./dom.js";
import { isByRule } from "./strip.js";
import { branchName, t } from "./words.js";

/** @import { Columns, View } from "./types.js" */

/**
 * The places of one branch's calls.
 * @param {Columns} columns
 * @param {number} branch
 */
const lane = (columns, branch) => columns.step.flatMap((_, i) => (columns.branch[i] === branch ? [i] : []));

/**
 * The steps of some calls, counted from 1.
 * @param {Columns} columns
 * @param {number[]} places
 */
const stepsOf = (columns, places) => places.map((i) => columns.step[i] + 1);

/**
 * @param {Columns} source
 * @param {"out" | "est"} field
 * @param {number} branch
 * @param {object} look
 */
function line(source, field, branch, look) {
  const places = lane(source, branch).filter((i) => source[field][i] !== null);
  const y = places.map((i) => source[field][i]);
  const common = { type: "scatter", mode: "lines", hovertemplate: "%{y:.3g}", opacity: branch ? 0.55 : 1 };
  return { ...common, x: stepsOf(source, places), y, ...look };
}

/**
 * @param {View} view
 * @param {number} branch
 * @param {string} suffix
 */
const lines = ({ base, columns }, branch, suffix) => [
  line(base, "out", branch, {
    name: t("legend_actual") + suffix,
    line: { color: colour("actual"), width: 2 },
  }),
  line(columns, "est", branch, {
    name: t("legend_est") + suffix,
    line: { color: colour("estimate"), width: 1.6, dash: "5px,3px" },
  }),
];

/** @param {boolean} computed */
function barLook(computed) {
  const shade = colour(computed ? "computed" : "reused");
  const soft = colour("reused-soft");
  const hatch = { fgcolor: shade, bgcolor: soft, size: 5, solidity: 0.45, fillmode: "replace" };
  return {
    color: computed ? shade : soft,
    line: { width: 1, color: shade },
    pattern: { shape: computed ? "" : "/", ...hatch },
  };
}

/**
 * @param {View} view
 * @param {number} branch
 * @param {number} branches
 * @param {boolean} computed
 */
function bars({ columns }, branch, branches, computed) {
  const places = lane(columns, branch).filter(
    (i) => Boolean(columns.computed[i]) === computed && columns.acc[i],
  );
  const width = BAR / branches;
  return {
    type: "bar",
    yaxis: "y2",
    width,
    offset: branches > 1 ? (branch - branches / 2) * width : -width / 2,
    x: stepsOf(columns, places),
    y: places.map((i) => columns.acc[i]),
    customdata: places,
    name: t(computed ? "hover_sum_computed" : "hover_sum_reused"),
    hovertemplate: "%{y:.3g}",
    marker: barLook(computed),
  };
}

/**
 * @param {View} view
 * @param {number} branch
 * @param {number} end of the lower axis
 */
function forced({ columns }, branch, end) {
  const places = lane(columns, branch).filter((i) => columns.computed[i] && isByRule(columns.reason[i]));
  return {
    type: "scatter",
    mode: "markers",
    yaxis: "y2",
    x: stepsOf(columns, places),
    y: places.map(() => end * GEOMETRY.forced),
    marker: { symbol: "diamond", size: 8, color: colour("computed-deep") },
    name: t("legend_forced"),
    hovertemplate: " ",
  };
}

/**
 * A gap in every bar that goes on above the axis.
 * @param {View} view
 * @param {number} end of the lower axis
 * @param {number} branches
 */
function gaps({ columns }, end, branches) {
  const places = cutOff(columns, end);
  const width = BAR / branches;
  return {
    type: "scatter",
    mode: "markers",
    yaxis: "y2",
    hoverinfo: "skip",
    x: places.map((i) => columns.step[i] + 1 + (columns.branch[i] - (branches - 1) / 2) * width),
    y: places.map(() => end * GEOMETRY.gap),
    marker: { symbol: "line-ne", size: GEOMETRY.gapSize, line: { width: 3, color: colour("card") } },
  };
}

/**
 * The run's own changes, where they were measured.
 * @param {View} view
 * @param {number} branch
 * @param {string} suffix
 */
function exactDots({ columns }, branch, suffix) {
  const places = lane(columns, branch).filter((i) => columns.exact[i] && columns.out[i] !== null);
  return {
    type: "scatter",
    mode: "markers",
    x: stepsOf(columns, places),
    y: places.map((i) => columns.out[i]),
    name: t("legend_this") + suffix,
    hovertemplate: "%{y:.3g}",
    marker: { color: colour("card"), size: 6, line: { color: colour("actual"), width: 1.5 } },
  };
}

/**
 * Traces and layout of a view, for Plotly.
 * @param {View} view
 */
export function figureOf(view) {
  const range = rangesOf(view);
  const branches = Math.max(1, view.run.branches.length);
  const traces = [];
  for (let branch = 0; branch < branches; branch++) {
    const suffix = branches > 1 ? " · " + branchName(view.run.branches[branch]) : "";
    traces.push(...lines(view, branch, suffix));
    if (view.kind !== "whatif" && !view.measuring) traces.push(exactDots(view, branch, suffix));
    traces.push(bars(view, branch, branches, true), bars(view, branch, branches, false));
    traces.push(forced(view, branch, range.lower));
  }
  traces.push(gaps(view, range.lower, branches));
  return { traces, layout: layout(view, range) };
}

/** @param {string} ink */
function commonLayout(ink) {
  const { left, right, top, bottom } = GEOMETRY;
  const family = getComputedStyle(document.querySelector(".tc-root") || document.body).fontFamily;
  return {
    margin: { l: left, r: right, t: top, b: bottom },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family, size: 11, color: ink },
    showlegend: false,
    bargap: 0,
    barmode: "overlay",
    dragmode: innerWidth < 700 ? false : "zoom",
    hovermode: "x unified",
    hoversubplots: "axis",
    hoverlabel: {
      bgcolor: colour("card"),
      bordercolor: colour("line"),
      font: { color: colour("ink"), size: 11 },
    },
  };
}

/**
 * @param {View} view
 * @param {{ upper: number, lower: number }} range
 */
function layout({ run, steps, threshold }, range) {
  const ink = colour("ink-soft");
  const grid = { gridcolor: colour("grid"), zerolinecolor: colour("grid"), color: ink };
  const axis = { ...grid, fixedrange: false, nticks: 4, tickformat: ".2~g" };
  const ticks = { tick0: everyOf(steps), dtick: everyOf(steps), tickformat: "d" };
  const dashes = { color: colour("threshold"), width: 2, dash: "dash" };
  const across = { type: "line", xref: "paper", x0: 0, x1: 1, yref: "y2", layer: "above", line: dashes };
  return {
    uirevision: run.run, // a visitor's zoom stays while the run goes on
    ...commonLayout(ink),
    xaxis: {
      anchor: "y2",
      range: [0.5, steps + 0.5],
      color: ink,
      showgrid: false,
      zeroline: false,
      ...ticks,
      unifiedhovertitle: { text: t("say_step", { i: "%{x}" }) },
    },
    yaxis: { ...axis, domain: GEOMETRY.upper, range: [0, range.upper] },
    yaxis2: { ...axis, domain: GEOMETRY.lower, range: [0, range.lower] },
    shapes: [{ ...across, y0: threshold, y1: threshold }],
  };
}
