// Gradio takes its sign of loading away while that still counts seconds, and it goes on counting, for nobody,
// in every frame, as long as the page is open (checked with 6.31). A browser that has to make sixty frames a
// second takes a twentieth of a core and more from a run beside it.
//
// Frames are numbered as they are asked for. Where exactly one stands between two of ours, time after time,
// there is one loop on the page, and it is Gradio's, which began before any part of the page was there: its
// next frame is taken back, and with it all further ones. While more than one loop runs, nothing is done.

const SURE = 2; // frames in a row
const PATIENCE_MS = 10_000;
let begun = false;

/** Ends that counting, as soon as nothing else moves. To be called once parts of the page are drawn. */
export function endCounting() {
  if (begun) return;
  begun = true;
  const since = performance.now();
  let [before, alone] = [0, 0];
  const look = (/** @type {number} */ now) => {
    const own = requestAnimationFrame(look);
    alone = own === before + 2 ? alone + 1 : 0;
    before = own;
    if (alone < SURE && now - since < PATIENCE_MS) return;
    cancelAnimationFrame(own);
    if (alone === SURE) cancelAnimationFrame(own - 1);
  };
  before = requestAnimationFrame(look);
}
