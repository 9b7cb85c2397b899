// The small parts: the head with the model's chip, labels' explanations, and the table of rivals.
(function () {
  const tc = window.teacache;

  // The model loads in the server's background; its state is asked for until it is ready or has failed.
  tc.parts.head = (root) => {
    const chip = tc.el("span", { class: "tc-chip loading tc-term", tabindex: 0, role: "status", "data-tip": tc.t("model_tip") }, tc.t("model_loading"));
    const tools = tc.headTools.map((tool) => tool());
    root.append(
      tc.el("div", { class: "tc-head" },
        tc.el("div", { class: "tc-title" }, tc.el("h1", {}, tc.t("title")), tc.el("p", {}, tc.t("headline"))),
        tc.el("div", { class: "tc-head-tools" }, ...tools, chip)));
    // Embedded, the head is away; the tour and the link are what a teacher embeds for, and move beside the line under the figures.
    if (document.body.classList.contains("tc-embed")) tc.on("view", () => document.querySelector(".tc-line-row").append(...tools.filter((tool) => tool.matches("button"))));
    let wait = 700;
    async function ask() {
      try {
        const answer = await (await fetch("teacache/model")).json();
        chip.className = "tc-chip tc-term " + answer.state;
        chip.textContent = tc.t("model_" + answer.state, { device: answer.device });
        chip.dataset.tip = tc.said(answer.reason) || tc.t("model_tip");
        if (answer.state === "loading") return setTimeout(ask, (wait = Math.min(3000, wait * 1.3)));
        setTimeout(ask, 15000); // another visitor may choose another model
      } catch (error) {
        setTimeout(ask, 5000); // the server is restarting; Gradio says so itself
      }
    }
    ask();
  };

  // A sentence from the server about a run that could not be: the run on screen stays.
  tc.parts.notice = () => (value) => {
    const said = tc.said(value.error);
    tc.failed(said);
    tc.toast(said);
    tc.emit("failed");
  };

  // Gradio tells the place in the queue in a block of its own; it is said again in the line under the figures.
  function watchQueue() {
    const block = document.querySelector("#tc-status");
    if (!block) return void setTimeout(watchQueue, 500);
    new MutationObserver(() => {
      const place = /(\d+)\s*\/\s*(\d+)/.exec(block.textContent);
      if (!tc.now.waiting || !place) return;
      tc.now.place = tc.t("line_queue", { i: place[1], n: place[2] });
      tc.refresh();
    }).observe(block, { childList: true, subtree: true, characterData: true });
  }
  // Gradio's labels get their explanations here.
  const TIPS = ["threshold", "estimator", "coefficients", "indicator", "mode", "first", "last", "most", "negative", "seed", "steps", "guidance", "model"];
  function tipLabels() {
    for (const name of TIPS) {
      const label = document.querySelector(`#tc-${name} [data-testid=block-info]`) || document.querySelector(`#tc-${name} label span`);
      if (label) label.dataset.tip = tc.t(name === "model" ? "model_tip_list" : name + "_tip");
      if (label) label.classList.add("tc-term");
    }
  }
  watchQueue();
  setTimeout(tipLabels, 300);
  setTimeout(tipLabels, 2000); // again, for a label that came late
  document.addEventListener("click", (event) => event.target.closest("#tc-more") && setTimeout(tipLabels, 150)); // the fold's own come with it

  tc.parts.caption = (root) => (value) => {
    root.replaceChildren(tc.el("span", { class: "tc-caption" }, tc.t(value.text)));
    requestAnimationFrame(tc.nameRecorded); // the buttons under it, before they are seen
  };

  tc.parts.rivals = (root, { trigger }) => {
    const body = tc.el("tbody");
    const verdict = tc.el("p", { class: "tc-verdict", role: "status" });
    const head = ["", tc.t("col_computed"), tc.t("col_seconds"), "PSNR", "SSIM"].map((text, i) =>
      tc.el("th", { scope: "col", class: i ? "" : "name" }, text || tc.el("span", { class: "tc-sr" }, tc.t("col_rival"))));
    const table = tc.el("table", {}, tc.el("thead", {}, tc.el("tr", {}, ...head)), body);
    root.append(
      tc.el("div", { class: "tc-card tc-rivals" },
        tc.el("h2", {}, tc.term("rivals_title", "rivals_tip")),
        table, verdict, tc.thirdButton(trigger)));
    const NAMES = ["teacache", "uniform", "fewer_steps"];
    function row(name, found, winner) {
      const cells = found
        ? [`${found.computed}/${found.calls}`, tc.fixed(found.seconds, 1), tc.fixed(found.psnr, 1), tc.ssim(found.ssim)]
        : ["–", "–", "–", "–"];
      return tc.el("tr", { class: name === winner ? "winner" : "" },
        tc.el("th", { scope: "row" }, tc.term("rival_" + name)), ...cells.map((c) => tc.el("td", {}, c)));
    }
    const draw = (value) => {
      const by = Object.fromEntries((value ? value.rows : []).map((r) => [r.name, r]));
      body.replaceChildren(...NAMES.map((name) => row(name, by[name], value && value.winner)));
      const key = value && value.uploaded ? "rivals_upload" : !value ? "rivals_later" : value.winner ? "win_" + value.winner : value.busy ? "rivals_busy" : value.wanted ? "rivals_later" : "rivals_none";
      table.hidden = key === "rivals_upload";
      verdict.textContent = tc.t(key);
      verdict.classList.toggle("busy", key === "rivals_busy");
    };
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
