// A run under way when its connection broke is made again once the page is back, where a link holds all that was asked for: a picture,
// the demo's size and a place in the gallery it does not hold. Gradio loads the page again as
// soon as the server answers; who loads it by hand finds his run going on as well. Once: a run that ends the server must not do so for good.
(function () {
  const tc = window.teacache;
  const NAME = "teacache-under-way";
  const ENDED = ["done", "stopped"];

  function kept() {
    try {
      const loaded = performance.getEntriesByType("navigation")[0];
      return loaded && loaded.type === "reload" ? JSON.parse(sessionStorage.getItem(NAME)) : null; // a copied tab has no part in the run
    } catch (error) {
      return null; // no storage here: then the page begins as it does for all
    }
  }
  function keep(value) {
    try {
      if (value) sessionStorage.setItem(NAME, JSON.stringify(value));
      else sessionStorage.removeItem(NAME);
    } catch (error) {
      console.warn("the run cannot be kept:", error.message);
    }
  }

  const before = kept();
  let tries = before ? before.tries : 0;
  let begun = false; // a state of it has come
  keep(null);
  if (before) history.replaceState(history.state, "", before.address); // link.js restores from there

  tc.on("starting", ({ linked }) => {
    begun = false;
    keep(linked ? { address: tc.link(), tries } : null);
  });
  tc.on("view", ({ run }) => {
    if (tc.live()) begun = true;
    else if (begun && ENDED.includes(run.phase)) ended();
  });
  tc.on("stopped", () => ended());
  // With a sentence the server ended it; without a single state it never began.
  tc.on("failed", () => (tc.now.notice || !begun) && ended());
  function ended() {
    tries = 0;
    keep(null);
  }
  tc.on("restored", () => {
    if (!before || before.tries) return;
    tries = 1;
    tc.toast(tc.t("run_again"));
    document.getElementById("tc-run").click();
  });
})();
