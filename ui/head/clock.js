// Gradio's status trackers count seconds in a loop of animation frames that goes on for good after any
// request (6.31): the whole page was drawn anew sixty times a second, whether a run was under way or not.
// Once a second will do, since none of them is shown.
(function () {
  const frame = window.requestAnimationFrame.bind(window);
  /** @param {FrameRequestCallback} f */
  const counts = (f) => /performance\.now\(\)-\w+\(\w+\)\)\/1e3/.test(String(f));
  window.requestAnimationFrame = (f) => (counts(f) ? setTimeout(() => f(performance.now()), 1000) : frame(f));
})();
