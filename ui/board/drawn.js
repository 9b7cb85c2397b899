// Tells, once, that the first view is on screen, its video too where that comes soon: what stood in its place
// may go.
import { on } from "../base/bus.js";

const SOON_MS = 1000;
let began = 0;

/** @param {number} now */
function look(now) {
  const filled = document.querySelector(".tc-stage.filled") !== null;
  if (filled || now - began >= SOON_MS) document.dispatchEvent(new Event("teacache-drawn"));
  else requestAnimationFrame(look);
}
on("view", () => {
  if (began) return;
  began = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(look));
});
