// The button for a third video: as many steps as TeaCache computed, without a cache.
(function () {
  const tc = window.teacache;

  tc.thirdButton = (trigger) => {
    const button = tc.el("button", { type: "button", class: "tc-third", disabled: true, "data-tip": tc.t("third_tip"), onclick: () => ask() }, tc.t("third_ask"));
    const set = (busy) => {
      tc.now.thirdBusy = busy;
      button.textContent = tc.t(busy ? "third_busy" : "third_ask");
      tc.refresh();
    };
    function ask() {
      set(true);
      tc.engage();
      trigger("third", {});
    }
    tc.on("view", (view) => {
      const enough = view.run.cached.computed.reduce((a, b) => a + b, 0) / Math.max(1, view.run.branches.length) >= 2;
      const finished = view.kind !== "live" && view.run.phase !== "stopped";
      button.hidden = view.run.phase === "uploaded" || view.run.about.videos === false; // no clip to judge by; the card says so
      button.disabled = tc.busy() || tc.now.ending || !finished || !enough || tc.now.lanes === 3;
      button.classList.toggle("there", tc.now.lanes === 3);
      if (tc.now.lanes === 3) button.textContent = tc.t("third_there");
      else if (!tc.now.thirdBusy) button.textContent = tc.t("third_ask");
    });
    tc.on("lanes", () => set(false));
    tc.on("failed", () => tc.now.thirdBusy && set(false));
    tc.on("stopped", () => tc.now.thirdBusy && set(false));
    return button;
  };
})();
