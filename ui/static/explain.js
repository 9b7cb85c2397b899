// One step in plain words, with its real numbers.
(function () {
  const tc = window.teacache;

  // The actual change of the same call in the uncached run, if it was measured.
  tc.truth = (view, index) => {
    const { step, branch } = view.columns;
    const base = view.base;
    if (base.step[index] === step[index] && base.branch[index] === branch[index]) return base.out[index];
    const found = base.step.findIndex((s, i) => s === step[index] && base.branch[i] === branch[index]);
    return found < 0 ? null : base.out[found];
  };

  tc.explain = (view, index) => {
    const c = view.columns;
    if (index === null || index === undefined || c.step[index] === undefined) return null;
    const i = c.step[index] + 1;
    const several = view.run.branches.length > 1;
    const name = several ? tc.t("say_branch", { i, branch: tc.branch(view.run.branches[c.branch[index]]) }) : tc.t("say_step", { i });
    const values = {
      what: tc.t("say_" + (view.table ? tc.signal(view.table) : "indicator")), // of a run under way no table tells yet
      x: tc.num(c.ind[index]),
      y: tc.num(c.est[index]),
      z: tc.num(c.acc[index]),
      t: tc.delta(view.threshold),
      o: tc.num(tc.truth(view, index)),
    };
    const truth = tc.truth(view, index);
    if (view.measuring && truth !== null && c.ind[index] !== null) return { name, text: tc.t("say_measured", values) };
    let text = tc.t("say_" + c.reason[index], values);
    if (view.outcome && view.outcome.wrong.has(index)) text += " " + tc.t(c.computed[index] ? "say_missed_computed" : "say_missed_reused");
    else if (truth !== null && c.acc[index]) text += " " + tc.t("say_truth", values);
    return { name, text, reused: !c.computed[index] };
  };
})();
