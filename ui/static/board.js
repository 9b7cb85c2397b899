// The figures, the progress line, the plot, the step strip and the sentence about one step.
(function () {
  const tc = window.teacache;

  function tile(name) {
    const number = tc.el("b", {}, "–");
    const note = tc.el("small", {});
    const term = tc.term("fig_" + name);
    const node = tc.el("div", { class: "tc-fig", "data-fig": name }, number, term, note);
    // `as`: the name of another figure, which stands here for a sound.
    const set = (text, dim, { beside = "", tip = "", as = name } = {}) => {
      number.textContent = text;
      note.textContent = beside;
      term.textContent = tc.t("fig_" + as);
      term.dataset.tip = [tc.t("fig_" + as + "_tip"), tip].filter(Boolean).join(" ");
      node.classList.toggle("dim", Boolean(dim));
    };
    return { node, set, number };
  }

  function stateTile() {
    const number = tc.el("b", { class: "tc-state" }, "–");
    const node = tc.el("div", { class: "tc-fig wide", "data-fig": "state" }, number, tc.el("span", {}, tc.t("fig_state")));
    return { node, number };
  }

  function legend() {
    const item = (swatch, key, tip) =>
      tc.el("span", { class: "tc-key" + (tip ? " tc-term" : ""), tabindex: tip ? 0 : null, "data-tip": tip ? tc.t(tip) : null },
        tc.el("i", { class: "tc-swatch " + swatch }), tc.t(key));
    return tc.el("div", { class: "tc-legend" },
      item("estimate", "legend_est", "legend_est_tip"), item("actual", "legend_actual", "legend_actual_tip"),
      item("this", "legend_this", "legend_this_tip"), item("computed", "legend_computed", "fig_steps_tip"),
      item("reused", "legend_reused", "fig_steps_tip"), item("forced", "legend_forced", "legend_forced_tip"), item("faint", "legend_faint"), item("missed", "legend_missed", "legend_missed_tip"), item("changed", "legend_changed", "legend_changed_tip"));
  }

  tc.parts.board = (root) => {
    const tiles = Object.fromEntries(["steps", "ideal", "measured", "psnr", "ssim"].map((n) => [n, tile(n)]));
    const state = stateTile();
    const bar = tc.el("div", { class: "tc-bar", role: "progressbar", "aria-label": tc.t("progress"), "aria-valuemin": 0, "aria-valuemax": 100 },
      tc.el("i", { class: "uncached" }), tc.el("i", { class: "cached" }));
    const line = tc.el("p", { class: "tc-line" }); // said aloud by aloud.js, which is less chatty;
    const plotHost = tc.el("div", { class: "tc-plot" });
    const stripHost = tc.el("div", { class: "tc-strip", tabindex: 0, role: "group", "aria-label": tc.t("strip_label") });
    const say = tc.el("p", { class: "tc-say", "aria-live": "polite" });
    root.append(
      tc.el("div", { class: "tc-figures" }, ...Object.values(tiles).map((t) => t.node), state.node),
      bar, tc.el("div", { class: "tc-line-row" }, line),
      tc.el("div", { class: "tc-card tc-plot-card" }, legend(), plotHost, stripHost, say),
    );
    const plot = tc.plot(plotHost);
    const strip = tc.strip(stripHost);
    let current = null; // the call that the visitor points at
    let view = null;

    function drawSay() {
      const index = current !== null ? current : view.kind === "live" && view.columns.step.length ? view.columns.step.length - 1 : null;
      const said = tc.explain(view, index);
      say.replaceChildren(...(said ? [tc.el("b", {}, said.name + ": "), said.text] : [tc.t("say_hint")]));
      say.setAttribute("aria-live", view.kind === "live" ? "off" : "polite"); // not once a step
      strip.draw(view, index);
    }
    // What is to be said beside the measured speedup.
    function mark() {
      const f = view.run.figures;
      if (f.probed || f.disturbed) return tc.t(f.probed ? "not_timed" : "disturbed_mark");
      return f.measured && view.run.baselineReused ? tc.t("earlier_mark") : "";
    }
    function drawFigures() {
      const f = view.run.figures;
      const asked = view.kind === "whatif";
      const none = !view.columns.step.length; // a run that has only begun
      tiles.steps.set(none ? "–" : `${view.computed} / ${view.reused}`);
      tiles.ideal.set(none || view.measuring ? "–" : tc.fixed(view.total / Math.max(1, view.computed), 2) + "×");
      tiles.measured.set(tc.speedText(f), asked, { beside: mark(), tip: f.disturbed ? `${tc.t("disturbed_tip")} ${tc.said(f.disturbed)}` : "" });
      tiles.measured.node.classList.toggle("disturbed", Boolean(f.disturbed));
      drawNearness(f, asked);
      const phase = tc.now.waiting ? "waiting" : asked ? "whatif" : view.run.phase === "done" && tc.now.rivalsBusy ? "rivals" : view.run.phase;
      const done = view.columns.step.length;
      state.number.textContent = tc.t("state_" + phase, { i: done, n: view.run.calls });
      state.number.className = "tc-state " + phase;
    }
    function drawNearness(f, asked) {
      const sound = view.run.about.seconds;
      const near = tc.nearness(sound && !f.sound ? { sound: { snr: null, log_spectral: null } } : f);
      const lpips = f.lpips ?? null;
      const third = f.sound ? "MR-STFT " + tc.num(f.sound.stft, 2) : lpips === null ? "" : "LPIPS " + tc.fixed(lpips, 3);
      tiles.psnr.set(near.texts[0], asked, { as: near.names[0] });
      tiles.ssim.set(f.sound || f.ssim ? near.texts[1] : "–", asked, { beside: third, tip: f.lpipsReason && tc.said(f.lpipsReason), as: near.names[1] });
    }
    function lineText() {
      const { run } = view;
      if (tc.now.waiting) return tc.now.place || tc.t("line_waiting");
      if (tc.now.notice) return tc.now.notice;
      if (view.kind !== "live" && run.phase !== "uploaded" && tc.now.model && run.about.model && tc.now.model !== run.about.model) return tc.now.obstacle || tc.t("line_other");
      if (tc.never(view)) return tc.never(view);
      if (view.kind === "whatif") return tc.t(view.table.settings.schedule ? "line_planned" : view.table.signal !== "indicator" ? "line_ablation" : run.phase === "uploaded" ? "line_whatif_upload" : "line_whatif", { exactness: tc.t(view.table.exact ? "exact" : "approximate"), signal: tc.t("by_" + view.table.signal) });
      if (view.kind === "same") return tc.t("line_same");
      if (run.figures.probed) return tc.t("line_probed");
      const values = {
        i: view.columns.step.length, n: run.calls, reused: view.reused, device: run.about.device || "CPU",
        a: tc.num(run.figures.uncachedSeconds), b: tc.num(run.figures.cachedSeconds),
      };
      if (run.phase === "cached" && run.baselineReused) return tc.t("line_cached_kept", values);
      const none = view.table && !view.reused ? tc.t("line_none", { t: tc.num(view.table.first.threshold) }) : "";
      if (run.phase !== "done") return none || tc.t("line_" + run.phase, values);
      const done = tc.t(run.baselineReused ? "line_done_kept" : "line_done", values);
      const odd = run.figures.disturbed && tc.t("line_disturbed", { why: tc.said(run.figures.disturbed) });
      return [odd || done, none, tc.outcomeText(view)].filter(Boolean).join(" ");
    }
    function drawBar() {
      const { run } = view;
      const share = (columns) => Math.min(100, (100 * columns.step.length) / Math.max(1, run.calls));
      const on = view.kind === "live" || tc.now.waiting;
      const [a, b] = tc.now.waiting ? [0, 0] : [run.baselineReused ? 100 : share(run.uncached), share(run.cached)];
      bar.classList.toggle("on", on);
      bar.children[0].style.width = a / 2 + "%";
      bar.children[1].style.width = b / 2 + "%";
      bar.setAttribute("aria-valuenow", Math.round((a + b) / 2));
      document.body.classList.toggle("tc-running", tc.busy());
    }
    function draw(next) {
      view = next;
      view.outcome = tc.outcome(view);
      root.classList.toggle("tc-asked", view.kind === "whatif");
      root.classList.toggle("tc-outcome", Boolean(view.outcome && view.outcome.wrong.size));
      if (current !== null && current >= view.columns.step.length) current = null;
      drawFigures();
      drawBar();
      line.textContent = lineText();
      line.classList.toggle("failed", Boolean(tc.now.notice));
      line.title = tc.now.notice || ""; // whole, where the line has no room
      drawSay();
      plot.draw(view);
    }
    tc.on("view", draw);
    tc.on("waiting", tc.refresh);
    tc.on("point", (index) => ((current = index), view && drawSay()));
    tc.on("point-step", (step) => {
      const index = view.columns.step.indexOf(step);
      if (index >= 0) tc.emit("point", index);
    });
    tc.on("step", (move) => {
      const last = view.columns.step.length - 1;
      tc.emit("point", Math.min(last, Math.max(0, (current === null ? (move > 0 ? -1 : last + 1) : current) + move)));
    });
    return (value) => {
      tc.now.waiting = false;
      tc.setRun(value);
    };
  };
})();
