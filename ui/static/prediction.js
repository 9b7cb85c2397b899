// What the what-if had foretold, against what the run then did: marked on the steps, and counted over the visit.
(function () {
  const tc = window.teacache;
  const outcomes = {}; // by run id
  const KEY = "teacache-foretold";
  const tally = kept();
  let promised = null;

  // Over a reload, as the history is: the score is this visitor's.
  function kept() {
    const none = { same: 0, calls: 0, runs: 0 };
    try {
      const found = JSON.parse(localStorage.getItem(KEY)) || none;
      return Object.keys(none).every((name) => Number.isInteger(found[name])) ? found : none;
    } catch (error) {
      return none;
    }
  }
  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(tally));
    } catch (error) {
      console.warn("the score is not kept: " + error.message);
    }
  }

  const asked = (run) => [run.about.model, run.about.prompt, run.about.seed, run.about.guidance, run.steps].join("\n");

  // Only another schedule than the recorded one is a prediction, and only one that a run can follow: by the same indicator.
  tc.on("starting", (view) => {
    const foretold = view && view.kind === "whatif" && view.table && view.table.signal === "indicator" && view.table.stands.asked === view.table.stands.variant;
    promised = foretold ? { from: view.run.run, schedule: view.row[2], asked: asked(view.run), rules: view.table.rules, threshold: view.threshold } : null;
  });

  // Judges a finished run once. A prediction holds for the same prompt, noise, steps and rules only.
  function judge(run) {
    const schedule = run.cached.computed;
    const fits = promised && promised.asked === asked(run) && promised.rules === run.rules && promised.schedule.length === schedule.length;
    if (fits && Math.abs(promised.threshold - run.controls.threshold) < 1e-6) {
      const wrong = schedule.map((c, i) => (String(c) === promised.schedule[i] ? -1 : i)).filter((i) => i >= 0);
      outcomes[run.run] = { wrong: new Set(wrong), same: schedule.length - wrong.length, n: schedule.length, schedule: promised.schedule };
      tally.same += schedule.length - wrong.length;
      tally.calls += schedule.length;
      tally.runs += 1;
      keep();
    }
    promised = null;
  }

  // What was foretold for the run on screen, or null.
  tc.outcome = (view) => {
    if (promised && view.run.phase === "done" && view.run.run !== promised.from) judge(view.run); // the next run, not the one on screen
    return view.kind === "whatif" || view.kind === "live" ? null : outcomes[view.run.run] || null;
  };
  tc.outcomeText = (view) => {
    const found = tc.outcome(view);
    if (!found) return "";
    return tc.t("line_confirmed", found) + " " + tc.t("line_tally", { same: tally.same, n: tally.calls, runs: tally.runs });
  };
})();
