// What the tour needs besides the run on screen: asked of the server once, when the tour begins.
import { emit, on } from "../base/bus.js";
import { store } from "../screen/store.js";

let begun = false;

async function ask() {
  if (begun) return;
  begun = true;
  try {
    const answer = await fetch("teacache/tour");
    if (!answer.ok) throw new Error(answer.statusText);
    store.course = await answer.json();
    emit("course");
  } catch {
    begun = false; // asked again with the next lesson
  }
}
on("tour", (at) => at !== null && void ask());
