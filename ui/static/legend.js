// The legend names only what is drawn of the run on screen: a trace from elsewhere may hold no measured change, a what-if has none of
// its own; that mark's place is then taken by the one for changed steps, so that the legend does not grow.
(function () {
  const tc = window.teacache;
  const drawn = {
    actual: (run) => run.uncached.out.some((value) => value !== null),
    this: (run, kind) => kind !== "whatif" && run.cached.out.some((value, i) => value !== null && run.cached.exact[i]),
  };
  tc.on("view", ({ run, kind }) => {
    for (const [name, there] of Object.entries(drawn)) {
      document.querySelector(`.tc-legend .tc-key:has(> .${name})`).hidden = kind !== "live" && !there(run, kind);
    }
  });
})();
