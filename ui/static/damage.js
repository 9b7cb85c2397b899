// The damage map: one row a step, one column a frame; each row is a run that reused that step alone. Made on request, row by row; what
// was made is kept, here and by the server. A grid to walk through: one cell is in the order of Tab, the arrow keys move on from it.
(function () {
  const tc = window.teacache;
  const [BAD, GOOD] = [25, 60]; // dB; the ends of the scale of colours
  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e9], End: [0, 1e9] };

  tc.parts.damage = (root, { trigger }) => {
    const made = new Map(); // run id -> what was told of its map in this visit
    let busy = null; // the run whose map is being made
    let at = [1, 0]; // step and frame of the cell that Tab reaches
    const gist = tc.el("span", { class: "tc-gist" });
    const grid = tc.el("div", { class: "tc-map", role: "grid" });
    const bar = tc.el("div", { class: "tc-bar", role: "progressbar", "aria-label": tc.t("damage_title"), "aria-valuemin": 0, "aria-valuemax": 100 }, tc.el("i", { class: "cached" }));
    const note = tc.el("p", { class: "tc-note", role: "status" });
    const start = tc.el("button", { type: "button", class: "tc-button primary", onclick: () => compute() });
    const stop = tc.el("button", { type: "button", class: "tc-button", hidden: true, onclick: () => cancel() }, tc.t("stop"));
    const scale = tc.el("p", { class: "tc-map-scale tc-note" }, tc.t("damage_scale_bad", { db: BAD }), tc.el("i", {}), tc.t("damage_scale_good", { db: GOOD }));
    const why = tc.el("div", { class: "tc-reasons", hidden: true }, tc.el("h3", {}, tc.t("why_title")), tc.el("p", {}, tc.t("why_text")), tc.el("div"));
    const fold = tc.el("details", { class: "tc-card tc-poly tc-damage", ontoggle: () => draw() },
      tc.el("summary", {}, tc.el("b", {}, tc.t("damage_title")), gist),
      tc.el("div", { class: "tc-damage-body" },
        tc.el("div", { class: "tc-damage-side" }, tc.el("p", {}, tc.t("damage_text")), tc.el("div", { class: "tc-row" }, start, stop), bar, note, scale),
        grid),
      why);
    root.append(fold);

    // Below the map: what TeaCache estimates at each step beside what reusing it does. They disagree, and that teaches why.
    let reasoned = "";
    async function drawWhy(run, whole) {
      why.hidden = !whole;
      if (!fold.open || !whole || reasoned === run) return;
      reasoned = run;
      if (!(await tc.studyFigure(why.lastChild, tc.studyAddress(run, "why")))) reasoned = "";
    }

    function compute() {
      const view = tc.view();
      busy = view.run.run;
      made.set(busy, { rows: {}, done: 0, total: view.steps - 1, ...known(view), busy: true, waiting: true });
      draw();
      trigger("compute", { run: busy });
    }
    function cancel() {
      made.set(busy, { ...made.get(busy), busy: false });
      busy = null;
      draw();
      trigger("cancel", {});
    }
    // Who leaves the run, or starts another, wants the machine for that; the rows so far are kept.
    function leave(run) {
      if (busy !== null && busy !== run) cancel();
    }
    const foreign = (run) => run.about.model !== "shapes" || run.phase === "uploaded";
    // What is known of the run on screen: just made, or kept from before.
    function known(view) {
      const facts = tc.facts();
      return made.get(view.run.run) || (facts && facts.run === view.run.run ? facts.damage : null);
    }
    const shade = (db) => Math.round(100 * (1 - Math.min(1, Math.max(0, (db - BAD) / (GOOD - BAD)))));
    function cell(step, frame, db) {
      const name = isNaN(db) ? tc.t("damage_untried", { i: step + 1 }) : tc.t("damage_cell", { i: step + 1, f: frame + 1, db: tc.fixed(db, 1) });
      return tc.el("i", { role: "gridcell", tabindex: -1, "aria-label": name, "data-tip": name, style: `--hurt:${shade(db)}%`, "data-step": step, "data-frame": frame });
    }
    function row(step, psnr) {
      const number = tc.el("span", { role: "rowheader" }, step % 5 === 4 || step === 1 ? String(step + 1) : "");
      return tc.el("div", { class: "tc-map-row", role: "row" }, number, tc.el("b", { "data-of": step, "aria-hidden": "true" }), ...psnr.map((db, frame) => cell(step, frame, db)));
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
      if (now !== drawn) build(view, rows, frames);
      drawn = now;
      const reused = new Set(tc.calls(view).filter((c) => !c.computed).map((c) => c.step));
      for (const mark of grid.querySelectorAll("b")) {
        const step = Number(mark.dataset.of);
        mark.className = reused.has(step) ? "tc-cell reused" : "";
        mark.previousSibling.setAttribute("aria-label", tc.lessonStep(step) + (reused.has(step) ? ", " + tc.t("legend_reused") : ""));
      }
    }
    function build(view, rows, frames) {
      const steps = Array.from({ length: Math.max(0, view.steps - 1) }, (_, i) => i + 1);
      const held = grid.contains(document.activeElement);
      grid.style.setProperty("--row", steps.length > 24 ? "9px" : "16px");
      grid.replaceChildren(...steps.map((s) => row(s, rows[s] || frames.map(() => NaN))));
      stand(...at);
      if (held) stood().focus();
    }
    const stood = () => grid.querySelector("[tabindex='0']");
    // Moves the one cell that Tab reaches; beyond an edge it stays there.
    function stand(step, frame) {
      const lanes = [...grid.children];
      const lane = lanes[Math.min(lanes.length, Math.max(1, step)) - 1].querySelectorAll("i");
      if (stood()) stood().tabIndex = -1;
      at = [step, frame].map((place, i) => Math.min(i ? lane.length - 1 : lanes.length, Math.max(i ? 0 : 1, place)));
      lane[at[1]].tabIndex = 0;
    }
    function choose({ step, frame }) {
      tc.emit("point-step", Number(step));
      tc.seekFrame(Number(frame));
    }
    function sentence(view, told, found) {
      if (foreign(view.run) && !found) return "damage_only";
      if (told && told.busy) return told.waiting ? "damage_waiting" : told.baseline ? "damage_baseline" : "damage_busy";
      if (told && told.done < told.total) return "damage_stopped";
      return found ? "damage_worst" : "damage_none";
    }
    function draw() {
      const view = tc.now.run && tc.view();
      if (!view) return;
      leave(view.run.run);
      const told = known(view);
      const rows = (told && told.rows) || {};
      const whole = Boolean(told && told.done === told.total);
      start.textContent = tc.t(told && told.done ? "damage_more" : "damage_compute");
      start.hidden = busy !== null || whole || foreign(view.run);
      stop.hidden = busy === null;
      start.disabled = !["recorded", "done"].includes(view.run.phase);
      const share = told && told.total ? (100 * told.done) / told.total : 0;
      bar.classList.toggle("on", busy !== null);
      bar.firstChild.style.width = share + "%";
      bar.setAttribute("aria-valuenow", Math.round(share));
      const found = worst(rows);
      const key = sentence(view, told, found);
      note.textContent = tc.t(key, { done: told ? told.done : 0, total: told && told.total ? told.total : view.steps - 1, ...(found || {}) });
      gist.textContent = found ? tc.t("damage_worst", found) : tc.t(key === "damage_only" ? key : "damage_gist");
      drawMap(view, rows);
      drawWhy(view.run.run, whole);
    }
    grid.addEventListener("click", ({ target: { dataset } }) => {
      if (dataset.step === undefined) return;
      stand(Number(dataset.step), Number(dataset.frame));
      choose(dataset);
    });
    grid.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move && !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation(); // the space bar would play
      if (!move) return choose(stood().dataset);
      stand(at[0] + move[0], at[1] + move[1]);
      stood().focus();
    });
    tc.on("view", draw);
    tc.on("facts", draw);
    for (const news of ["starting", "failed"]) tc.on(news, () => leave(null));
    return (next) => {
      if (next.busy && next.run !== busy) return; // still on its way when it was stopped
      made.set(next.run, next);
      if (!next.busy && next.run === busy) busy = null;
      draw();
    };
  };
})();
