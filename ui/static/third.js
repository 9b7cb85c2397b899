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
    const there = () => tc.now.lanes === 3 && !tc.now.pair; // three clips of rivals are another matter
    function ask() {
      set(true);
      tc.engage();
      trigger("third", {});
    }
    tc.on("view", (view) => {
      const enough = view.run.cached.computed.reduce((a, b) => a + b, 0) / Math.max(1, view.run.branches.length) >= 2;
      const finished = view.kind !== "live" && view.run.phase !== "stopped";
      button.hidden = view.run.phase === "uploaded" || view.run.about.videos === false; // no clip to judge by; the card says so
      button.disabled = tc.busy() || tc.now.ending || !finished || !enough || there();
      button.classList.toggle("there", there());
      if (there()) button.textContent = tc.t("third_there");
      else if (!tc.now.thirdBusy) button.textContent = tc.t("third_ask");
    });
    tc.on("lanes", () => set(false));
    tc.on("failed", () => tc.now.thirdBusy && set(false));
    tc.on("stopped", () => tc.now.thirdBusy && set(false));
    return button;
  };
})();
