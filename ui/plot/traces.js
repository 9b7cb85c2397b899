// The traces of a figure as the text of SVG elements: bars, marks and lines, each of the class of its kind.
import { at, within } from "./frame.js";

/** @import { Figure } from "./filling.js" */
/** @import { Frame } from "./frame.js" */

const GAP = "|"; // between the parts of a line

/**
 * What is filled, and with what around it.
 * @param {any} marker
 * @param {string} [hatch] name of the hatching
 */
function paint({ color = "none", opacity = 1, line: edge = {}, pattern }, hatch) {
  const fill = pattern?.shape ? `url(#${hatch})` : color;
  const alpha = opacity < 1 ? ` fill-opacity="${opacity}"` : "";
  return `fill="${fill}"${alpha} stroke="${edge.color ?? "none"}" stroke-width="${edge.width ?? 1}"`;
}

/**
 * The hatching of bars that have one.
 * @param {Frame} place
 * @param {Figure["data"]} data
 */
export function hatches({ hatch }, data) {
  const pattern = data.find(({ marker }) => marker?.pattern?.shape)?.marker.pattern;
  if (!pattern) return "";
  const { size, bgcolor, fgcolor } = pattern;
  const turned = `patternUnits="userSpaceOnUse" patternTransform="rotate(45)"`;
  const ground = `<rect fill="${bgcolor}" width="${size}" height="${size}"/>`;
  const stripe = `<rect fill="${fgcolor}" width="2" height="${size}"/>`;
  const box = `width="${size}" height="${size}" ${turned}`;
  return `<defs><pattern id="${hatch}" ${box}>${ground}${stripe}</pattern></defs>`;
}

/**
 * @param {Frame} place
 * @param {any} trace
 */
function bars(place, { x, y, yaxis, offset, width, marker, meta }) {
  const [to, span] = [place.y(yaxis), place.span(yaxis)];
  return x.map((/** @type {number} */ step, /** @type {number} */ i) => {
    if (y[i] === null) return "";
    const [top, zero] = [within(to(y[i]), span), to(0)];
    const box = `x="${at(place.x(step + offset))}" y="${at(top)}" height="${at(zero - top)}"`;
    const wide = at(width * place.unit);
    return `<rect class="${meta.kind}" ${box} width="${wide}" ${paint(marker, place.hatch)}/>`;
  });
}

/**
 * A bar that lies, as high as its figure.
 * @param {Frame} place
 * @param {any} trace
 */
function lying({ box: { left, top, bottom }, ...place }, { x: [end], marker, meta, opacity }) {
  const box = `x="${left}" y="${top}" width="${at(place.x(end) - left)}" height="${at(bottom - top)}"`;
  return [`<rect class="${meta.kind}" ${box} opacity="${opacity}" ${paint(marker, place.hatch)}/>`];
}

/** @type {Record<string, (x: string, y: string, size: number) => string>} as Plotly draws them */
const MARKS = {
  circle: (x, y, size) => `<circle cx="${x}" cy="${y}" r="${size / 2}"`,
  diamond(x, y, size) {
    const half = at((size / 2) * 1.3);
    return `<path d="M${x} ${y}m0 -${half}l${half} ${half}l-${half} ${half}l-${half} -${half}z"`;
  },
  "line-ne"(x, y, size) {
    const half = size * 0.35;
    return `<path d="M${x} ${y}m${at(-half)} ${at(half)}l${at(2 * half)} ${at(-2 * half)}"`;
  },
};

/**
 * @param {Frame} place
 * @param {any} trace
 * @param {number} number of the trace
 */
function marks(place, { x, y, text: titles, yaxis, marker, meta }, number) {
  const [to, span] = [place.y(yaxis), place.span(yaxis)];
  const mark = MARKS[marker.symbol ?? "circle"];
  return x.map((/** @type {number} */ value, /** @type {number} */ i) => {
    const shape = mark(at(place.x(value)), at(within(to(y[i]), span)), marker.size);
    const title = titles ? `<title>${titles[i]}</title>` : "";
    const named = `class="${meta.kind}" data-trace="${number}"`;
    return `${shape} ${named} ${paint(marker)}>${title}</${shape.slice(1).split(" ")[0]}>`;
  });
}

/** As Plotly has it: by name or in pixels. @param {string} dash */
const dashesOf = (dash) => (dash === "dash" ? "9 9" : dash.replaceAll("px", ""));

/** How a line is drawn. @param {any} line */
export function stroke({ color, width, dash }) {
  const dashes = dash ? ` stroke-dasharray="${dashesOf(dash)}"` : "";
  return `fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

/**
 * @param {Frame} place
 * @param {any} trace
 */
function line(place, { x, y, yaxis, line: look, meta, opacity = 1 }) {
  const to = place.y(yaxis);
  const points = x.map((/** @type {number | null} */ value, /** @type {number} */ i) =>
    value === null ? GAP : [at(place.x(value)), at(to(y[i]))].join(),
  );
  const attributes = `class="${meta.kind}" opacity="${opacity}" ${stroke(look)}`;
  const parts = points.join(" ").split(GAP);
  const shape = parts
    .map((/** @type {string} */ part) => `<polyline ${attributes} points="${part}"/>`)
    .join("");
  const [top, bottom] = place.span(yaxis);
  const [width, height] = [place.box.right - place.box.left, bottom - top];
  const box = [place.box.left, top, width, height].map(at);
  const [left, up, w, h] = box;
  // An svg within cuts off what goes beyond its box.
  return `<svg x="${left}" y="${up}" width="${w}" height="${h}" viewBox="${box.join(" ")}">${shape}</svg>`;
}

/**
 * @param {Frame} place
 * @param {any} trace
 * @param {number} number of the trace
 */
export function drawn(place, trace, number) {
  if (trace.type === "bar") return trace.orientation === "h" ? lying(place, trace) : bars(place, trace);
  const { mode } = trace;
  return [
    ...(mode.includes("lines") ? [line(place, trace)] : []),
    ...(mode.includes("markers") ? marks(place, trace, number) : []),
  ];
}
