// The report of one run, without a server: a plot drawn here, the page's steps and player, and what it says of a step.
(function () {
  const tc = window.teacache;
  const NS = "http://www.w3.org/2000/svg";
  const facts = JSON.parse(document.getElementById("data").textContent);
  const BOX = { width: 960, left: 50, right: 64, upper: [18, 128], lower: [156, 250], height: 270 };

  document.documentElement.lang = tc.language;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => document.body.classList.toggle("dark", dark.matches);
  dark.addEventListener("change", theme);
  theme();

  function shape(name, attributes, text) {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }
  const x = (view, step) => BOX.left + ((step + 0.5) / view.steps) * (BOX.width - BOX.left - BOX.right);
  const y = ([top, bottom], share) => bottom - (bottom - top) * Math.min(1, Math.max(0, share));
  const known = (values) => values.filter((v) => v !== null && isFinite(v));

  function line(svg, view, source, values, high, kind) {
    const lanes = [...new Set(source.branch)];
    for (const lane of lanes) {
      const points = values.map((v, i) => (v === null || source.branch[i] !== lane ? null : x(view, source.step[i]) + "," + y(BOX.upper, v / high))).filter(Boolean);
      svg.append(shape("polyline", { points: points.join(" "), class: kind }));
    }
  }
  // As in the page's own plot: what is reused is hatched.
  function hatch() {
    const pattern = shape("pattern", { id: "tc-hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(shape("rect", { class: "soft", width: 5, height: 5 }), shape("rect", { class: "stripe", width: 2, height: 5 }));
    return pattern;
  }
  function axis(svg, [top, bottom], high, title) {
    for (const share of [0, 0.5, 1]) {
      const at = y([top, bottom], share);
      svg.append(shape("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: at, y2: at, class: "grid" }));
      svg.append(shape("text", { x: BOX.left - 6, y: at + 4, "text-anchor": "end" }, tc.num(high * share, 2)));
    }
    svg.append(shape("text", { x: BOX.left, y: top - 6, class: "title" }, title));
  }
  function drawPlot(view) {
    const c = view.columns;
    const svg = shape("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": tc.t("plot_sum") });
    const change = Math.max(1e-6, ...known([...c.est, ...view.base.out])) * 1.05;
    const sum = Math.max(view.threshold * 1.3, Math.min(Math.max(...known(c.acc)) * 1.1, view.threshold * 3), 1e-6);
    svg.append(hatch());
    axis(svg, BOX.upper, change, tc.t("plot_change"));
    axis(svg, BOX.lower, sum, tc.t("plot_sum"));
    line(svg, view, view.base, view.base.out, change, "actual");
    line(svg, view, c, c.est, change, "estimate");
    const lanes = Math.max(1, view.run.branches.length);
    const width = ((BOX.width - BOX.left - BOX.right) / view.steps) * 0.78;
    c.acc.forEach((value, i) => {
      const top = y(BOX.lower, value / sum);
      svg.append(shape("rect", { x: x(view, c.step[i]) - width / 2 + (c.branch[i] * width) / lanes, y: top, width: width / lanes, height: BOX.lower[1] - top, class: c.computed[i] ? "computed" : "reused" }));
    });
    const at = y(BOX.lower, view.threshold / sum);
    svg.append(shape("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: at, y2: at, class: "threshold" }));
    svg.append(shape("text", { x: BOX.width - BOX.right + 6, y: at + 4, class: "delta" }, "δ " + tc.delta(view.threshold)));
    // The whole height of a step answers the pointer.
    c.step.forEach((step, i) => {
      const wide = (BOX.width - BOX.left - BOX.right) / view.steps;
      const area = shape("rect", { x: x(view, step) - wide / 2 + (c.branch[i] * wide) / lanes, y: 0, width: wide / lanes, height: BOX.height, class: "reach", "data-i": i });
      area.addEventListener("mouseenter", () => tc.emit("point", i));
      area.addEventListener("click", () => tc.emit("point", i));
      svg.append(area);
    });
    document.getElementById("plot").replaceChildren(svg);
  }

  const say = document.getElementById("say");
  const strip = tc.strip(document.getElementById("strip"));
  let current = null;
  function draw() {
    const view = tc.view();
    const said = tc.explain(view, current);
    say.replaceChildren(...(said ? [tc.el("b", {}, said.name + ": "), said.text] : [tc.t("say_hint")]));
    strip.draw(view, current);
    document.querySelectorAll("#plot .reach").forEach((area) => area.classList.toggle("on", Number(area.dataset.i) === current));
  }
  tc.on("point", (index) => ((current = index), draw()));
  tc.on("step", (move) => {
    const last = tc.view().columns.step.length - 1;
    tc.emit("point", Math.min(last, Math.max(0, (current === null ? (move > 0 ? -1 : last + 1) : current) + move)));
  });

  // A video as a file of its own: a browser does not seek within a data address.
  function asBlob(address) {
    const [, type, data] = address.match(/^data:([^;]+);base64,(.*)$/);
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    return URL.createObjectURL(new Blob([bytes], { type }));
  }

  tc.setRun(facts.board);
  drawPlot(tc.view());
  draw();
  if (facts.player) {
    tc.parts.player(document.getElementById("player"))({ ...facts.player, src: facts.player.still || facts.player.sounds ? facts.shown : asBlob(facts.shown) });
  }
})();
