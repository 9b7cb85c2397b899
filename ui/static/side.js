// The small parts: the head with the model's chip, labels' explanations, and the table of rivals.
(function () {
  const tc = window.teacache;

  const PATIENCE_MS = 10000;
  // The model loads in the server's background; its state is asked for as long as the page is open. No answer is news as well.
  tc.parts.head = (root) => {
    const chip = tc.el("span", { class: "tc-chip loading tc-term", tabindex: 0, role: "status", "data-tip": tc.t("model_tip") }, tc.t("model_loading"));
    const tools = tc.headTools.map((tool) => tool());
    root.append(
      tc.el("div", { class: "tc-head" },
        tc.el("div", { class: "tc-title" }, tc.el("h1", {}, tc.t("title")), tc.el("p", {}, tc.t("headline"))),
        tc.el("div", { class: "tc-head-tools" }, ...tools, chip)));
    // Embedded, the head is away; the tour and the link are what a teacher embeds for, and move beside the line under the figures.
    if (document.body.classList.contains("tc-embed")) tc.on("view", () => document.querySelector(".tc-line-row").append(...tools.filter((tool) => tool.matches("button"))));
    const gone = tc.el("div", { class: "tc-gone", role: "alert", hidden: true }, tc.t("server_gone"));
    root.append(gone);
    const shelf = tc.el("a", { class: "tc-button", href: "teacache/gallery?lang=" + tc.language, "data-tip": tc.t("gallery_tip") }, tc.t("gallery"));
    let wait = 700;
    async function ask() {
      try {
        const answer = await (await fetch("teacache/model", { signal: AbortSignal.timeout(PATIENCE_MS) })).json();
        gone.hidden = true;
        chip.className = "tc-chip tc-term " + answer.state;
        chip.textContent = tc.t("model_" + answer.state, { device: answer.device });
        chip.dataset.tip = tc.said(answer.reason) || tc.t("model_tip");
        if (answer.gallery && !tools.includes(shelf)) (tools.push(shelf), chip.before(shelf));
        if (answer.state === "loading") return setTimeout(ask, (wait = Math.min(3000, wait * 1.3)));
        setTimeout(ask, 15000); // another visitor may choose another model
      } catch (error) {
        gone.hidden = false; // Gradio says so only to who asks it for something
        setTimeout(ask, 5000);
      }
    }
    ask();
  };

  // A sentence from the server about what could not be: the run on screen stays. Without one, all is well again.
  tc.parts.notice = () => (value) => {
    if (!value.error) return tc.settled();
    const said = tc.said(value.error);
    tc.failed(said);
    tc.toast(said);
    tc.emit("failed");
  };

  // Gradio tells the place in the queue in a block of its own; it is said again in the line under the figures. Everyone has a place for
  // a moment, and without others it is the first: only who keeps one is told of others.
  const KEPT_MS = 400;
  function watchQueue() {
    const block = document.querySelector("#tc-status");
    let soon = null;
    const said = (text) => ((soon = null), (tc.now.place = text), tc.now.waiting && tc.refresh());
    new MutationObserver(() => {
      const place = /(\d+)\s*\/\s*(\d+)/.exec(block.textContent);
      const waits = tc.now.waiting && place && Number(place[1]) <= Number(place[2]); // "1/0" as the turn comes
      const text = waits ? tc.t("line_queue", { i: place[1], n: place[2] }) : "";
      if (waits && !tc.now.place) return void (soon = soon || setTimeout(() => said(text), KEPT_MS));
      clearTimeout(soon);
      said(text);
    }).observe(block, { childList: true, subtree: true, characterData: true });
  }
  // Gradio's labels get their explanations here.
  const TIPS = ["threshold", "estimator", "planned", "coefficients", "indicator", "mode", "first", "last", "most", "negative", "seed", "steps", "guidance", "seconds", "demo", "model"];
  function tip(name) {
    const label = document.querySelector(`#tc-${name} [data-testid=block-info]`) || document.querySelector(`#tc-${name} label span`);
    label.dataset.tip = tc.t(name === "model" ? "model_tip_list" : name + "_tip");
    label.classList.add("tc-term");
  }
  tc.whenThere("tc-status", null, watchQueue);
  for (const name of TIPS) tc.whenThere("tc-" + name, "[data-testid=block-info], label :is(span)", () => tip(name));

  tc.parts.caption = (root) => (value) => root.replaceChildren(tc.el("span", { class: "tc-caption" }, tc.t(value.text)));

  tc.parts.rivals = (root, { trigger }) => {
    const body = tc.el("tbody");
    const verdict = tc.el("p", { class: "tc-verdict", role: "status" });
    const head = ["", tc.t("col_computed"), tc.t("col_seconds"), tc.t("fig_psnr"), tc.t("fig_ssim")].map((text, i) =>
      tc.el("th", { scope: "col", class: i ? "" : "name" }, text || tc.el("span", { class: "tc-sr" }, tc.t("col_rival"))));
    const table = tc.el("table", {}, tc.el("thead", {}, tc.el("tr", {}, ...head)), body);
    root.append(
      tc.el("div", { class: "tc-card tc-rivals" },
        tc.el("h2", {}, tc.term("rivals_title", "rivals_tip")),
        table, verdict, tc.thirdButton(trigger)));
    const USUAL = ["teacache", "uniform", "fewer_steps"]; // which have names of this page's own
    const called = (name, { titles }) => (USUAL.includes(name) ? tc.t("rival_" + name) : titles[name] || name);
    // Who came closest: one, several that share it, or all.
    function verdictOf(value) {
      const { closest, names } = value;
      const shown = closest.map((name) => called(name, value));
      if (closest.length === 1) return USUAL.includes(closest[0]) ? tc.t("win_" + closest[0]) : tc.t("win_other", { what: shown[0] });
      if (names.join() === USUAL.join()) return closest.length === names.length ? tc.t("win_tie") : tc.t("win_two", { a: shown[0], b: shown[1] });
      return tc.t("win_several", { what: shown.join(", ") });
    }
    // Without the unit, which stands in the head or nowhere.
    function near(found) {
      if (tc.identical(tc.decibels(found))) return [tc.psnr(tc.decibels(found))];
      return found.sound ? [tc.fixed(found.sound.snr, 1), tc.fixed(found.sound.log_spectral, 2)] : [tc.fixed(found.psnr, 1), tc.ssim(found.ssim)];
    }
    const heading = (name, value) => (USUAL.includes(name) ? tc.term("rival_" + name) : tc.el("span", {}, called(name, value)));
    function row(name, found, value) {
      const { closest, names } = value;
      const cells = found ? [`${found.computed}/${found.calls}`, tc.fixed(found.seconds, 1), ...near(found)] : ["–", "–", "–", "–"];
      return tc.el("tr", { class: closest.length < names.length && closest.includes(name) ? "winner" : "" },
        tc.el("th", { scope: "row" }, heading(name, value)), ...cells.map((c, i) => {
          const odd = i === 1 && found && found.disturbed;
          return tc.el("td", { colspan: i === 2 && cells.length < 4 ? 2 : null, class: odd ? "disturbed" : null, tabindex: odd ? 0 : null, "data-tip": odd ? tc.t("disturbed_seconds") : null }, c);
        }));
    }
    const draw = (value) => {
      const by = Object.fromEntries((value ? value.rows : []).map((r) => [r.name, r]));
      const { names } = tc.nearness((value && value.rows[0]) || {});
      [...table.tHead.rows[0].cells].slice(-2).forEach((cell, i) => (cell.textContent = tc.t("fig_" + names[i])));
      const shown = value && value.names ? value : { closest: [], names: USUAL, titles: {} };
      body.replaceChildren(...shown.names.map((name) => row(name, by[name], shown)));
      const key = value && value.uploaded ? "rivals_upload" : !value ? "rivals_later" : value.busy ? "rivals_busy" : value.wanted ? "rivals_later" : "rivals_none";
      table.hidden = key === "rivals_upload";
      verdict.textContent = value && value.closest.length ? verdictOf(value) : tc.t(key);
      verdict.classList.toggle("busy", key === "rivals_busy");
    };
    tc.on("view", ({ kind }) => table.classList.toggle("dim", kind === "whatif"));
    let value = null;
    const receive = (next) => {
      value = next;
      tc.now.rivalsBusy = Boolean(next && next.busy);
      draw(next);
      tc.refresh();
    };
    tc.on("stopped", () => value && value.busy && receive({ ...value, busy: false }));
    draw(null);
    return receive;
  };
})();
