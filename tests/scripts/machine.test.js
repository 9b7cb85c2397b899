// Run and Stop: what presses, states and Gradio's news make of a job.
import assert from "node:assert/strict";
import { test } from "node:test";
import { after, IDLE, isEnd, isEngaged, isWaiting } from "./screen/machine.js";

/** The job after some moves, told as one line. */
const follow = (line, from = IDLE) => line.split(" ").reduce(after, from);
const nameAfter = (line) => follow(line).name;

test("a run goes from the press to its end", () => {
  const names = ["press", "press begin", "press begin arrive", "press begin arrive end"].map(nameAfter);
  assert.deepEqual(names, ["pressed", "asked", "running", "idle"]);
});

test("a press waits until a state comes, and Gradio holds the run from its beginning to its end", () => {
  assert.ok(isWaiting(follow("press")) && !isEngaged(follow("press")));
  assert.ok(isWaiting(follow("press begin")) && isEngaged(follow("press begin")));
  assert.ok(!isWaiting(follow("press begin arrive")) && isEngaged(follow("press begin arrive")));
});

test("a stopped run ends with its call, and only when it is forgotten", () => {
  assert.equal(nameAfter("press begin arrive stop"), "ending");
  assert.equal(nameAfter("press begin arrive stop end"), "ending");
  assert.equal(nameAfter("press begin arrive stop end end forget"), "idle");
});

test("a press meanwhile is kept until then, and another stop takes it back", () => {
  assert.equal(nameAfter("press begin arrive stop press"), "again");
  assert.equal(nameAfter("press begin arrive stop press end end forget"), "pressed");
  assert.equal(nameAfter("press begin arrive stop press stop"), "ending");
  assert.equal(nameAfter("press begin arrive stop press arrive"), "again"); // a late state of the stopped run
});

test("who stops before Gradio has heard of the press has nothing to wait for", () => {
  assert.equal(nameAfter("press stop"), "idle");
});

test("forgotten before its stream has ended, a run owes an end that is not the next run's", () => {
  const job = follow("press begin arrive stop end forget");
  assert.ok(job.owed && !isEnd(job));
  const next = follow("press begin arrive", job);
  assert.ok(!isEnd(next));
  assert.equal(after(next, "end").name, "running");
  assert.equal(follow("end end", next).name, "idle");
});

test("in the other order nothing is owed", () => {
  assert.ok(!follow("press begin arrive stop end end forget").owed);
});

test("states that are still on their way do not start a stopped run again; the next run's do count", () => {
  assert.ok(follow("press begin arrive stop").halted);
  assert.ok(follow("press begin arrive stop end end forget press").halted);
  assert.ok(!follow("press begin arrive stop end end forget press begin").halted);
});

test("the end of another run leaves a press that Gradio has not heard of", () => {
  assert.equal(nameAfter("engage press end"), "pressed");
});

test("what does not fit a state changes nothing", () => {
  for (const move of ["arrive", "stop", "end", "forget"]) assert.equal(nameAfter(move), "idle");
});
