// A figure, in as much of Plotly's JSON as ours use, as a light SVG that is drawn in a few milliseconds and
// answers nothing by itself: lines, marks, bars, straight lines and bands. The one renderer beside Plotly:
// for what moves, for marks that a keyboard reaches, and for the report, which must not carry five megabytes.
import { shape } from "../base/dom.js";
import { delta } from "../words/numbers.js";
import { ticksBetween } from "./axes.js";
import { at, frame, within } from "./frame.js";
import { drawn, hatches, stroke } from "./traces.js";

/** @import { Figure } from "./filling.js" */
/** @import { Frame, Place, Size } from "./frame.js" */

/** The grid and the numbers at the left. @param {Frame} place */
const grids = (place) =>
  place.axes.flatMap(({ name, visible = true, range: [low, high], gridcolor, nticks }) =>
    (visible ? ticksBetween(low, high, nticks) : []).map((value) => {
      const { left, right } = place.box;
      const y = at(place.y(name)(value));
      const number = `<text x="${left - 6}" y="${y}" dy=".35em" text-anchor="end">${delta(value)}</text>`;
      return `<path stroke="${gridcolor}" d="M${left} ${y}H${right}"/>${number}`;
    }),
  );

/**
 * Along the bottom.
 * @param {Frame} place
 * @param {{ axis: any, font: { size: number } }} look
 */
function numbers(place, { axis, font }) {
  const { visible = true, range, dtick, nticks, ticksuffix = "", showline, linecolor } = axis;
  if (!visible) return [];
  const [low, high] = range;
  const count = Math.floor(high / dtick);
  const values = dtick
    ? Array.from({ length: count }, (_, i) => (i + 1) * dtick)
    : ticksBetween(low, high, nticks);
  const { left, right, bottom } = place.box;
  const y = at(bottom + font.size + 2);
  /** @param {number} x */
  const number = (x) =>
    `<text x="${at(place.x(x))}" y="${y}" text-anchor="middle">${delta(x) + ticksuffix}</text>`;
  const base = showline ? [`<path stroke="${linecolor}" d="M${left} ${bottom}H${right}"/>`] : [];
  return [...base, ...values.map(number)];
}

/**
 * A straight line, each end of which lies on an axis or at a share of the figure; or a band from bottom to
 * top.
 * @param {Frame} place
 * @param {any} shape
 */
function straight({ box, x, y, span }, { type, name, xref, yref, x0, x1, y0, y1, ...look }) {
  if (type === "line") {
    /** @type {Place} */
    const across = (value) => (xref === "paper" ? box.left + value * (box.right - box.left) : x(value));
    /** @type {Place} */
    const up = (value) =>
      yref === "paper" ? box.bottom - value * (box.bottom - box.top) : within(y(yref)(value), span(yref));
    const ends = [x0, x1].map((value, i) => `${at(across(value))} ${at(up([y0, y1][i]))}`);
    return `<path class="${name}" d="M${ends.join("L")}" ${stroke(look.line)}/>`;
  }
  const width = Math.max(1, x(x1) - x(x0));
  const place = `x="${at(x(x0))}" y="${box.top}" width="${at(width)}" height="${at(box.bottom - box.top)}"`;
  return `<rect class="${name}" ${place} fill="${look.fillcolor}" opacity="${look.opacity}"/>`;
}

/**
 * A text of its own.
 * @param {Frame} place
 * @param {any} annotation
 */
function text({ box, y: axis }, { x, y, yref, xanchor, yanchor, xshift = 0, yshift = 0, text: words, font }) {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const from = yref === "paper" ? box.bottom - y * height : axis(yref)(y);
  const under = yanchor === "middle" ? 'dy=".35em"' : 'dy="-4"';
  const anchor = xanchor === "right" ? 'text-anchor="end"' : "";
  const size = font.size ? `font-size="${font.size}"` : "";
  const where = `x="${at(box.left + x * width + xshift)}" y="${at(from - yshift)}" ${under} ${anchor}`;
  return `<text ${where} fill="${font.color}" ${size}>${words}</text>`;
}

/**
 * What is in a drawing, as text. Numbers and our own words only; nothing that a visitor typed gets here.
 * @param {Figure} figure
 * @param {Size} size
 */
function inside({ data, layout }, size) {
  const place = frame(layout, size);
  /** @param {string} wanted */
  const shapesOf = (wanted) =>
    layout.shapes.flatMap((/** @type {any} */ each) =>
      each.layer === wanted ? [straight(place, each)] : [],
    );
  return [
    hatches(place, data),
    ...grids(place),
    ...numbers(place, { axis: layout.xaxis, font: layout.font }),
    ...shapesOf("below"),
    ...data.flatMap((trace, number) => drawn(place, trace, number)),
    ...shapesOf("above"),
    ...(layout.annotations ?? []).map((/** @type {any} */ annotation) => text(place, annotation)),
  ].join("");
}

/** @param {Size} size */
const boxOf = ({ width, height }) => `0 0 ${width} ${height}`;

/**
 * Draws a figure into an element of that size.
 * @param {HTMLElement} host
 * @param {Figure} figure
 * @param {Size} size
 */
export function sketch(host, figure, size) {
  if (!(size.width > 0 && size.height > 0)) return;
  const look = `viewBox="${boxOf(size)}" fill="${figure.layout.font.color}" aria-hidden="true"`;
  host.innerHTML = `<svg class="tc-sketch" ${look}>${inside(figure, size)}</svg>`;
}

/**
 * A figure in its own size as an element that is to answer.
 * @param {Figure} figure
 * @param {Record<string, any>} attributes
 */
export function picture(figure, attributes) {
  const { font } = figure.layout;
  const look = { viewBox: boxOf(figure.layout), fill: font.color, "font-size": font.size };
  const svg = shape("svg", { ...look, ...attributes });
  svg.innerHTML = inside(figure, figure.layout);
  return svg;
}

/**
 * The marks of a picture that stand for something, each with that.
 * @param {SVGElement} svg
 * @param {Figure} figure
 * @returns {[of: any, mark: Element][]}
 */
export const marksOf = (svg, { data }) =>
  data.flatMap(({ customdata = [] }, number) => {
    const marks = svg.querySelectorAll(`[data-trace="${number}"]`);
    return customdata.map((/** @type {any} */ of, /** @type {number} */ i) => [of, marks[i]]);
  });
