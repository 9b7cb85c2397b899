// What the server knows of a run, asked for once.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { askerFor } from "./mechanism/ofrun.js";

/** @param {() => Promise<any>} answer */
function served(answer) {
  mock.restoreAll();
  return mock.method(globalThis, "fetch", answer);
}
const told = { ok: true, status: 200, json: async () => ({ layers: 8 }) };

test("a run is asked for once, and what comes is known from then on", async () => {
  const fetched = served(async () => told);
  const anatomyOf = askerFor("anatomy");
  await new Promise((done) => anatomyOf("1-faithful", () => done(null)));
  assert.deepEqual(
    anatomyOf("1-faithful", () => {}),
    { layers: 8 },
  );
  assert.equal(fetched.mock.callCount(), 1);
  assert.equal(fetched.mock.calls[0].arguments[0], "teacache/teach/1-faithful/anatomy");
});

test("a model is asked for by its name, before any run of it", async () => {
  const fetched = served(async () => told);
  const anatomyOf = askerFor("anatomy", "model");
  await new Promise((done) => anatomyOf("wan-1.3b", () => done(null)));
  assert.equal(fetched.mock.calls[0].arguments[0], "teacache/model/wan-1.3b/anatomy");
});

test("a run that the server does not know has none", async () => {
  served(async () => ({ ok: false, status: 404 }));
  const picturesOf = askerFor("pictures");
  await new Promise((done) => picturesOf("uploaded", () => done(null)));
  assert.equal(
    picturesOf("uploaded", () => {}),
    null,
  );
});

test("a server that does not answer is asked once more later, and no run has none for its sake", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const picturesOf = askerFor("pictures");
  const gone = served(async () => Promise.reject(new Error("gone")));
  assert.equal(picturesOf("1-faithful", assert.fail), undefined);
  await new Promise(setImmediate);
  assert.equal(picturesOf("1-faithful", assert.fail), undefined);
  assert.equal(gone.mock.callCount(), 1);
  mock.timers.tick(3000);
  served(async () => told);
  await new Promise((done) => picturesOf("1-faithful", () => done(null)));
  assert.deepEqual(picturesOf("1-faithful", assert.fail), { layers: 8 });
  mock.timers.reset();
});
