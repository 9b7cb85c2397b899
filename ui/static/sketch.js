// The plot as a light SVG, drawn in a few milliseconds: both lines, the sums, the threshold. Colours are classes of the style sheet.
(function () {
  const tc = window.teacache;
  const TICKS = 4;

  // Round numbers from 0 to `end`, about as many as Plotly would label.
  tc.ticks = (end, wanted = TICKS) => {
    const rough = end / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((m) => m * power >= rough) * power;
    return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
  };

  function frame(g, width, height, view) {
    const inner = { w: width - g.left - g.right, h: height - g.top - g.bottom };
    return {
      right: width - g.right,
      bar: inner.w / view.steps,
      x: (step) => g.left + ((step + 0.5) / view.steps) * inner.w,
      y: (domain, share) => g.top + inner.h * (1 - domain[0] - (domain[1] - domain[0]) * share),
    };
  }

  function axis(out, g, at, domain, end) {
    for (const value of tc.ticks(end)) {
      const y = at.y(domain, value / end).toFixed(1);
      out.push(`<path class="grid" d="M${g.left} ${y}H${at.right}"/><text x="${g.left - 6}" y="${y}" dy=".35em" text-anchor="end">${tc.delta(value)}</text>`);
    }
  }

  function bars(out, g, at, view, end, branches) {
    const c = view.columns;
    const width = (at.bar * 0.78) / branches;
    const zero = at.y(g.lower, 0);
    const rule = at.y(g.lower, g.forced);
    c.acc.forEach((sum, i) => {
      const left = at.x(c.step[i]) - (at.bar * 0.78) / 2 + c.branch[i] * width;
      const kind = c.computed[i] ? "computed" : "reused";
      if (c.computed[i] && tc.byRule(c.reason[i])) out.push(`<path class="forced" d="M${at.x(c.step[i])} ${rule - 4}l4 4l-4 4l-4 -4z"/>`);
      if (!(sum > 0)) return;
      const top = at.y(g.lower, Math.min(1, sum / end)); // a sum above the axis is cut off, as Plotly does
      out.push(`<rect class="${kind}" x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${(zero - top).toFixed(1)}"/>`);
    });
    const half = (g.gapSize * 1.4) / 4; // Plotly's own reading of the size of such a mark
    for (const i of tc.cut(c, end)) {
      const middle = at.x(c.step[i]) + (c.branch[i] - (branches - 1) / 2) * width;
      out.push(`<path class="gap" d="M${(middle - half).toFixed(1)} ${(at.y(g.lower, g.gap) + half).toFixed(1)}l${2 * half} ${-2 * half}"/>`);
    }
  }

  function lines(out, g, at, view, end, branches) {
    for (let b = 0; b < branches; b++) {
      for (const [columns, field, name] of [[view.base, "out", "actual"], [view.columns, "est", "estimate"]]) {
        const points = columns[field].map((v, i) => (v === null || v === undefined || columns.branch[i] !== b ? "" : `${at.x(columns.step[i]).toFixed(1)},${at.y(g.upper, Math.max(0, Math.min(1, v / end))).toFixed(1)}`));
        out.push(`<polyline class="${name}" points="${points.filter(Boolean).join(" ")}"${b ? ' opacity=".55"' : ""}/>`);
      }
    }
    if (view.kind === "whatif" || view.measuring) return;
    const c = view.columns;
    c.out.forEach((v, i) => v !== null && c.exact[i] && out.push(`<circle class="this" cx="${at.x(c.step[i]).toFixed(1)}" cy="${at.y(g.upper, Math.min(1, v / end)).toFixed(1)}" r="3"/>`));
  }

  // Along the bottom the same step numbers as Plotly's.
  function numbers(out, g, at, view) {
    const every = view.steps > 20 ? 10 : view.steps > 10 ? 5 : 1;
    for (let step = every; step <= view.steps; step += every) {
      out.push(`<text x="${at.x(step - 1).toFixed(1)}" y="${at.y(g.lower, 0) + 13}" text-anchor="middle">${step}</text>`);
    }
  }

  const PATTERN = '<defs><pattern id="tc-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="soft" width="5" height="5"/><rect class="stripe" width="2" height="5"/></pattern></defs>';

  tc.sketch = (host, view, { width, height } = { width: host.clientWidth, height: host.clientHeight }) => {
    const g = tc.geometry;
    if (!width || !height) return;
    const range = tc.ranges(view);
    const branches = Math.max(1, view.run.branches.length);
    const at = frame(g, width, height, view);
    const out = [PATTERN];
    axis(out, g, at, g.upper, range.upper);
    axis(out, g, at, g.lower, range.lower);
    bars(out, g, at, view, range.lower, branches);
    lines(out, g, at, view, range.upper, branches);
    numbers(out, g, at, view);
    const line = at.y(g.lower, Math.min(1, view.threshold / range.lower)).toFixed(1);
    out.push(`<path class="threshold" d="M${g.left} ${line}H${at.right}"/>`);
    // Numbers and fixed words only; nothing that a visitor typed gets here.
    host.innerHTML = `<svg class="tc-sketch" width="${width}" height="${height}" aria-hidden="true">${out.join("")}</svg>`;
  };
})();
