// One cell per call: computed (filled), computed by rule (filled, with a bar on top), reused (hatched), not there yet (empty);
// a notch below marks what the what-if had not foretold.
// Branches lie in lanes of their own. Aligned with the plot's steps.
(function () {
  const tc = window.teacache;
  const BY_RULE = ["first", "last", "retention", "no_residual", "shape_changed"];
  tc.byRule = (reason) => BY_RULE.includes(reason);

  tc.strip = (host) => {
    let cells = new Map();
    let shape = "";
    const place = (step, lane) => step + ":" + lane;

    function build(steps, branches) {
      cells = new Map();
      host.replaceChildren();
      host.style.setProperty("--tc-lanes", branches.length);
      branches.forEach((branch, lane) => {
        const row = tc.el("div", { class: "tc-lane" });
        if (branches.length > 1) row.append(tc.el("span", { class: "tc-lane-name", "data-tip": tc.branch(branch) }, tc.branch(branch, "lane_")));
        for (let step = 0; step < steps; step++) {
          const cell = tc.el("i", { class: "tc-cell" });
          cells.set(place(step, lane), cell);
          row.append(cell);
        }
        host.append(row);
      });
    }

    const className = (columns, i) => {
      if (!columns.computed[i]) return "tc-cell reused";
      return tc.byRule(columns.reason[i]) ? "tc-cell computed forced" : "tc-cell computed";
    };

    function draw(view, current) {
      const branches = view.run.branches.length ? view.run.branches : [""];
      const wanted = view.steps + "/" + branches.join();
      if (wanted !== shape) build(view.steps, branches);
      shape = wanted;
      const seen = new Map();
      view.columns.step.forEach((step, i) => seen.set(place(step, view.columns.branch[i]), i));
      const before = view.kind === "whatif" ? view.run.cached.computed : null;
      for (const [key, cell] of cells) {
        const i = seen.get(key);
        const index = String(i ?? "");
        if (cell.dataset.i !== index) cell.dataset.i = index;
        let name = i === undefined ? "tc-cell" : className(view.columns, i);
        if (i !== undefined && before && before[i] !== view.columns.computed[i]) name += " changed";
        if (i !== undefined && view.outcome && view.outcome.wrong.has(i)) name += " missed";
        if (i !== undefined && i === current) name += " current";
        if (cell.className !== name) cell.className = name;
      }
    }

    const indexOf = (event) => {
      const cell = event.target.closest(".tc-cell");
      return cell && cell.dataset.i !== "" ? Number(cell.dataset.i) : null;
    };
    host.addEventListener("mouseover", (e) => indexOf(e) !== null && tc.emit("point", indexOf(e)));
    host.addEventListener("click", (e) => indexOf(e) !== null && tc.emit("point", indexOf(e)));
    host.addEventListener("mouseleave", () => tc.emit("point", null));
    host.addEventListener("keydown", (e) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[e.key];
      if (move === undefined) return;
      e.preventDefault();
      tc.emit("step", move);
    });
    return { draw };
  };
})();
