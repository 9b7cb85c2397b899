// The one place where a view becomes Plotly traces. Colours come from the style sheet, so both themes have their own.
(function () {
  const tc = window.teacache;
  // The plot and its light stand-in share this geometry, so that nothing moves when Plotly takes over.
  tc.geometry = { left: 50, right: 64, top: 20, bottom: 24, upper: [0.57, 1], lower: [0, 0.41], forced: 0.07, gap: 0.86, gapSize: 22 };

  const ticks = (values) => values.filter((v) => v !== null && v !== undefined && isFinite(v));

  // Highest values, so that both axes hold everything; within a run they only grow, or the plot would pump.
  let kept = { key: "", upper: 0, lower: 0 };
  tc.ranges = (view) => {
    const key = view.run.run + view.rules;
    if (kept.key !== key) kept = { key, upper: 0, lower: 0 };
    const changes = ticks([...view.columns.est, ...view.base.out, ...view.columns.out.filter((_, i) => view.columns.exact[i])]).sort((a, b) => a - b);
    const top = changes.length ? changes[changes.length - 1] : 0.1;
    kept.upper = Math.max(kept.upper, top * 1.08);
    if (!tc.dragging || !kept.lower) kept.lower = lowerEnd(view); // an axis that moved under the hand would run away from it
    return { upper: kept.upper, lower: kept.lower };
  };

  // The decision happens at the threshold: sums far above it are cut off, so that those near it can be told apart.
  function lowerEnd(view) {
    const all = Math.max(0, ...ticks(view.columns.acc));
    const seen = view.threshold > 0 ? Math.min(all * 1.1, view.threshold * 3) : all * 1.1;
    return Math.max(view.kind === "live" ? kept.lower : 0, seen, view.threshold * 1.25, 1e-3);
  }

  const lane = (columns, b) => columns.step.map((_, i) => i).filter((i) => columns.branch[i] === b);
  const pick = (array, indices) => indices.map((i) => array[i]);

  function line(view, source, field, b, extra) {
    const indices = lane(source, b).filter((i) => source[field][i] !== null);
    return { type: "scatter", x: indices.map((i) => source.step[i] + 1), y: pick(source[field], indices), ...extra };
  }

  function bars(view, b, branches, computed) {
    const c = view.columns;
    const indices = lane(c, b).filter((i) => Boolean(c.computed[i]) === computed && c.acc[i]);
    const width = 0.78 / branches;
    const offset = branches > 1 ? (b - branches / 2) * width : -width / 2;
    const colour = tc.colour(computed ? "computed" : "reused");
    return {
      type: "bar", yaxis: "y2", width, offset,
      x: indices.map((i) => c.step[i] + 1), y: pick(c.acc, indices), customdata: indices,
      name: tc.t(computed ? "hover_sum_computed" : "hover_sum_reused"),
      hovertemplate: "%{y:.3g}",
      marker: {
        color: computed ? colour : tc.colour("reused-soft"),
        line: { width: 1, color: colour },
        pattern: { shape: computed ? "" : "/", fgcolor: colour, bgcolor: tc.colour("reused-soft"), size: 5, solidity: 0.45, fillmode: "replace" },
      },
    };
  }

  function forced(view, b, end) {
    const c = view.columns;
    const indices = lane(c, b).filter((i) => c.computed[i] && tc.byRule(c.reason[i]));
    return {
      type: "scatter", mode: "markers", yaxis: "y2", x: indices.map((i) => c.step[i] + 1), y: indices.map(() => end * tc.geometry.forced),
      marker: { symbol: "diamond", size: 8, color: tc.colour("computed-deep") },
      name: tc.t("legend_forced"), hovertemplate: " ",
    };
  }

  // A gap in every bar that goes on above the axis.
  tc.cut = (columns, end) => columns.acc.map((_, i) => i).filter((i) => columns.acc[i] > end);
  function gaps(view, end, branches) {
    const c = view.columns;
    const indices = tc.cut(c, end);
    const lane = 0.78 / branches;
    return {
      type: "scatter", mode: "markers", yaxis: "y2", hoverinfo: "skip",
      x: indices.map((i) => c.step[i] + 1 + (c.branch[i] - (branches - 1) / 2) * lane), y: indices.map(() => end * tc.geometry.gap),
      marker: { symbol: "line-ne", size: tc.geometry.gapSize, line: { width: 3, color: tc.colour("card") } },
    };
  }

  tc.figure = (view) => {
    const range = tc.ranges(view);
    const branches = Math.max(1, view.run.branches.length);
    const traces = [];
    for (let b = 0; b < branches; b++) {
      const suffix = branches > 1 ? " · " + tc.branch(view.run.branches[b]) : "";
      const faint = b ? 0.55 : 1;
      traces.push(
        line(view, view.base, "out", b, {
          mode: "lines", name: tc.t("legend_actual") + suffix, hovertemplate: "%{y:.3g}", opacity: faint,
          line: { color: tc.colour("actual"), width: 2 },
        }),
        line(view, view.columns, "est", b, {
          mode: "lines", name: tc.t("legend_est") + suffix, hovertemplate: "%{y:.3g}", opacity: faint,
          line: { color: tc.colour("estimate"), width: 1.6, dash: "5px,3px" },
        }),
      );
      if (view.kind !== "whatif" && !view.measuring) traces.push(exactDots(view, b, suffix));
      traces.push(bars(view, b, branches, true), bars(view, b, branches, false), forced(view, b, range.lower));
    }
    traces.push(gaps(view, range.lower, branches));
    return { traces, layout: layout(view, range) };
  };

  function exactDots(view, b, suffix) {
    const c = view.columns;
    const indices = lane(c, b).filter((i) => c.exact[i] && c.out[i] !== null);
    return {
      type: "scatter", mode: "markers", x: indices.map((i) => c.step[i] + 1), y: pick(c.out, indices),
      name: tc.t("legend_this") + suffix, hovertemplate: "%{y:.3g}",
      marker: { color: tc.colour("card"), size: 6, line: { color: tc.colour("actual"), width: 1.5 } },
    };
  }

  function layout(view, range) {
    const g = tc.geometry;
    const ink = tc.colour("ink-soft");
    const axis = { gridcolor: tc.colour("grid"), zerolinecolor: tc.colour("grid"), color: ink, fixedrange: false, nticks: 4, tickformat: ".2~g" };
    return {
      uirevision: view.run.run, // a visitor's zoom stays while the run goes on
      margin: { l: g.left, r: g.right, t: g.top, b: g.bottom },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.querySelector(".tc-root") || document.body).fontFamily, size: 11, color: ink },
      showlegend: false, bargap: 0, barmode: "overlay", dragmode: innerWidth < 700 ? false : "zoom",
      hovermode: "x unified", hoversubplots: "axis",
      hoverlabel: { bgcolor: tc.colour("card"), bordercolor: tc.colour("line"), font: { color: tc.colour("ink"), size: 11 } },
      xaxis: {
        anchor: "y2", range: [0.5, view.steps + 0.5], color: ink, showgrid: false, zeroline: false, tickformat: "d",
        tick0: view.steps > 20 ? 10 : view.steps > 10 ? 5 : 1, dtick: view.steps > 20 ? 10 : view.steps > 10 ? 5 : 1,
        unifiedhovertitle: { text: tc.t("say_step", { i: "%{x}" }) },
      },
      yaxis: { ...axis, domain: g.upper, range: [0, range.upper] },
      yaxis2: { ...axis, domain: g.lower, range: [0, range.lower] },
      shapes: [
        {
          type: "line", xref: "paper", x0: 0, x1: 1, yref: "y2", y0: view.threshold, y1: view.threshold,
          line: { color: tc.colour("threshold"), width: 2, dash: "dash" }, layer: "above",
        },
      ],
    };
  }
})();
