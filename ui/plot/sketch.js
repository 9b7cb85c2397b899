// A figure, in as much of Plotly's JSON as ours use, as a light SVG that is drawn in a few milliseconds and
// answers nothing: lines, marks, bars, straight lines and bands. The one renderer beside Plotly itself: for
// what moves, and for the report, which must not carry five megabytes of script.
import { delta } from "../words/numbers.js";
import { ticksBetween } from "./axes.js";

/** @import { Figure } from "./filling.js" */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {ReturnType<typeof frame>} Frame */
/** @typedef {(value: number) => number} Place in pixels */

/** @param {number} pixels */
const at = (pixels) => pixels.toFixed(1);
/** @type {(value: number, span: number[]) => number} */
const within = (value, [top, bottom]) => Math.min(bottom, Math.max(top, value));

/**
 * Where things lie, in pixels.
 * @param {any} layout
 * @param {Size} size
 */
function frame({ margin, xaxis, ...layout }, { width, height }) {
  const { l: left, r, t: top, b } = margin;
  const [w, h] = [width - left - r, height - top - b];
  const [first, last] = xaxis.range;
  const axes = Object.keys(layout).filter((name) => name.startsWith("yaxis"));
  return {
    box: { left, top, right: left + w, bottom: top + h },
    axes: axes.map((name) => ({ name: name.replace("axis", ""), ...layout[name] })),
    unit: w / (last - first),
    /** @type {Place} */
    x: (value) => left + ((value - first) / (last - first)) * w,
    /** Of the axis of that name. @param {string} [name] @returns {Place} */
    y(name = "y") {
      const { domain = [0, 1], range } = layout[name.replace("y", "yaxis")];
      const [low, high] = domain;
      const scale = (high - low) / (range[1] - range[0]);
      return (value) => top + h * (1 - low - scale * (value - range[0]));
    },
    /** Its upper and its lower end; what goes on beyond is cut off. @param {string} [name] */
    span(name = "y") {
      const [low, high] = layout[name.replace("y", "yaxis")].domain ?? [0, 1];
      return [top + h * (1 - high), top + h * (1 - low)];
    },
  };
}

/** The grid and the numbers at the left. @param {Frame} place */
const grids = (place) =>
  place.axes.flatMap(({ name, range: [low, high], gridcolor }) =>
    ticksBetween(low, high, 4).map((value) => {
      const { left, right } = place.box;
      const y = at(place.y(name)(value));
      const number = `<text x="${left - 6}" y="${y}" dy=".35em" text-anchor="end">${delta(value)}</text>`;
      return `<path stroke="${gridcolor}" d="M${left} ${y}H${right}"/>${number}`;
    }),
  );

/**
 * Along the bottom.
 * @param {Frame} place
 * @param {any} axis
 */
function numbers(place, { range: [low, high], dtick }) {
  const count = Math.floor(high / dtick);
  const values = dtick
    ? Array.from({ length: count }, (_, i) => (i + 1) * dtick)
    : ticksBetween(low, high, 6);
  const y = at(place.box.bottom + 13);
  return values.map((x) => `<text x="${at(place.x(x))}" y="${y}" text-anchor="middle">${delta(x)}</text>`);
}

/**
 * What is filled, and with what around it.
 * @param {any} marker
 */
function paint({ color = "none", line: edge = {}, pattern }) {
  const fill = pattern?.shape ? "url(#tc-hatch)" : color;
  return `fill="${fill}" stroke="${edge.color ?? "none"}" stroke-width="${edge.width ?? 1}"`;
}

/** The hatching of bars that have one. @param {Figure["data"]} data */
function hatches(data) {
  const pattern = data.find(({ marker }) => marker?.pattern?.shape)?.marker.pattern;
  if (!pattern) return "";
  const { size, bgcolor, fgcolor } = pattern;
  const turned = `patternUnits="userSpaceOnUse" patternTransform="rotate(45)"`;
  const ground = `<rect fill="${bgcolor}" width="${size}" height="${size}"/>`;
  const stripe = `<rect fill="${fgcolor}" width="2" height="${size}"/>`;
  const box = `width="${size}" height="${size}" ${turned}`;
  return `<defs><pattern id="tc-hatch" ${box}>${ground}${stripe}</pattern></defs>`;
}

/**
 * @param {Frame} place
 * @param {any} trace
 */
