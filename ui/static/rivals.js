// Any choice of rivals at TeaCache's cost: made on request, told call by call with a strip of what each computed; their clips go to the
// player, two or three at once. Below them quality against latency, one curve a method.
(function () {
  const tc = window.teacache;
  const UNCACHED = "uncached";
  const OURS = "teacache";
  const MOST = 3; // clips at once

  // A bar per call, as high as the part of it that was computed.
  function strip(shares, calls) {
    const total = shares.reduce((a, b) => a + b, 0);
    const name = tc.t("rivals_strip", { p: tc.fixed((100 * total) / Math.max(1, calls), 0), n: shares.length });
    const bars = shares.map((share) => tc.el("i", { style: `--share:${Math.max(2, Math.round(100 * Math.min(1, share)))}%` }));
    return tc.el("span", { class: "tc-shares", role: "img", "aria-label": name, "data-tip": name }, ...bars);
  }
  const cents = (share) => tc.fixed(100 * share, 0) + " %";

  tc.parts.rivals_all = (root, { trigger }) => {
    const told = new Map(); // run id -> rows made in this visit
    const cards = new Map(); // model and steps -> cards, once asked
    const kind = (run) => `${run.about && run.about.model} ${run.steps}`;
    let busy = null; // the run that is raced
    let under = null;
    let chosen = new Set(["pab", "taylorseer", "easy_cache"]);
    let lanes = [];
    const gist = tc.el("span", { class: "tc-gist" });
    const choice = tc.el("fieldset", { class: "tc-choice" }, tc.el("legend", {}, tc.t("rivals_choose")));
    const start = tc.el("button", { type: "button", class: "tc-button primary", onclick: () => compute() }, tc.t("rivals_run"));
    const stop = tc.el("button", { type: "button", class: "tc-button", hidden: true, onclick: () => cancel() }, tc.t("stop"));
    const note = tc.el("p", { class: "tc-note", role: "status" });
    const heads = [tc.t("rivals_lane"), tc.t("rivals_method"), tc.term("rivals_share"), tc.t("col_seconds"), "PSNR", "SSIM", tc.t("rivals_calls")];
    const body = tc.el("tbody");
    const table = tc.el("table", {}, tc.el("thead", {}, tc.el("tr", {}, ...heads.map((text) => tc.el("th", { scope: "col" }, text)))), body);
    const play = tc.el("button", { type: "button", class: "tc-button", disabled: true, onclick: () => show() }, tc.t("rivals_play"));
    const plot = tc.el("div", { class: "tc-frontier" });
    const source = tc.el("p", { class: "tc-note" });
    const fold = tc.el("details", { class: "tc-card tc-poly tc-rivals-all", ontoggle: () => (draw(), drawPlot()) },
      tc.el("summary", {}, tc.el("b", {}, tc.t("rivals_all")), gist),
      tc.el("p", {}, tc.t("rivals_text")), choice,
      tc.el("div", { class: "tc-row" }, start, stop), note,
      tc.el("div", { class: "tc-scroll" }, table), tc.el("div", { class: "tc-row" }, play),
      tc.el("h3", {}, tc.t("frontier_title")), plot, source);
    root.append(fold);

    const view = () => tc.now.run && tc.view();
    const runOf = () => (view() || { run: {} }).run;
    const cardsOf = (run) => cards.get(kind(run)) || [];
    const title = (name, run) => (name === OURS ? "TeaCache" : (cardsOf(run).find((card) => card.name === name) || { title: name }).title);
    function known(run) {
      const facts = tc.facts();
      return told.get(run.run) || (facts && facts.run === run.run ? facts.rivals : []) || [];
    }
    async function ask(run) {
      const model = kind(run);
      if (cards.has(model)) return;
      cards.set(model, []);
      try {
        const answer = await fetch(`teacache/teach/${encodeURIComponent(run.run)}/methods`);
        if (answer.ok) cards.set(model, await answer.json());
        else cards.delete(model);
      } catch (error) {
        cards.delete(model); // offline; the next look asks again
      }
      drawChoice(run);
      draw();
    }
    function compute() {
      const run = runOf();
      busy = run.run;
      under = null;
      tc.engage();
      draw();
      trigger("compute", { run: busy, names: [...chosen] });
    }
    function cancel() {
      busy = under = null;
      draw();
      trigger("cancel", {});
    }
    const leave = (run) => busy !== null && busy !== run && cancel();

    function drawChoice(run) {
      const boxes = cardsOf(run).map((card) => {
        const box = tc.el("input", { type: "checkbox", value: card.name, disabled: card.why !== null, onchange: () => (box.checked ? chosen.add(card.name) : chosen.delete(card.name), draw()) });
        box.checked = chosen.has(card.name) && card.why === null;
        if (card.why !== null) chosen.delete(card.name);
        const knobs = card.knobs.map(([name, about, slow, fast]) => tc.el("li", {}, `${name} ${slow === fast ? tc.delta(slow) : tc.delta(slow) + " – " + tc.delta(fast)}: ${tc.said(about)}`));
        const why = card.why === null ? null : tc.el("p", { class: "tc-note" }, tc.said(card.why));
        return tc.el("div", { class: "tc-method" },
          tc.el("label", {}, box, " ", card.title),
          tc.el("details", {}, tc.el("summary", { class: "tc-method-ask", "aria-label": tc.t("rivals_about", { what: card.title }) }, "?"),
            tc.el("p", {}, tc.said(card.about)), why, tc.el("ul", {}, ...knobs), tc.el("a", { href: card.paper, target: "_blank", rel: "noopener" }, tc.t("rivals_paper"))));
      });
      choice.replaceChildren(choice.firstChild, ...boxes);
    }
    function lane(name) {
      const there = lanes.includes(name);
      const box = tc.el("input", { type: "checkbox", "aria-label": tc.t("rivals_lane"), disabled: !there && lanes.length >= MOST, onchange: () => {
        lanes = box.checked ? [...lanes, name] : lanes.filter((other) => other !== name);
        draw();
      } });
      box.checked = there;
      return box;
    }
    function row(found, run, best) {
      const near = tc.nearness(found).texts;
      const values = Object.entries(found.values).map(([name, value]) => `${name} ${tc.delta(value)}`).join(", ");
      return tc.el("tr", { class: found.name === best ? "winner" : "" },
        tc.el("td", {}, lane(found.name)), tc.el("th", { scope: "row", "data-tip": values }, title(found.name, run)),
        ...[cents(found.share), tc.fixed(found.seconds, 1), ...near].map((text) => tc.el("td", {}, text)), tc.el("td", {}, strip(found.shares, found.calls)));
    }
    function first() {
      return tc.el("tr", {}, tc.el("td", {}, lane(UNCACHED)), tc.el("th", { scope: "row" }, tc.t("uncached")), ...["100 %", "", "", "", ""].map((text) => tc.el("td", {}, text)));
    }
    function growing(run) {
      const name = under.name === UNCACHED ? tc.t("uncached") : title(under.name, run);
      return tc.el("tr", { class: "tc-under" }, tc.el("td"), tc.el("th", { scope: "row" }, name), tc.el("td", { colspan: 4 }, under.calls ? `${under.shares.length}/${under.calls}` : "…"), tc.el("td", {}, strip(under.shares, under.calls)));
    }
    const nearest = (rows) => rows.reduce((best, found) => (!best || tc.decibels(found) > tc.decibels(best) ? found : best), null);
    function obstacle(run) {
      if (run.phase === "uploaded" || (run.about && run.about.videos === false)) return "signals_uploaded";
      return ["recorded", "done"].includes(run.phase) ? null : "signals_later";
    }
    function draw() {
      const run = runOf();
      if (!run.run) return;
      leave(run.run);
      const rows = known(run);
      const best = rows.length > 1 ? nearest(rows) : null;
      gist.textContent = best ? tc.t("rivals_nearest", { what: title(best.name, run), db: tc.fixed(tc.decibels(best), 1) }) : tc.t("rivals_gist");
      if (!fold.open) return;
      ask(run);
      start.disabled = busy !== null || tc.busy() || !chosen.size || obstacle(run) !== null;
      stop.hidden = busy === null;
      note.textContent = busy !== null ? (under ? tc.t("rivals_under", { what: under.name === UNCACHED ? tc.t("uncached") : title(under.name, run), k: Math.max(1, under.attempt) }) : tc.t("damage_waiting")) : obstacle(run) ? tc.t(obstacle(run)) : "";
      const names = rows.map((found) => found.name);
      lanes = lanes.filter((name) => name === UNCACHED || names.includes(name));
      table.hidden = !rows.length && !under;
      body.replaceChildren(first(), ...rows.map((found) => row(found, run, best && best.name)), ...(under ? [growing(run)] : []));
      play.hidden = !rows.length || Boolean(run.about.sound);
      play.disabled = lanes.length < 2;
    }
    // The clips that are ticked, as one file, made by the server, so that they cannot drift apart.
    async function show() {
      const run = runOf();
      const { still, fps, frames } = tc.now.clip || {};
      const order = [UNCACHED, ...known(run).map((found) => found.name)].filter((name) => lanes.includes(name));
      const src = `teacache/teach/${encodeURIComponent(run.run)}/lanes/${order.join("~")}.${still ? "png" : "mp4"}`;
      note.textContent = tc.t("history_making");
      const answer = await fetch(src).catch(() => null);
      if (!answer) return void (note.textContent = tc.t("history_offline"));
      if (!answer.ok) return void (note.textContent = await answer.text());
      await answer.blob(); // the player asks again, and gets it from the browser's cache
      note.textContent = "";
      const captions = order.map((name) => caption(name, known(run).find((found) => found.name === name), run));
      tc.emit("play", { n: Date.now(), run: run.run, kind: "video", still, src, fps, frames, lanes: order.length, captions, links: [[still ? "save_pictures" : "save_video", src]] });
    }
    const caption = (name, found, run) => (name === UNCACHED ? tc.t("uncached") : `${title(name, run)}, ${cents(found.share)}, ${tc.psnr(tc.decibels(found))}`);

    let plotted = "";
    async function drawPlot() {
      const run = runOf();
      const key = [run.run, known(run).length, run.phase].join();
      if (!fold.open || !run.run || plotted === key || obstacle(run)) return;
      plotted = key;
      const ids = [...new Set([run.run, ...tc.visited()])].join(",");
      const told = await tc.studyFigure(plot, tc.studyAddress(run.run, "frontier", { ids }), (point) => opened(point.customdata));
      if (!told) return void (plotted = "");
      sweep = told.sweep;
      source.replaceChildren(...(sweep ? [tc.t("frontier_sweep", sweep) + " ", tc.el("a", { href: sweepPage(), target: "_blank", rel: "noopener" }, tc.t("frontier_sweep_open"))] : []));
    }
    let sweep = null; // that the curves are of, where this visit has no runs of its own
    const sweepPage = (method = "") => `teacache/sweeps/${encodeURIComponent(sweep.name)}?lang=${tc.language}#${encodeURIComponent(method)}`;
    // A point opens its run; one of a sweep, which is a mean over many, their page.
    function opened(id) {
      if (sweep) window.open(sweepPage(id.split(" ")[0]), "_blank", "noopener");
      else if (id) tc.emit("open", id);
    }
    tc.on("view", () => (draw(), drawPlot()));
    tc.on("facts", () => (draw(), drawPlot()));
    for (const news of ["starting", "failed"]) tc.on(news, () => leave(null));
    return (next) => {
      if (!next || !next.run) return;
      if (next.busy && next.run !== busy) return; // still on its way when it was stopped
      told.set(next.run, next.rows);
      under = next.busy ? next.under : null;
      if (!next.busy && next.run === busy) busy = null;
      draw();
      if (!next.busy) drawPlot();
    };
  };
})();
