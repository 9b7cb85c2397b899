// All schedules there are: the run's prompt and noise again, with few enough steps that every schedule can be run. A histogram of their
// errors, and where TeaCache, even intervals and the planned schedule stand. Made on request; kept here and by the server.
(function () {
  const tc = window.teacache;
  const MARKS = ["best", "planned", "teacache", "uniform"];

  tc.parts.everything = (root, { trigger }) => {
    const made = new Set(); // "run/4-of-12" made in this visit
    let busy = null; // the run that is under way
    let under = null; // how far it is
    let drawn = "";
    const gist = tc.el("span", { class: "tc-gist" }, tc.t("everything_gist"));
    const choice = tc.el("select", { "aria-label": tc.t("everything_size_label"), onchange: () => draw() });
    const start = tc.el("button", { type: "button", class: "tc-button primary", onclick: () => compute() }, tc.t("everything_run"));
    const stop = tc.el("button", { type: "button", class: "tc-button", hidden: true, onclick: () => cancel() }, tc.t("stop"));
    const note = tc.el("p", { class: "tc-note", role: "status" });
    const plot = tc.el("div", { class: "tc-everything-plot" });
    const body = tc.el("tbody");
    const heads = ["everything_schedule", "everything_steps", "everything_percentile", "everything_regret"].map((key) => tc.el("th", { scope: "col" }, tc.t(key)));
    const table = tc.el("table", { hidden: true }, tc.el("thead", {}, tc.el("tr", {}, ...heads)), body);
    const fold = tc.el("details", { class: "tc-card tc-poly tc-everything", ontoggle: () => draw() },
      tc.el("summary", {}, tc.el("b", {}, tc.t("everything_title")), gist),
      tc.el("p", {}, tc.t("everything_text")),
      tc.el("div", { class: "tc-row" }, choice, start, stop), note, plot, tc.el("div", { class: "tc-scroll" }, table));
    root.append(fold);

    const runOf = () => (tc.now.run && tc.view().run) || {};
    const sizes = () => (tc.facts() && tc.facts().run === runOf().run ? tc.facts().everything : []);
    const name = ({ steps, computed }) => `${computed}-of-${steps}`;
    const asked = () => sizes().find((size) => name(size) === choice.value);
    const known = (run, size) => size.made || made.has(`${run.run}/${name(size)}`);

    function compute() {
      const { steps, computed } = asked();
      busy = runOf().run;
      under = null;
      tc.engage();
      draw();
      trigger("compute", { run: busy, steps, computed });
    }
    function cancel() {
      busy = under = null;
      draw();
      trigger("cancel", {});
    }
    // Who leaves the run, or starts another, wants the machine for that.
    const leave = (run) => busy !== null && busy !== run && cancel();
    function obstacle(run) {
      if (run.about && run.about.model !== "shapes") return "everything_only";
      if (run.phase === "uploaded") return "signals_uploaded";
      return ["recorded", "done"].includes(run.phase) ? null : "signals_later";
    }
    function offer() {
      const before = choice.value;
      const options = sizes().map((size) => tc.el("option", { value: name(size) }, tc.t("everything_size", size)));
      choice.replaceChildren(...options);
      if (before && options.some((option) => option.value === before)) choice.value = before;
    }
    function said(run, size) {
      if (busy !== null) return under ? tc.t("everything_under", under) : tc.t("damage_waiting");
      return obstacle(run) ? tc.t(obstacle(run)) : size && !known(run, size) ? tc.t("everything_none", size) : "";
    }
    function draw() {
      const run = runOf();
      if (!run.run) return;
      leave(run.run);
      if (!fold.open) return;
      if (choice.dataset.of !== run.run && sizes().length) (offer(), (choice.dataset.of = run.run));
      const size = asked();
      const there = Boolean(size) && known(run, size);
      start.hidden = busy !== null || there;
      start.disabled = !size || tc.busy() || obstacle(run) !== null;
      stop.hidden = busy === null;
      choice.disabled = busy !== null;
      note.textContent = said(run, size);
      plot.hidden = table.hidden = !there;
      if (there) show(run, size);
    }
    async function show(run, size) {
      const key = `${run.run}/${name(size)}`;
      if (drawn === key) return;
      drawn = key;
      const told = await tc.studyFigure(plot, tc.studyAddress(run.run, "everything/" + name(size)));
      if (!told) return void (drawn = "");
      body.replaceChildren(...MARKS.filter((mark) => mark in told.marks).map((mark) => row(mark, told.marks[mark])));
    }
    function row(mark, { schedule, percentile, regret }) {
      const strip = tc.el("span", { class: "tc-bits", role: "img", "aria-label": schedule }, ...[...schedule].map((bit) => tc.el("i", { class: bit === "1" ? "on" : "" })));
      const cells = [strip, tc.fixed(percentile, 1) + " %", tc.fixed(regret, 1) + " dB"];
      return tc.el("tr", {}, tc.el("th", { scope: "row" }, tc.t("mark_" + mark)), ...cells.map((cell) => tc.el("td", {}, cell)));
    }
    tc.on("view", draw);
    tc.on("facts", draw);
    for (const news of ["starting", "failed"]) tc.on(news, () => leave(null));
    return (next) => {
      if (!next || !next.run || (next.busy && next.run !== busy)) return; // still on its way when it was stopped
      under = next.busy && next.total ? next : null;
      if (!next.busy) {
        made.add(`${next.run}/${name(next)}`);
        if (next.run === busy) busy = null;
      }
      draw();
    };
  };
})();
