// The damage map: one row a step, one column a frame; each row is a run that reused that step alone. Made on request, row by row.
(function () {
  const tc = window.teacache;
  const [BAD, GOOD] = [25, 60]; // dB; the ends of the scale of colours

  tc.parts.damage = (root, { trigger }) => {
    let value = null;
    const gist = tc.el("span", { class: "tc-gist" });
    const grid = tc.el("div", { class: "tc-map", role: "img" });
    const bar = tc.el("div", { class: "tc-bar", role: "progressbar", "aria-label": tc.t("damage_title"), "aria-valuemin": 0, "aria-valuemax": 100 }, tc.el("i", { class: "cached" }));
    const note = tc.el("p", { class: "tc-note", role: "status" });
    const start = tc.el("button", { type: "button", class: "tc-button primary", onclick: () => compute() }, tc.t("damage_compute"));
    const stop = tc.el("button", { type: "button", class: "tc-button", hidden: true, onclick: () => cancel() }, tc.t("stop"));
    const scale = tc.el("p", { class: "tc-map-scale tc-note" }, tc.t("damage_scale_bad", { db: BAD }), tc.el("i", {}), tc.t("damage_scale_good", { db: GOOD }));
    const fold = tc.el("details", { class: "tc-card tc-poly tc-damage", ontoggle: () => draw() },
      tc.el("summary", {}, tc.el("b", {}, tc.t("damage_title")), gist),
      tc.el("div", { class: "tc-damage-body" },
        tc.el("div", { class: "tc-damage-side" }, tc.el("p", {}, tc.t("damage_text")), tc.el("div", { class: "tc-row" }, start, stop), bar, note, scale),
        grid));
    root.append(fold);

    function compute() {
      value = { run: tc.now.run.run, rows: {}, done: 0, total: 0, busy: true };
      draw();
      trigger("compute", { run: value.run });
    }
    function cancel() {
      if (value) value = { ...value, busy: false, stopped: true };
      draw();
      trigger("cancel", {});
    }
    const possible = (view) => view.run.about.model === "shapes" && ["recorded", "done"].includes(view.run.phase);
    // What is known of the run on screen: just made, or kept from before.
    function known(view) {
      if (value && value.run === view.run.run) return value;
      const facts = tc.facts();
      return facts && facts.run === view.run.run ? facts.damage : null;
    }
    const shade = (db) => Math.round(100 * (1 - Math.min(1, Math.max(0, (db - BAD) / (GOOD - BAD)))));
    function row(step, psnr) {
      const cells = psnr.map((db, frame) => {
        const cell = tc.el("i", { style: `--hurt:${shade(db)}%`, "data-step": step, "data-frame": frame, "data-tip": tc.t("damage_cell", { i: step + 1, f: frame + 1, db: tc.fixed(db, 1) }) });
        return cell;
      });
      return tc.el("div", { class: "tc-map-row" }, tc.el("span", {}, step % 5 === 4 || step === 1 ? String(step + 1) : ""), tc.el("b", { "data-of": step }), ...cells);
    }
    function worst(rows) {
      let found = null;
      for (const [step, psnr] of Object.entries(rows)) psnr.forEach((db, frame) => (!found || db < found.db) && (found = { i: Number(step) + 1, f: frame + 1, db }));
      return found && { ...found, db: tc.fixed(found.db, 1) };
    }
    // The map itself is drawn once it is looked at, and stays while only the schedule changes: that is every move of the slider.
    let drawn = "";
    function drawMap(view, rows) {
      const frames = Object.values(rows)[0];
      grid.hidden = scale.hidden = !frames;
      grid.setAttribute("aria-label", gist.textContent);
      if (!fold.open || !frames) return;
      const now = view.run.run + Object.keys(rows).length;
      const steps = Array.from({ length: Math.max(0, view.steps - 1) }, (_, i) => i + 1);
      if (now !== drawn) {
        grid.style.setProperty("--row", steps.length > 24 ? "9px" : "16px");
        grid.replaceChildren(...steps.map((s) => row(s, rows[s] || frames.map(() => NaN))));
      }
      drawn = now;
      const reused = new Set(tc.calls(view).filter((c) => !c.computed).map((c) => c.step));
      for (const mark of grid.querySelectorAll("b")) mark.className = reused.has(Number(mark.dataset.of)) ? "tc-cell reused" : "";
    }
    function draw() {
      const view = tc.now.run && tc.view();
      if (!view) return;
      const told = known(view);
      const rows = (told && told.rows) || {};
      const busy = Boolean(told && told.busy);
      start.hidden = busy;
      stop.hidden = !busy;
      start.disabled = !possible(view) || Boolean(told && told.total && told.done === told.total);
      const share = told && told.total ? (100 * told.done) / told.total : 0;
      bar.classList.toggle("on", busy);
      bar.firstChild.style.width = share + "%";
      bar.setAttribute("aria-valuenow", Math.round(share));
      const found = worst(rows);
      const key = !possible(view) && !found ? "damage_only" : busy ? "damage_busy" : told && told.stopped ? "damage_stopped" : found ? "damage_worst" : "damage_none";
      note.textContent = tc.t(key, { done: told ? told.done : 0, total: told && told.total ? told.total : view.steps - 1, ...(found || {}) });
      gist.textContent = found ? tc.t("damage_worst", found) : tc.t("damage_gist");
      drawMap(view, rows);
    }
    grid.addEventListener("click", (event) => {
      const { step, frame } = event.target.dataset;
      if (step === undefined) return;
      tc.emit("point-step", Number(step));
      tc.seekFrame(Number(frame));
    });
    tc.on("view", draw);
    tc.on("facts", draw);
    return (next) => {
      if (value && value.stopped && next.busy && next.run === value.run) return; // still on its way when Stop was pressed
      value = next;
      draw();
    };
  };
})();
