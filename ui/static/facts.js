// What the teaching parts know of a finished run besides its columns: timesteps, frames' fidelity, times of calls, previews.
// Asked of the server once per run; the rest are small sums over the columns.
(function () {
  const tc = window.teacache;
  const known = new Map(); // run id -> what the server told, null while it is asked
  const AGAIN = 3000; // ms

  const finished = (run) => run.run && ["recorded", "done", "uploaded"].includes(run.phase);

  async function ask(id) {
    known.set(id, null);
    try {
      const answer = await fetch("teacache/teach/" + encodeURIComponent(id));
      if (!answer.ok) return; // the run is gone; the page shows what it has
      known.set(id, await answer.json());
      tc.emit("facts", known.get(id));
    } catch (error) {
      setTimeout(() => known.delete(id), AGAIN); // offline; the next view asks again
    }
  }
  // Of the run on screen; null while unknown.
  tc.facts = () => (tc.now.run && known.get(tc.now.run.run)) || null;
  tc.on("view", ({ run }) => finished(run) && !known.has(run.run) && ask(run.run));

  // Pearson's correlation of two lists; null where one does not vary.
  tc.correlation = (xs, ys) => {
    const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
    const [mx, my] = [mean(xs), mean(ys)];
    const sum = (f) => xs.reduce((a, _, i) => a + f(xs[i] - mx, ys[i] - my), 0);
    const spread = Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
    return spread > 0 ? sum((x, y) => x * y) / spread : null;
  };
  // The first branch of the uncached run: indicator, estimate and real change, where all three are known.
  tc.pairs = (view) => {
    const c = view.base;
    const all = c.step.map((step, i) => ({ step, branch: c.branch[i], ind: c.ind[i], est: c.est[i], out: c.out[i] }));
    return all.filter((p) => p.branch === 0 && p.ind !== null && p.out !== null && p.est !== null);
  };
  // The calls of the first branch of what is on screen, in order.
  tc.calls = (view) => {
    const c = view.columns;
    const places = c.step.map((_, i) => i).filter((i) => c.branch[i] === 0);
    return places.map((i) => ({ i, step: c.step[i], ind: c.ind[i], est: c.est[i], acc: c.acc[i], computed: Boolean(c.computed[i]), reason: c.reason[i] }));
  };

  // The buttons of the recorded runs tell what the run teaches.
  tc.whenThere("tc-recorded", "button", () => {
    document.querySelectorAll("#tc-recorded button").forEach((button) => {
      const name = button.id.replace(/^tc-run-\d+-/, "");
      const tip = tc.t(`recorded_${name}_tip`);
      if (tip !== `recorded_${name}_tip`) button.dataset.tip = tip;
    });
  });
})();
