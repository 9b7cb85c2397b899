// The threshold from what a person wants: "2.0x faster" by the schedules of this run, "at least 30 dB" by the runs already made.
(function () {
  const tc = window.teacache;
  const ones = (schedule) => schedule.split("1").length - 1;

  // The ideal speedup of every schedule, counted once per table.
  const speeds = (table) => (table.speeds = table.speeds || table.rows.map((row) => row[2].length / Math.max(1, ones(row[2]))));
  // The first schedule that is fast enough; the last one where none is.
  tc.rowForSpeedup = (table, speedup) => {
    const found = speeds(table).findIndex((speed) => speed >= speedup - 1e-9);
    return found < 0 ? table.rows.length - 1 : found;
  };

  tc.parts.target = (root) => {
    let mode = "speed";
    let view = null;
    let wanted = { speed: 2, psnr: 30 };
    const range = tc.el("input", { type: "range", "aria-label": tc.t("target"), oninput: () => aim(Number(range.value)) });
    const text = tc.el("output", { class: "tc-aim tc-term", tabindex: 0 });
    const buttons = ["speed", "psnr"].map((name) =>
      tc.el("button", { type: "button", "data-mode": name, "data-tip": tc.t(`target_${name}_tip`), onclick: () => choose(name) }, tc.t("target_" + name)));
    root.append(tc.el("div", { class: "tc-target" }, tc.el("div", { class: "tc-segments", role: "group", "aria-label": tc.t("target") }, ...buttons), range, text));

    function choose(name) {
      mode = name;
      draw();
      if (mode === "psnr") aim(wanted.psnr);
    }
    function aim(value) {
      wanted[mode] = value;
      if (view && view.table) (mode === "speed" ? aimSpeed : aimPsnr)(value);
      draw();
    }
    const aimSpeed = (value) => tc.goTo(tc.rowForSpeedup(view.table, value));
    const target = () => view.table.fidelity.targets.find(([decibel]) => decibel === wanted.psnr);
    function aimPsnr() {
      const found = target();
      if (found && found[1] !== null) tc.moveSlider(found[1]);
    }
    function limits() {
      if (mode === "psnr") return { min: 15, max: 60, step: 1, value: wanted.psnr };
      const best = Math.max(...speeds(view.table));
      const ideal = view.total / Math.max(1, view.computed);
      return { min: 1, max: Math.max(1.1, Math.floor(best * 10) / 10), step: 0.1, value: document.activeElement === range ? wanted.speed : ideal };
    }
    function draw() {
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.mode === mode)));
      const there = Boolean(view && view.table);
      buttons[1].hidden = Boolean(view && view.run.about.seconds); // a sound has no PSNR to aim at
      if (buttons[1].hidden) mode = "speed";
      range.disabled = buttons[0].disabled = buttons[1].disabled = !there;
      if (!there) return void (text.textContent = "");
      const { min, max, step, value } = limits();
      for (const [name, limit] of Object.entries({ min, max, step })) if (range[name] !== String(limit)) range[name] = limit; // setting costs, even the same
      range.value = value;
      if (mode === "speed") text.textContent = tc.fixed(view.total / Math.max(1, view.computed), 1) + "×";
      else text.textContent = `≥ ${wanted.psnr} dB`;
      const found = mode === "psnr" ? target() : null;
      text.classList.toggle("none", mode === "psnr" && (!found || found[1] === null));
      const said = mode === "speed" ? tc.t("target_speed_said") : psnrSaid(found);
      text.dataset.tip = said;
      range.setAttribute("aria-valuetext", text.textContent + ". " + said);
    }
    function psnrSaid(found) {
      const runs = view.table.fidelity.runs;
      if (!runs) return tc.t("target_psnr_none");
      return found && found[1] !== null ? tc.t("target_psnr_said", { db: found[0], t: tc.delta(found[1]), runs }) : tc.t("target_psnr_beyond", { db: wanted.psnr, runs });
    }
    tc.on("view", (next) => ((view = next), draw()));
    draw();
  };
})();
