// The plot as a light SVG, drawn in a few milliseconds: both lines, the sums, the threshold. Colours are
// classes of the style sheet.
import { BAR, cutOff, everyOf, GEOMETRY, rangesOf, roundTicks } from "./axes.js";
import { delta } from "./numbers.js";
import { isByRule } from "./strip.js";

/** @import { View } from "./types.js" */
/** @typedef {{ width: number, height: number }} Size */

/**
 * Where things lie, in pixels.
 * @param {Size} size
 * @param {View} view
 */
function frame({ width, height }, view) {
  const { left, right, top, bottom } = GEOMETRY;
  const inner = { w: width - left - right, h: height - top - bottom };
  const branches = Math.max(1, view.run.branches.length);
  return {
    branches,
    right: width - right,
    step: inner.w / view.steps,
    bar: (inner.w / view.steps) * (BAR / branches),
    /** @param {number} step */
    x: (step) => left + ((step + 0.5) / view.steps) * inner.w,
    /** @type {(domain: number[], share: number) => number} */
    y: ([low, high], share) => top + inner.h * (1 - low - (high - low) * share),
  };
}
/** @typedef {ReturnType<typeof frame>} Frame */

/** @param {number} pixels */
const at = (pixels) => pixels.toFixed(1);
/** @param {number} share */
const within = (share) => Math.max(0, Math.min(1, share));

/**
 * @param {Frame} place
 * @param {number[]} domain
 * @param {number} end
 */
const axis = (place, domain, end) =>
  roundTicks(end).map((value) => {
    const y = at(place.y(domain, value / end));
    const { left } = GEOMETRY;
    const text = `<text x="${left - 6}" y="${y}" dy=".35em" text-anchor="end">${delta(value)}</text>`;
    return `<path class="grid" d="M${left} ${y}H${place.right}"/>${text}`;
  });

/**
 * @param {Frame} place
 * @param {View} view
 * @param {number} end
 */
function bars(place, { columns }, end) {
  const zero = place.y(GEOMETRY.lower, 0);
  const rule = place.y(GEOMETRY.lower, GEOMETRY.forced) - 4;
  return columns.acc.flatMap((sum, i) => {
    const drawn = [];
    const middle = place.x(columns.step[i]);
    const computed = Boolean(columns.computed[i]);
    if (computed && isByRule(columns.reason[i])) {
      drawn.push(`<path class="forced" d="M${middle} ${rule}l4 4l-4 4l-4 -4z"/>`);
    }
    if (sum === null || !(sum > 0)) return drawn;
    const left = middle - (place.step * BAR) / 2 + columns.branch[i] * place.bar;
    // A sum above the axis is cut off, as Plotly does.
    const top = place.y(GEOMETRY.lower, Math.min(1, sum / end));
    const box = `x="${at(left)}" y="${at(top)}" width="${at(place.bar)}" height="${at(zero - top)}"`;
    drawn.push(`<rect class="${computed ? "computed" : "reused"}" ${box}/>`);
    return drawn;
  });
}

/**
 * @param {Frame} place
 * @param {View} view
 * @param {number} end
 */
function gaps(place, { columns }, end) {
  const half = (GEOMETRY.gapSize * 1.4) / 4; // Plotly's own reading of the size of such a mark
  const bottom = at(place.y(GEOMETRY.lower, GEOMETRY.gap) + half);
  return cutOff(columns, end).map((i) => {
    const middle = place.x(columns.step[i]) + (columns.branch[i] - (place.branches - 1) / 2) * place.bar;
    return `<path class="gap" d="M${at(middle - half)} ${bottom}l${2 * half} ${-2 * half}"/>`;
  });
}

/**
 * @param {Frame} place
 * @param {View} view
 * @param {number} end
 * @param {number} branch
 */
function lines(place, { base, columns }, end, branch) {
  const faint = branch ? ' opacity=".55"' : "";
  const sources = [
    { source: base, values: base.out, name: "actual" },
    { source: columns, values: columns.est, name: "estimate" },
  ];
  return sources.map(({ source, values, name }) => {
    const points = values.flatMap((value, i) => {
      if (value === null || value === undefined || source.branch[i] !== branch) return [];
      return [`${at(place.x(source.step[i]))},${at(place.y(GEOMETRY.upper, within(value / end)))}`];
    });
    return `<polyline class="${name}" points="${points.join(" ")}"${faint}/>`;
  });
}

/**
 * The run's own changes, where they were measured.
 * @param {Frame} place
 * @param {View} view
 * @param {number} end
 */
function dots(place, { columns, kind, measuring }, end) {
  if (kind === "whatif" || measuring) return [];
  return columns.out.flatMap((value, i) => {
    if (value === null || !columns.exact[i]) return [];
    const y = at(place.y(GEOMETRY.upper, Math.min(1, value / end)));
    return [`<circle class="this" cx="${at(place.x(columns.step[i]))}" cy="${y}" r="3"/>`];
  });
}

/**
 * Along the bottom the same step numbers as Plotly's.
 * @param {Frame} place
 * @param {View} view
 */
function numbers(place, { steps }) {
  const every = everyOf(steps);
  const y = place.y(GEOMETRY.lower, 0) + 13;
  return Array.from({ length: Math.floor(steps / every) }, (_, i) => {
    const step = (i + 1) * every;
    return `<text x="${at(place.x(step - 1))}" y="${y}" text-anchor="middle">${step}</text>`;
  });
}

const HATCH =
  '<defs><pattern id="tc-hatch" width="5" height="5" ' +
  'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<rect class="soft" width="5" height="5"/><rect class="stripe" width="2" height="5"/></pattern></defs>';

/**
 * Draws a view into an element of that size.
 * @param {HTMLElement} host
 * @param {View} view
 * @param {Size} size
 */
export function sketch(host, view, size) {
  if (!size.width || !size.height) return;
  const range = rangesOf(view);
  const place = frame(size, view);
  const y = at(place.y(GEOMETRY.lower, Math.min(1, view.threshold / range.lower)));
  const drawn = [
    HATCH,
    ...axis(place, GEOMETRY.upper, range.upper),
    ...axis(place, GEOMETRY.lower, range.lower),
    ...bars(place, view, range.lower),
    ...gaps(place, view, range.lower),
    ...Array.from({ length: place.branches }, (_, branch) => lines(place, view, range.upper, branch)).flat(),
    ...dots(place, view, range.upper),
    ...numbers(place, view),
    `<path class="threshold" d="M${GEOMETRY.left} ${y}H${place.right}"/>`,
  ];
  const box = `width="${size.width}" height="${size.height}"`;
  // Numbers and fixed words only; nothing that a visitor typed gets here.
  host.innerHTML = `<svg class="tc-sketch" ${box} aria-hidden="true">${drawn.join("")}</svg>`;
}
