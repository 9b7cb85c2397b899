// The legend names only what is drawn of the run on screen: a trace from elsewhere may hold no measured change, a what-if has none of
// its own; that mark's place is then taken by the one for changed steps, so that the legend does not grow. Where guidance makes two
// calls a step, it says which of them the faint lines are of.
(function () {
  const tc = window.teacache;
  const drawn = {
    actual: (run) => run.uncached.out.some((value) => value !== null),
    this: (run, kind) => kind !== "whatif" && run.cached.out.some((value, i) => value !== null && run.cached.exact[i]),
  };
  const key = (name) => document.querySelector(`.tc-legend .tc-key:has(> .${name})`);
  tc.on("view", ({ run, kind }) => {
    for (const [name, there] of Object.entries(drawn)) {
      key(name).hidden = kind !== "live" && !there(run, kind);
    }
    const [, second] = run.branches;
    key("faint").hidden = !second;
    if (second) key("faint").lastChild.textContent = tc.t("legend_faint", { branch: tc.branch(second) });
  });
})();