function bars(place, { x, y, yaxis, offset, width, marker, meta }) {
  const [to, span] = [place.y(yaxis), place.span(yaxis)];
  return x.map((/** @type {number} */ step, /** @type {number} */ i) => {
    const [top, zero] = [within(to(y[i]), span), to(0)];
    const box = `x="${at(place.x(step + offset))}" y="${at(top)}" height="${at(zero - top)}"`;
    return `<rect class="${meta.kind}" ${box} width="${at(width * place.unit)}" ${paint(marker)}/>`;
  });
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
 */
function marks(place, { x, y, text: titles, yaxis, marker, meta }) {
  const [to, span] = [place.y(yaxis), place.span(yaxis)];
  const mark = MARKS[marker.symbol ?? "circle"];
  return x.map((/** @type {number} */ value, /** @type {number} */ i) => {
    const shape = mark(at(place.x(value)), at(within(to(y[i]), span)), marker.size);
    const title = titles ? `<title>${titles[i]}</title>` : "";
    return `${shape} class="${meta.kind}" ${paint(marker)}>${title}</${shape.slice(1).split(" ")[0]}>`;
  });
}

/** @type {Record<string, string>} */
const DASHES = { dash: "9 9", "5px,3px": "5 3", "6px,3px": "6 3" };

/** How a line is drawn. @param {any} line */
function stroke({ color, width, dash }) {
  const dashes = dash ? ` stroke-dasharray="${DASHES[dash]}"` : "";
  return `fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

/**
 * @param {Frame} place
 * @param {any} trace
 */
function line(place, { x, y, yaxis, line: look, meta, opacity = 1 }) {
  const to = place.y(yaxis);
  const points = x.map((/** @type {number} */ value, /** @type {number} */ i) =>
    [at(place.x(value)), at(to(y[i]))].join(),
  );
  const given = `class="${meta.kind}" points="${points.join(" ")}" opacity="${opacity}"`;
  const shape = `<polyline ${given} ${stroke(look)}/>`;
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
 */
function drawn(place, trace) {
  if (trace.type === "bar") return bars(place, trace);
  return trace.mode === "markers" ? marks(place, trace) : [line(place, trace)];
}

/**
 * A line across the whole width, or a band from bottom to top.
 * @param {Frame} place
 * @param {any} shape
 */
function across({ box, x, y, span }, { type, name, yref, x0, x1, y0, line: look, fillcolor, opacity }) {
  if (type === "line") {
    const height = at(within(y(yref)(y0), span(yref)));
    return `<path class="threshold" d="M${box.left} ${height}H${box.right}" ${stroke(look)}/>`;
  }
  const width = Math.max(1, x(x1) - x(x0));
  const place = `x="${at(x(x0))}" y="${box.top}" width="${at(width)}" height="${at(box.bottom - box.top)}"`;
  return `<rect class="${name}" ${place} fill="${fillcolor}" opacity="${opacity}"/>`;
}

/**
 * A text of its own.
 * @param {Frame} place
 * @param {any} annotation
 */
function text({ box, y: axis }, { x, y, yref, yanchor, text: said, font }) {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const from = yref === "paper" ? box.bottom - y * height : axis(yref)(y);
  const under = yanchor === "middle" ? 'dy=".35em"' : 'dy="-4"';
  const look = `fill="${font.color}" font-size="${font.size ?? 11}"`;
  return `<text x="${at(box.left + x * width)}" y="${at(from)}" ${under} ${look}>${said}</text>`;
}

/**
 * The figure as the text of an svg element. Numbers and our own words only; nothing that a visitor typed gets
 * here.
 * @param {Figure} figure
 * @param {Size} size
 */
export function drawing({ data, layout }, size) {
  const place = frame(layout, size);
  /** @param {string} wanted */
  const shapesOf = (wanted) =>
    layout.shapes.flatMap((/** @type {any} */ shape) =>
      shape.layer === wanted ? [across(place, shape)] : [],
    );
  const box = `viewBox="0 0 ${size.width} ${size.height}" fill="${layout.font.color}"`;
  return [
    `<svg class="tc-sketch" ${box} aria-hidden="true">`,
    hatches(data),
    ...grids(place),
    ...numbers(place, layout.xaxis),
    ...shapesOf("below"),
    ...data.flatMap((trace) => drawn(place, trace)),
    ...shapesOf("above"),
    ...(layout.annotations ?? []).map((/** @type {any} */ annotation) => text(place, annotation)),
    "</svg>",
  ].join("");
}

/**
 * Draws a figure into an element of that size.
 * @param {HTMLElement} host
 * @param {Figure} figure
 * @param {Size} size
 */
export function sketch(host, figure, size) {
  if (size.width > 0 && size.height > 0) host.innerHTML = drawing(figure, size);
}
