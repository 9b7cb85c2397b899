// Where the boxes of the mechanism lie and which way leads from one to another, in both layouts: one row on
// the desk, and folded where there is less room. Numbers only.

/** @typedef {[x: number, y: number, width: number, height: number]} Place */
/**
 * @typedef {"timestep" | "sinusoid" | "mlp" | "embedding" | "latents" | "patches" | "modulate" | "compared"
 *   | "change" | "rescaled" | "sum" | "gate" | "blocks" | "residual" | "output"} Box
 */
/** @typedef {"embedding" | "latent"} Bypass what is compared in place of the modulated input */
/**
 * @typedef {object} Layout
 * @property {[width: number, height: number]} size
 * @property {Record<Box, Place>} boxes
 * @property {Record<Bypass, string>} bypass the way of what is compared past the scaling and shifting
 * @property {string} input the way of the blocks' input past them to the output
 * @property {[x: number, y: number]} caption
 */

/** @type {[from: Box, to: Box][]} */
export const LINKS = [
  ["timestep", "sinusoid"],
  ["sinusoid", "mlp"],
  ["mlp", "embedding"],
  ["latents", "patches"],
  ["embedding", "modulate"],
  ["patches", "modulate"],
  ["modulate", "compared"],
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
      timestep: [1, 2, 71, 40],
      sinusoid: [82, 2, 60, 40],
      mlp: [152, 2, 40, 40],
      embedding: [202, 2, 78, 40],
      latents: [1, 50, 141, 40],
      patches: [152, 50, 128, 40],
      modulate: [292, 26, 64, 40],
      compared: [366, 26, 78, 40],
      change: [454, 26, 94, 40],
      rescaled: [558, 26, 70, 40],
      sum: [638, 26, 119, 40],
      gate: [767, 22, 46, 48],
      blocks: [825, 2, 100, 40],
      residual: [825, 50, 100, 40],
      output: [939, 26, 60, 40],
    },
    bypass: { embedding: "M280 12H405V26", latent: "M72 90V94H405V66" },
    input: "M216 90V97H969V66",
    caption: [454, 16],
  },
  narrow: {
    size: [362, 280],
    boxes: {
      timestep: [1, 4, 72, 42],
      sinusoid: [83, 4, 60, 42],
      mlp: [153, 4, 42, 42],
      embedding: [205, 4, 82, 42],
      latents: [1, 60, 142, 42],
      patches: [153, 60, 134, 42],
      modulate: [298, 32, 63, 42],
      compared: [277, 110, 84, 42],
      change: [167, 110, 98, 42],
      rescaled: [81, 110, 74, 42],
      sum: [1, 188, 119, 42],
      gate: [128, 185, 48, 48],
      blocks: [188, 164, 104, 42],
      residual: [188, 220, 104, 42],
      output: [303, 192, 58, 42],
    },
    bypass: { embedding: "M287 14H292V104H319V110", latent: "M72 102V107H319V110" },
    input: "M220 102V106H271V158H332V192",
    caption: [1, 276],
  },
};

export const BOXES = /** @type {Box[]} */ (Object.keys(LAYOUTS.wide.boxes));

export const HEAD = 4; // pixels of an arrow's

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

const [NARROW, WIDE] = [6.3, 11]; // of a name's letters: Latin ones on average, Chinese ones
const ROOM = 8; // of a box that its name leaves free

/** @param {string} text */
const lengthOf = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? WIDE : NARROW), 0);

/**
 * A name in one line, or in two where it is wider than its box: broken behind the space or the hyphen that
 * lies nearest to its middle.
 * @param {string} name
 * @param {number} width of the box
 */
export function linesOf(name, width) {
  const ends = [...name.matchAll(/[ -]/g)].map(({ index }) => index + 1);
  if (lengthOf(name) <= width - ROOM || !ends.length) return [name];
  const off = (/** @type {number} */ end) => Math.abs(end - name.length / 2);
  const best = ends.reduce((a, b) => (off(b) < off(a) ? b : a));
  return [name.slice(0, best), name.slice(best)];
}
