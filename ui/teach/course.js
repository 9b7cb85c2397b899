// What the tour needs besides the run on screen: asked of the server once, when the tour begins.
import { emit, on } from "../base/bus.js";
import { store } from "../screen/store.js";

let asked = false;

async function ask() {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch("teacache/tour");
    if (!answer.ok) throw new Error(answer.statusText);
    store.course = await answer.json();
    emit("course");
  } catch {
    asked = false; // asked again with the next lesson
  }
}
on("tour", (at) => at !== null && void ask());
