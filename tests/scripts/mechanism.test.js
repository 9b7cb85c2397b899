// Where the boxes of the mechanism lie, and the ways between them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOXES, LAYOUTS, LINKS, wayOf } from "./mechanism/places.js";

for (const [name, { size, boxes }] of Object.entries(LAYOUTS)) {
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
