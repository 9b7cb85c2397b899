// Tells, once, that the first view is on screen, its video too where that comes soon: what stood in its place may go.
(function () {
  const SOON = 1000; // ms
  let began = 0;
  const look = (now) => {
    if (!document.querySelector(".tc-stage.filled") && now - began < SOON) return void requestAnimationFrame(look);
    document.dispatchEvent(new Event("teacache-drawn"));
  };
  window.teacache.on("view", () => {
    if (began) return;
    began = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(look));
  });
})();
