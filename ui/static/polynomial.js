// The polynomial's panel, folded: its curve over this run's own pairs, where it was calibrated, where it is negative, what it explains;
// and a new one fitted to the runs of this visit, beside the old.
(function () {
  const tc = window.teacache;
  const W = 560, H = 220, L = 46, R = 12, T = 12, B = 22;

  function scales(panel, fresh) {
    const xs = [...panel.curve.map((p) => p[0]), ...panel.pairs.map((p) => p[1])];
    const highest = Math.max(...panel.pairs.map((p) => p[2]), 1e-3);
    const seen = [...panel.curve, ...(fresh ? fresh.curve : [])].map((p) => p[1]).filter((y) => y !== null);
    const top = Math.min(highest * 2, Math.max(highest, ...seen)) * 1.08; // a quartic may soar or plunge: the pairs set the scale
    const end = Math.max(...xs);
    const low = Math.max(-top * 0.5, Math.min(0, ...seen));
    return { end, top, low, x: (v) => L + (v / end) * (W - L - R), y: (v) => T + (1 - (v - low) / (top - low)) * (H - T - B) };
  }
  const path = (points, at) => "M" + points.filter((p) => p[1] !== null).map((p) => at.x(p[0]).toFixed(1) + " " + at.y(p[1]).toFixed(1)).join("L");

  function picture(panel, fresh) {
    const at = scales(panel, fresh);
    const out = [`<clipPath id="tc-poly-inner"><rect x="${L}" y="${T}" width="${W - L - R}" height="${H - T - B}"/></clipPath>`];
    const bottom = at.y(at.low);
    const band = (name, low, high) => out.push(`<rect class="${name}" x="${at.x(low)}" y="${T}" width="${Math.max(1, at.x(Math.min(high, at.end)) - at.x(low))}" height="${bottom - T}"/>`);
    if (panel.range) band("calibrated", ...panel.range);
    panel.negative.forEach(([low, high]) => band("negative", low, high));
    for (const x of tc.ticks(at.end)) out.push(`<text x="${at.x(x)}" y="${H - 6}" text-anchor="middle">${tc.delta(x)}</text>`);
    for (const y of tc.ticks(at.top)) out.push(`<path class="grid" d="M${L} ${at.y(y)}H${W - R}"/><text x="${L - 6}" y="${at.y(y)}" dy=".35em" text-anchor="end">${tc.delta(y)}</text>`);
    panel.pairs.forEach(([step, x, y]) => out.push(`<circle class="pair" cx="${at.x(x).toFixed(1)}" cy="${at.y(y).toFixed(1)}" r="3.2"><title>${tc.t("say_step", { i: step + 1 })}: ${tc.num(x)} → ${tc.num(y)}</title></circle>`));
    out.push(`<path class="estimate" clip-path="url(#tc-poly-inner)" d="${path(panel.curve, at)}"/>`);
    if (fresh) out.push(`<path class="fresh" clip-path="url(#tc-poly-inner)" d="${path(fresh.curve, at)}"/>`);
    return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${tc.t("poly_label")}">${out.join("")}</svg>`; // numbers and fixed words only
  }

  const legend = (panel, fresh) =>
    tc.el("div", { class: "tc-legend" }, ...[["this", "poly_pairs"], ["estimate", "legend_est"], fresh ? ["fresh", "poly_new"] : null, panel.range ? ["range", "poly_range"] : null, panel.negative.length ? ["negative", "poly_below"] : null]
      .filter(Boolean).map(([swatch, key]) => tc.el("span", { class: "tc-key" }, tc.el("i", { class: "tc-swatch " + swatch }), tc.t(key))));

  // Terms and their values, as a list.
  function facts(panel, signal, steps) {
    const rows = [["poly_r2", tc.fixed(panel.r2, 3)], ["poly_pearson", tc.fixed(panel.pearson, 3)]];
    if (panel.fitted) rows.splice(1, 0, ["poly_r2_fit", `${tc.fixed(panel.fitted.r2, 3)} (${tc.t("poly_prompts", { n: panel.fitted.prompts })})`]);
    rows.push(["poly_range", panel.range ? `${tc.num(panel.range[0])} – ${tc.num(panel.range[1])}` : tc.t("poly_unknown")]);
    rows.push(["poly_negative", panel.negative.length ? panel.negative.map(([a, b]) => `${tc.num(a)} – ${tc.num(b)}`).join(", ") : tc.t("poly_nowhere")]);
    const list = tc.el("dl", {}, ...rows.flatMap(([key, value]) => [tc.el("dt", {}, tc.term(key)), tc.el("dd", {}, value)]));
    const cautions = [
      signal === "indicator" ? null : tc.t("poly_other", { signal: tc.t("by_" + signal) }),
      panel.fitted && panel.fitted.steps !== steps ? tc.t("poly_steps", { fitted: panel.fitted.steps, n: steps }) : null,
    ];
    return [list, ...cautions.filter(Boolean).map((text) => tc.el("p", { class: "tc-caution" }, text))];
  }

  function comparison(fresh) {
    const row = (key, found) => tc.el("tr", {}, tc.el("th", { scope: "row" }, tc.t(key)), tc.el("td", {}, tc.fixed(found.r2, 3)), tc.el("td", {}, found.threshold === null ? "–" : tc.delta(found.threshold)));
    const head = tc.el("tr", {}, tc.el("th", {}), tc.el("th", { scope: "col" }, "R²"), tc.el("th", { scope: "col" }, tc.term("poly_usual")));
    return tc.el("table", { class: "tc-compared" }, tc.el("thead", {}, head), tc.el("tbody", {}, row("poly_old", fresh.old), row("poly_new", fresh.new)));
  }

  tc.parts.polynomial = (root, { trigger }) => {
    let view = null;
    let fresh = null;
    let shown = "";
    const plot = tc.el("div", { class: "tc-poly-plot" });
    const side = tc.el("div", { class: "tc-poly-side" });
    const gist = tc.el("span", { class: "tc-gist" });
    const fold = tc.el("details", { class: "tc-card tc-poly", ontoggle: () => draw() }, tc.el("summary", {}, tc.el("b", {}, tc.t("poly_title")), gist), tc.el("div", { class: "tc-poly-body" }, plot, side));
    root.append(fold);

    function refitting() {
      const ask = tc.el("button", { type: "button", class: "tc-plain", "data-tip": tc.t("refit_tip"), onclick: () => trigger("refit", {}) }, tc.t("refit_ask"));
      if (!fresh) return [ask];
      const text = tc.el("code", {}, fresh.coefficients);
      return [tc.el("p", {}, tc.t("refit_said", { runs: fresh.runs, pairs: fresh.pairs })), comparison(fresh), text,
        tc.el("div", { class: "tc-row" }, ask, tc.el("button", { type: "button", class: "tc-plain", onclick: () => trigger("use", { coefficients: fresh.coefficients }) }, tc.t("refit_use")))];
    }
    function draw() {
      if (!view || !view.table) return;
      const panel = view.table.panel;
      gist.textContent = tc.t(panel.r2 === null ? "poly_gist_unknown" : panel.naive ? "poly_gist_naive" : panel.r2 < 0 ? "poly_gist_worse" : "poly_gist", { r2: tc.fixed(panel.r2, 2) });
      const key = [view.table.run, view.table.rules, fresh && fresh.n].join();
      if (!fold.open || key === shown) return;
      shown = key;
      const drawn = fresh && fresh.coefficients !== panel.coefficients ? fresh : null; // in use already: one curve
      plot.innerHTML = picture(panel, drawn);
      plot.prepend(legend(panel, drawn));
      plot.append(tc.el("p", { class: "tc-caption" }, tc.t("poly_x")));
      side.replaceChildren(...facts(panel, view.table.signal, view.steps), ...refitting());
    }
    tc.on("view", (next) => {
      view = next;
      if (fresh && view.table && fresh.run !== view.table.run) fresh = null;
      draw();
    });
    tc.on("refit", (found) => ((fresh = found), (fold.open = true), draw()));
  };
  let count = 0;
  tc.parts.refit = () => (packed) => tc.emit("refit", { ...JSON.parse(packed.json), n: ++count });
})();
