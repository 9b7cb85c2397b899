// The signals compared: a run by each at the cost on screen, made on request, signal by signal; what was made is kept, here and by the
// server, for every number of computed calls.
(function () {
  const tc = window.teacache;
  const NAMES = ["embedding", "indicator", "latent", "uniform"];
  const called = (name) => tc.t(name === "uniform" ? "rival_uniform" : "by_" + name);
  const complete = (rows) => rows.length === NAMES.length;
  const TIE = 1.02; // errors so near to each other are alike: another seed changes them more
  const least = (rows) => Math.min(...rows.map((row) => row.error));
  const winners = (rows) => rows.filter((row) => row.error <= TIE * least(rows)).map((row) => row.name);

  function cells(row, worst) {
    const share = Math.max(1, Math.round((100 * row.error) / (worst || 1)));
    const bar = tc.el("span", { class: "tc-error" }, tc.el("i", { style: `width:${share}%`, "aria-hidden": "true" }), tc.fixed(row.error, 3));
    const near = tc.identical(row.psnr) ? [tc.psnr(row.psnr), ""] : [tc.fixed(row.psnr, 1), tc.ssim(row.ssim)];
    return [`${row.computed}/${row.calls}`, row.threshold === null ? "–" : tc.delta(row.threshold), bar, ...near];
  }
  function line(name, row, worst, won) {
    const found = row ? cells(row, worst) : ["–", "–", "–", "–", "–"];
    return tc.el("tr", { class: won.includes(name) ? "winner" : "" }, tc.el("th", { scope: "row" }, called(name)), ...found.map((cell) => tc.el("td", {}, cell)));
  }
  // What the paper's table 2 found of the first two, which it compares without the polynomial.
  function paper(by, theirs) {
    const { Latte: latte, "Open-Sora": sora } = theirs;
    const figures = { a: latte.indicator, b: latte.embedding, c: sora.indicator, d: sora.embedding };
    const shown = Object.fromEntries(Object.entries(figures).map(([key, psnr]) => [key, tc.fixed(psnr, 2)]));
    const [first, second] = [by.indicator.error, by.embedding.error];
    const key = Math.max(first, second) <= TIE * Math.min(first, second) ? "signals_paper" : first < second ? "signals_paper_same" : "signals_paper_other";
    return tc.t(key, shown);
  }
  // Who missed the number of calls, and the paper.
  function remarks({ computed, rows }, theirs) {
    const missed = rows.filter((row) => row.computed !== computed).map((row) => called(row.name));
    return [
      missed.length ? tc.t("signals_missed", { what: missed.join(", "), n: computed }) : "",
      theirs ? paper(Object.fromEntries(rows.map((row) => [row.name, row])), theirs) : "",
    ].filter(Boolean);
  }
  function closest(rows) {
    const won = winners(rows);
    return tc.t(won.length > 1 ? "signals_tied" : "signals_closest", { what: won.map(called).join(", "), error: tc.fixed(least(rows), 3) });
  }

  tc.parts.signals = (root, { trigger }) => {
    const made = new Map(); // run id -> what was told in this visit, by number of computed calls
    let busy = null; // {run, computed} of what is being made
    const gist = tc.el("span", { class: "tc-gist" });
    const bar = tc.el("div", { class: "tc-bar", role: "progressbar", "aria-label": tc.t("signals_title"), "aria-valuemin": 0, "aria-valuemax": 100 }, tc.el("i", { class: "cached" }));
    const note = tc.el("p", { class: "tc-note", role: "status" });
    const start = tc.el("button", { type: "button", class: "tc-button primary", onclick: () => compute() });
    const stop = tc.el("button", { type: "button", class: "tc-button", hidden: true, onclick: () => cancel() }, tc.t("stop"));
    const body = tc.el("tbody");
    const heads = [tc.t("signals_by"), tc.t("col_computed"), "δ", tc.term("signals_error"), "PSNR", "SSIM"];
    const table = tc.el("table", {}, tc.el("caption", {}), tc.el("thead", {}, tc.el("tr", {}, ...heads.map((text) => tc.el("th", { scope: "col" }, text)))), body);
    const said = tc.el("div", { class: "tc-signals-said" });
    const fold = tc.el("details", { class: "tc-card tc-poly tc-signals", ontoggle: () => draw() },
      tc.el("summary", {}, tc.el("b", {}, tc.t("signals_title")), gist),
      tc.el("div", { class: "tc-damage-body" },
        tc.el("div", { class: "tc-damage-side" }, tc.el("p", {}, tc.t("signals_text")), tc.el("div", { class: "tc-row" }, start, stop), bar, note),
        tc.el("div", { class: "tc-signals-found" }, table, said)));
    root.append(fold);

    function compute() {
      const view = tc.view();
      busy = { run: view.run.run, computed: view.computed };
      remember({ ...busy, rows: known(view)[view.computed] || [], busy: true });
      draw();
      trigger("compute", busy);
    }
    function cancel() {
      busy = null;
      draw();
      trigger("cancel", {});
    }
    // Who leaves the run, or starts another, wants the machine for that; what was made is kept.
    function leave(run) {
      if (busy !== null && busy.run !== run) cancel();
    }
    const of = (run) => made.get(run) || made.set(run, {}).get(run);
    const remember = (told) => (of(told.run)[told.computed] = told);
    // Rows by number of computed calls.
    function known(view) {
      const facts = tc.facts();
      const before = facts && facts.run === view.run.run ? facts.signals : {};
      return { ...before, ...Object.fromEntries(Object.values(of(view.run.run)).map((told) => [told.computed, told.rows])) };
    }
    const told = () => of(busy.run)[busy.computed];
    // What the table shows: what is being made, what fits the screen, or else what was made for the number next to it.
    function shown(view) {
      const all = known(view);
      const wanted = busy ? busy.computed : view.computed;
      const far = (n) => Math.abs(n - wanted);
      const there = Object.keys(all).map(Number).filter((n) => n === wanted || complete(all[n]));
      const computed = there.sort((a, b) => far(a) - far(b))[0];
      return computed === undefined ? null : { computed, rows: all[computed] };
    }
    // About how long: the uncached run, then one by each signal. Only where the run was timed.
    function forecast(view) {
      const facts = tc.facts();
      if (!facts || facts.run !== view.run.run || facts.computedSeconds === null) return null;
      const [full, reused] = [facts.computedSeconds, facts.reusedSeconds || 0];
      const one = view.computed * full + view.reused * reused;
      return view.total * full + NAMES.length * one + (NAMES.length + 1) * (facts.decodingSeconds || 0);
    }
    function obstacle(view) {
      if (view.run.phase === "uploaded" || view.run.about.videos === false) return "signals_uploaded";
      if (!["recorded", "done"].includes(view.run.phase)) return "signals_later";
      return view.reused ? null : "signals_none_reused";
    }
    function sentence(view) {
      if (busy) {
        const under = told().under;
        if (!under) return tc.t(told().rows.length ? "signals_next" : "damage_waiting");
        if (under.name === "uncached") return tc.t("damage_baseline");
        if (!under.calls) return called(under.name) + " …"; // not begun, or judged
        return tc.t(under.attempt > 1 ? "signals_again" : "signals_under", { what: called(under.name), k: under.attempt, i: under.call, n: under.calls });
      }
      const kept = known(view)[view.computed];
      if (kept && complete(kept)) return "";
      if (obstacle(view)) return tc.t(obstacle(view));
      if (kept && kept.length) return tc.t("signals_stopped", { done: kept.length, total: NAMES.length });
      const seconds = forecast(view);
      return seconds === null ? "" : tc.t("signals_forecast", { s: tc.num(seconds, seconds < 10 ? 1 : 2) });
    }
    // Of five runs, the uncached one first.
    function share() {
      const { rows, under } = told();
      if (!under) return rows.length ? rows.length + 1 : 0;
      return (under.name === "uncached" ? 0 : rows.length + 1) + under.call / Math.max(1, under.calls);
    }
    // Drawn once it is looked at, and again where it says something else: a view comes with every move of the slider.
    let drawn = "";
    function drawTable(view, found) {
      const facts = tc.facts();
      const theirs = facts && facts.paper;
      const now = found ? [view.run.run, found.computed, found.rows.length, Boolean(theirs)].join() : "";
      table.hidden = !found;
      if (!fold.open || now === drawn) return;
      drawn = now;
      said.replaceChildren();
      if (!found) return;
      const by = Object.fromEntries(found.rows.map((row) => [row.name, row]));
      const whole = complete(found.rows);
      const worst = Math.max(...found.rows.map((row) => row.error), 0);
      body.replaceChildren(...NAMES.map((name) => line(name, by[name], worst, whole ? winners(found.rows) : [])));
      table.caption.textContent = tc.t("signals_at", { n: found.computed });
      if (whole) said.append(...remarks(found, theirs).map((text) => tc.el("p", { class: "tc-note" }, text)));
    }
    function draw() {
      const view = tc.now.run && tc.view();
      if (!view) return;
      leave(view.run.run);
      const found = shown(view);
      const whole = found && complete(found.rows);
      gist.textContent = whole ? closest(found.rows) : tc.t("signals_gist");
      start.textContent = tc.t("signals_run", { n: view.computed, total: view.total });
      start.hidden = busy !== null || Boolean(whole && found.computed === view.computed);
      start.disabled = obstacle(view) !== null;
      stop.hidden = busy === null;
      const done = busy ? (100 * share()) / (NAMES.length + 1) : 0;
      bar.classList.toggle("on", busy !== null);
      bar.firstChild.style.width = done + "%";
      bar.setAttribute("aria-valuenow", Math.round(done));
      note.textContent = sentence(view);
      drawTable(view, found);
    }
    tc.on("view", draw);
    tc.on("facts", draw);
    for (const news of ["starting", "failed"]) tc.on(news, () => leave(null));
    return (next) => {
      const mine = busy && next.run === busy.run && next.computed === busy.computed;
      if (next.busy && !mine) return; // still on its way when it was stopped
      remember(next);
      if (!next.busy && mine) busy = null;
      draw();
    };
  };
})();
