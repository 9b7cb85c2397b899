// What the tour shows and asks, one entry a lesson. Every number comes from the run on screen; the words are in ui/texts.json under
// tour_<id>_title, _text, _ask, _right and _wrong.
//   where       the part of the page that the lesson speaks of
//   values      what is filled into the words
//   figure      a small figure of its own for the card, or nothing
//   steps       judges a step that was clicked in the row of steps; dots: judged in the lesson's own figure
//   lacks       "" or, where the run cannot answer the question, the words that say why: tour_<id>_text_<...>; then nothing is asked
//   variant     other words for a run that knows less, which can answer all the same
(function () {
  const tc = window.teacache;
  const NEAR_BEST = 0.9; // an answer that comes so near the extreme counts: two steps may be as good as equal

  const mean = (list) => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
  const most = (list, size) => list.reduce((best, x, i) => (size(x) > size(list[best]) ? i : best), 0);
  const step = (number) => tc.t("say_step", { i: number + 1 });
  const spanned = (lists) => Math.max(...lists.flat(), 1e-9) * 1.06;

  // The steps of the clip as it took shape, where they were kept: a film strip under the text.
  function film() {
    const facts = tc.facts();
    if (!facts || !facts.previews) return null;
    return tc.filmStrip(facts.previews, 0, 5);
  }
  const timestepOf = (s) => {
    const facts = tc.facts();
    return facts && facts.timesteps[s] !== undefined ? facts.timesteps[s] : null;
  };

  const time = (s) => (timestepOf(s) === null ? "–" : tc.delta(timestepOf(s)));

  // Fewer measured changes show no shape: a trace from elsewhere often holds none, a run of three steps has two.
  const FEWEST = 3;
  const unmeasured = (view) => (tc.pairs(view).length < FEWEST ? "none" : "");
  const naive = (view) => tc.pairs(view).every((p) => Math.abs(p.est - p.ind) < 1e-9);

  // Indicator against real change; `moved` draws where the polynomial takes each dot.
  function cloud(view, check, moved) {
    const pairs = tc.pairs(view);
    if (unmeasured(view)) return null;
    const end = spanned([pairs.map((p) => p.ind), pairs.map((p) => p.out), moved ? pairs.map((p) => p.est) : []]);
    const points = pairs.map((p) => ({
      x: moved ? p.est : p.ind, from: moved ? p.ind : undefined, y: p.out, kind: moved ? "estimate" : "",
      name: tc.t("tour_dot", { i: p.step + 1, x: tc.num(p.ind), y: tc.num(p.est), o: tc.num(p.out) }),
    }));
    return tc.scatter({
      points, end: { x: end, y: end }, diagonal: true, name: tc.t("tour_cloud"),
      labels: [tc.t(moved ? "tour_axis_est" : "tour_axis_ind"), tc.t("tour_axis_out")],
      onpoint: (i) => tc.emit("point", i === null ? null : view.columns.step.indexOf(pairs[i].step)),
      onpick: (i) => check(pairs[i], pairs),
    });
  }
  // Right if the dot is the one whose `size` is greatest, or as good as it.
  const judgeDot = (size) => (chosen, pairs) => {
    const best = pairs[most(pairs, size)];
    const values = { i: chosen.step + 1, v: tc.num(size(chosen)), best: best.step + 1, w: tc.num(size(best)) };
    return { right: size(chosen) >= NEAR_BEST * size(best), values };
  };

  function residualBlocks(view) {
    const asked = reusedCall(view);
    if (!asked) return null;
    const box = (text, kind) => tc.el("span", { class: "tc-box " + (kind || "") }, text);
    const row = (...parts) => tc.el("p", { class: "tc-flow" }, ...parts);
    return tc.el("div", { class: "tc-flows" },
      row(tc.el("i", { class: "tc-swatch computed" }), box(tc.t("flow_in")), "→", box(tc.t("flow_blocks"), "heavy"), "→", box(tc.t("flow_out"))),
      row(tc.el("span", { class: "tc-note" }, tc.t("flow_residual"))),
      row(tc.el("i", { class: "tc-swatch reused" }), box(tc.t("flow_in")), "+", box(tc.t("flow_kept"), "kept"), "→", box(tc.t("flow_out"))));
  }
  // A reused call to ask about: one that is not the first after a computed call, if there is such a one.
  function reusedCall(view) {
    const calls = tc.calls(view);
    return calls.find((c, j) => !c.computed && j && !calls[j - 1].computed) || calls.find((c) => !c.computed) || null;
  }
  const lastComputed = (view, before) => tc.calls(view).filter((c) => c.computed && c.step < before).pop();

  const raceable = () => (tc.lessonRuns || []).length > 1;
  // Speed against fidelity of the recorded runs, with the run on screen among them.
  function race(view, check) {
    if (!raceable()) return null;
    const runs = tc.lessonRuns;
    const speeds = runs.map(tc.speed);
    const y0 = Math.floor(Math.min(...runs.map((r) => r.psnr)) / 10) * 10;
    return tc.scatter({
      points: runs.map((r) => ({ x: tc.speed(r), y: r.psnr, r: 5, kind: r.run === view.run.run ? "shown" : "", name: tc.t("tour_run", { prompt: r.prompt, s: tc.fixed(tc.speed(r), 2), db: tc.fixed(r.psnr, 1) }) })),
      end: { x: Math.max(...speeds) * 1.08, y: Math.max(...runs.map((r) => r.psnr)) * 1.04 - y0, y0 },
      labels: [tc.t("history_x"), tc.t("history_y")], name: tc.t("tour_race"), onpick: (i) => check(runs[i], runs),
    });
  }
  const FAITHFUL = 30; // dB; from about there a difference is hard to see
  function judgeRun(chosen, runs) {
    const good = runs.filter((r) => r.psnr >= FAITHFUL);
    const best = (good.length ? good : runs).reduce((a, b) => (tc.speed(b) > tc.speed(a) ? b : a));
    const told = (r) => ({ s: tc.fixed(tc.speed(r), 2), db: tc.fixed(r.psnr, 1) });
    const values = { ...told(chosen), bs: told(best).s, bdb: told(best).db };
    return { right: chosen === best, values };
  }

  tc.lessons = [
    {
      id: "noise", where: ".tc-player", figure: film,
      variant: (view) => (view.run.figures.uncachedSeconds ? "" : "untimed"),
      values: (view) => ({ n: view.steps, prompt: view.run.about.prompt, s: tc.num(view.run.figures.uncachedSeconds) }),
      steps: (s, view) => ({ right: s === 0, values: { i: s + 1, n: view.steps } }),
    },
    {
      id: "time", where: ".tc-strip",
      values: (view) => ({ n: view.steps, a: time(0), b: time(view.steps - 1) }),
      live: (s) => (timestepOf(s) === null ? "" : tc.t("tour_time_live", { i: s + 1, t: time(s) })),
      lacks: () => (timestepOf(0) === null ? "none" : ""),
      steps: (s, view) => {
        const half = (timestepOf(0) + timestepOf(view.steps - 1)) / 2;
        const best = most(Array.from({ length: view.steps }, (_, i) => i), (i) => -Math.abs(timestepOf(i) - half));
        return { right: Math.abs(s - best) <= Math.max(1, view.steps * 0.04), values: { i: s + 1, t: time(s), half: tc.delta(half) } };
      },
    },
    {
      id: "change", where: ".tc-plot-card", lacks: unmeasured,
      values: (view) => {
        const pairs = tc.pairs(view);
        const [big, small] = [Math.max(...pairs.map((p) => p.out)), Math.min(...pairs.map((p) => p.out))];
        return { big: tc.num(big), small: tc.num(small), times: tc.fixed(big / small, 0) };
      },
      steps: (s, view) => {
        const pairs = tc.pairs(view);
        const at = pairs.find((p) => p.step === s);
        const low = pairs.reduce((a, b) => (b.out < a.out ? b : a));
        const values = { i: s + 1, v: tc.num(at ? at.out : null), best: low.step + 1, w: tc.num(low.out) };
        return { right: Boolean(at) && at.out * 0.8 <= low.out, values };
      },
    },
    {
      id: "indicator", where: ".tc-plot-card", lacks: unmeasured,
      values: (view) => {
        const pairs = tc.pairs(view);
        return { r: tc.fixed(tc.correlation(pairs.map((p) => p.ind), pairs.map((p) => p.out)), 2), n: pairs.length };
      },
      figure: (view, check) => cloud(view, check, false),
      dots: judgeDot((p) => Math.abs(p.out - p.ind)),
    },
    {
      id: "rescale", where: "#tc-estimator",
      lacks: (view) => unmeasured(view) || (naive(view) ? "naive" : ""),
      values: (view) => {
        const pairs = tc.pairs(view);
        return { a: tc.num(mean(pairs.map((p) => Math.abs(p.out - p.ind)))), b: tc.num(mean(pairs.map((p) => Math.abs(p.out - p.est)))), n: pairs.length };
      },
      figure: (view, check) => cloud(view, check, !naive(view)),
      dots: judgeDot((p) => Math.abs(p.est - p.ind)),
    },
    { id: "decide", where: ".tc-plot-card", values: (view) => ({ t: tc.delta(view.threshold) }), play: true },
    {
      id: "residual", where: ".tc-strip", figure: residualBlocks,
      lacks: (view) => (reusedCall(view) ? "" : "none"),
      variant: () => ((tc.facts() || {}).computedSeconds && tc.facts().reusedSeconds ? "" : "untimed"),
      values: (view) => {
        const facts = tc.facts() || {};
        const asked = reusedCall(view);
        return { k: asked ? asked.step + 1 : "–", reused: view.reused, a: tc.num(facts.computedSeconds), b: tc.num(facts.reusedSeconds) };
      },
      steps: (s, view) => {
        const asked = reusedCall(view);
        const source = lastComputed(view, asked.step);
        return { right: s === source.step, values: { i: s + 1, k: asked.step + 1, best: source.step + 1 } };
      },
    },
    {
      id: "speed", where: ".tc-figures",
      lacks: () => (raceable() ? "" : "none"),
      variant: ({ run: { figures } }) => (!tc.speed(figures) || tc.decibels(figures) === null ? "unmeasured" : figures.sound ? "sound" : ""),
      values: (view) => {
        const f = view.run.figures;
        return { x: (f.disturbed ? "≈" : "") + tc.fixed(tc.speed(f), 2), y: tc.fixed(f.ideal || view.total / Math.max(1, view.computed), 2), db: tc.fixed(tc.decibels(f), 1), limit: FAITHFUL };
      },
      figure: race, dots: judgeRun,
    },
  ];
  tc.lessonStep = step;
})();
