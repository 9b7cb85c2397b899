// Where the parts of a figure lie in its drawing, in pixels.

/** @typedef {{ width: number, height: number }} Size */
/** @typedef {ReturnType<typeof frame>} Frame */
/** @typedef {(value: number) => number} Place in pixels */

/** @param {number} pixels */
export const at = (pixels) => pixels.toFixed(1);
/** @type {(value: number, span: number[]) => number} */
export const within = (value, [top, bottom]) => Math.min(bottom, Math.max(top, value));

/**
 * Where things lie, in pixels.
 * @param {any} layout
 * @param {Size} size
 */
export function frame({ margin, xaxis, meta, ...layout }, { width, height }) {
  const { l: left, r, t: top, b } = margin;
  const [w, h] = [width - left - r, height - top - b];
  const [first, last] = xaxis.range;
  const axes = Object.keys(layout).filter((name) => name.startsWith("yaxis"));
  return {
    box: { left, top, right: left + w, bottom: top + h },
    axes: axes.map((name) => ({ name: name.replace("axis", ""), ...layout[name] })),
    unit: w / (last - first),
    hatch: "tc-hatch" + (meta.kind ?? ""), // a document may hold several
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

/**
 * Where a point of a figure lies in its picture, as written there.
 * @param {any} layout
 * @param {number} x
 * @param {number} y
 */
export function pointOf(layout, x, y) {
  const place = frame(layout, layout);
  return [at(place.x(x)), at(place.y()(y))];
}
