// Where the boxes of the mechanism lie, and the ways between them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOXES, LAYOUTS, LINKS, linesOf, wayOf } from "./mechanism/places.js";

for (const [name, { size, boxes, bypass }] of Object.entries(LAYOUTS)) {
  test(`no two boxes of the ${name} layout touch, and all lie within it`, () => {
    for (const one of BOXES) {
      const [x, y, width, height] = boxes[one];
      assert.ok(x >= 0 && y >= 0 && x + width <= size[0] && y + height <= size[1], one);
      for (const other of BOXES.filter((box) => box > one)) {
        const [u, v, w, h] = boxes[other];
        assert.ok(u >= x + width || x >= u + w || v >= y + height || y >= v + h, `${one} and ${other}`);
      }
    }
  });
  test(`what is compared past the modulation ends at its box in the ${name} layout`, () => {
    const [x, y, width, height] = boxes.compared;
    for (const [signal, way] of Object.entries(bypass)) {
      const [, across, end] = way.match(/H([\d.]+)V([\d.]+)$/).map(Number);
      assert.ok(across > x && across < x + width && [y, y + height].includes(end), signal);
    }
  });
  test(`every way of the ${name} layout begins and ends at its boxes`, () => {
    for (const [from, to] of LINKS) {
      const { line } = wayOf(boxes[from], boxes[to]);
      assert.ok(!/NaN|undefined/.test(line), `${from} to ${to}`);
      const start = line
        .match(/^M([\d.]+) ([\d.]+)/)
        .slice(1)
        .map(Number);
      const [x, y, width, height] = boxes[from];
      assert.ok(start[0] >= x && start[0] <= x + width && start[1] >= y && start[1] <= y + height);
    }
  });
}

test("a way goes on, back, or down", () => {
  assert.equal(wayOf([0, 0, 10, 10], [20, 20, 10, 10]).line, "M10 5H15V25H20");
  assert.equal(wayOf([20, 0, 10, 10], [0, 0, 10, 10]).line, "M20 5H15V5H10");
  assert.equal(wayOf([0, 0, 10, 10], [0, 20, 10, 10]).line, "M5 10V15H5V20");
});

test("both ways to the output lead through every box once", () => {
  const ends = (box) => LINKS.filter(([from]) => from === box).map(([, to]) => to);
  const pathsFrom = (box) =>
    ends(box).length
      ? ends(box)
          .flatMap(pathsFrom)
          .map((on) => [box, ...on])
      : [[box]];
  const paths = ["timestep", "latents"].flatMap(pathsFrom);
  assert.equal(paths.length, 4);
  assert.deepEqual(new Set(paths.flat()), new Set(BOXES));
  assert.deepEqual(paths[0].slice(0, 6), [
    "timestep",
    "sinusoid",
    "mlp",
    "embedding",
    "modulate",
    "compared",
  ]);
});

test("a name that is wider than its box is broken where it may be, and nothing of it is lost", () => {
  assert.deepEqual(linesOf("Noisy latents", 141), ["Noisy latents"]);
  assert.deepEqual(linesOf("Timestep embedding", 78), ["Timestep ", "embedding"]);
  assert.deepEqual(linesOf("Scale and shift", 64), ["Scale ", "and shift"]);
  assert.deepEqual(linesOf("Zeitschritt-Embedding", 82), ["Zeitschritt-", "Embedding"]);
  assert.deepEqual(linesOf("Zeitschrittvektoren", 60), ["Zeitschrittvektoren"]); // nowhere to break
  assert.deepEqual(linesOf("时间步嵌入", 78), ["时间步嵌入"]);
});
