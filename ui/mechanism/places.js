// Where the boxes of the mechanism lie: in one row, or folded for a narrow page. Pure.

/** @typedef {[x: number, y: number, width: number, height: number]} Place */
/**
 * @typedef {"timestep" | "embedding" | "latents" | "patches" | "compared" | "change" | "rescaled" | "sum" |
 *   "gate" | "blocks" | "residual" | "output"} Box
 */
/**
 * @typedef {object} Layout
 * @property {[width: number, height: number]} size
 * @property {Record<Box, Place>} boxes
 * @property {string} input the way of the blocks' input past them to the output
 * @property {[x: number, y: number]} caption
 */

/** @type {[from: Box, to: Box][]} */
export const LINKS = [
  ["timestep", "embedding"],
  ["latents", "patches"],
  ["embedding", "compared"],
  ["patches", "compared"],
  ["compared", "change"],
  ["change", "rescaled"],
  ["rescaled", "sum"],
  ["sum", "gate"],
  ["gate", "blocks"],
  ["gate", "residual"],
  ["blocks", "output"],
  ["residual", "output"],
];

/** @type {Record<"wide" | "narrow", Layout>} boxes in reading order */
export const LAYOUTS = {
  wide: {
    size: [1000, 101],
    boxes: {
      timestep: [1, 2, 80, 40],
      embedding: [96, 2, 126, 40],
      latents: [1, 50, 80, 40],
      patches: [96, 50, 126, 40],
      compared: [238, 26, 124, 40],
      change: [379, 26, 96, 40],
      rescaled: [494, 26, 84, 40],
      sum: [597, 26, 126, 40],
      gate: [742, 22, 48, 48],
      blocks: [812, 2, 102, 40],
      residual: [812, 50, 102, 40],
      output: [933, 26, 66, 40],
    },
    input: "M159 90V97H966V66",
    caption: [379, 16],
  },
  narrow: {
    size: [362, 280],
    boxes: {
      timestep: [1, 4, 86, 42],
      embedding: [99, 4, 126, 42],
      latents: [1, 60, 86, 42],
      patches: [99, 60, 126, 42],
      compared: [241, 32, 120, 42],
      change: [257, 110, 104, 42],
      rescaled: [137, 110, 100, 42],
      sum: [1, 110, 124, 42],
      gate: [39, 188, 48, 48],
      blocks: [117, 164, 120, 42],
      residual: [117, 220, 120, 42],
      output: [263, 192, 98, 42],
    },
    input: "M162 102V106H247V170H312V192",
    caption: [1, 276],
  },
};

export const BOXES = /** @type {Box[]} */ (Object.keys(LAYOUTS.wide.boxes));

const HEAD = 4; // of an arrow

/**
 * The way from one box to another, and the head of its arrow.
 * @param {Place} from
 * @param {Place} to
 */
export function wayOf([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const [ya, yb] = [ay + ah / 2, by + bh / 2];
  if (bx >= ax + aw || bx + bw <= ax) {
    const on = bx >= ax + aw ? 1 : -1;
    const [start, end] = on > 0 ? [ax + aw, bx] : [ax, bx + bw];
    const middle = (start + end) / 2;
    const head = `M${end - on * HEAD} ${yb - HEAD}L${end} ${yb}L${end - on * HEAD} ${yb + HEAD}`;
    return { line: `M${start} ${ya}H${middle}V${yb}H${end}`, head };
  }
  const [xa, xb, middle] = [ax + aw / 2, bx + bw / 2, (ay + ah + by) / 2];
  const head = `M${xb - HEAD} ${by - HEAD}L${xb} ${by}L${xb + HEAD} ${by - HEAD}`;
  return { line: `M${xa} ${ay + ah}V${middle}H${xb}V${by}`, head };
}
