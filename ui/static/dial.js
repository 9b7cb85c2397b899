// Under the slider: which thresholds give the same schedule, and where reuse begins.
(function () {
  const tc = window.teacache;

  // As many digits as it takes to tell the two ends apart.
  const span = (low, high) => {
    const digits = high === null ? 3 : [3, 4, 5, 6].find((d) => tc.num(low, d) !== tc.num(high, d)) || 6;
    return { low: tc.num(low, digits), high: tc.num(high, digits) };
  };

  // Why nothing is reused at any threshold, or at any that the slider reaches; else null.
  tc.never = (view) => {
    if (!view.table) return null;
    const { threshold, obstacle } = view.table.first;
    const [firstSteps, lastSteps] = view.table.forced;
    if (threshold === null) return tc.t("never_" + obstacle, { first: firstSteps, last: lastSteps, n: view.steps });
    const end = tc.slider() ? Number(tc.slider().max) : Infinity;
    return threshold >= end ? tc.t("never_here", { t: tc.num(threshold), end: tc.num(end) }) : null;
  };

  const SIGNALS = ["embedding", "latent"]; // variants that decide by one of them alone; published is neither

  // What is compared from step to step: the signal that was recorded, or the one that the visitor chose instead.
  tc.signal = ({ signal, stands }) => (signal !== "indicator" ? signal : SIGNALS.includes(stands.variant) ? stands.variant : stands.latentFree ? "embedding" : signal);

  // What the what-if stands on.
  function stands(table) {
    const { signal, stands, exact } = table;
    const own = signal === "indicator";
    const what = tc.t("by_" + tc.signal(table));
    const published = own && !["default", ...SIGNALS].includes(stands.variant);
    const tip = [
      tc.t(own ? "stands_tip" : "stands_tip_other", { what }),
      published ? tc.t("stands_tip_published", { variant: stands.variant }) : "",
      tc.t(exact ? "stands_tip_exact" : "stands_tip_approximate"),
      stands.asked === stands.variant ? "" : tc.t("stands_tip_asked", { asked: stands.asked, variant: stands.variant }),
    ];
    return { text: tc.t(published ? "stands_published" : "stands", { what, exactness: tc.t(exact ? "exact" : "approximate") }), tip: tip.filter(Boolean).join(" ") };
  }

  // A signal that was not recorded cannot be chosen, and its label says why.
  function offer({ signals }) {
    for (const input of document.querySelectorAll("#tc-indicator input")) {
      input.disabled = !signals.includes(input.value);
      if (input.disabled) input.parentElement.dataset.tip = tc.t("signal_missing");
      else delete input.parentElement.dataset.tip;
    }
  }
  tc.whenThere("tc-indicator", "input", tc.refresh);

  tc.parts.dial = (root) => {
    const button = (name, direction) =>
      tc.el("button", { type: "button", class: "tc-icon small", "aria-label": tc.t(name), "data-tip": tc.t(name), onclick: () => tc.neighbour(direction) },
        tc.icon(direction < 0 ? "prev" : "next"));
    const text = tc.el("span", { class: "tc-same" }, tc.t("no_table"));
    const first = tc.el("button", { type: "button", class: "tc-first tc-term", "data-tip": tc.t("reuse_tip"), onclick: () => toFirst() });
    const back = button("schedule_prev", -1);
    const on = button("schedule_next", 1);
    const ground = tc.el("span", { class: "tc-stands tc-term", tabindex: 0, "data-tip": "" });
    root.append(tc.el("div", { class: "tc-dial" }, back, tc.el("div", {}, text, first), on), tc.el("div", { class: "tc-ground" }, ground));
    let rows = [];
    const toFirst = () => tc.goTo(rows.findIndex((row) => row[2].includes("0")));

    tc.on("view", (view) => {
      const there = Boolean(view.table);
      rows = there ? view.table.rows : [];
      back.disabled = !there || view.rowIndex <= 0;
      on.disabled = !there || view.rowIndex === rows.length - 1;
      first.hidden = ground.hidden = !there;
      if (!there) return void (text.textContent = tc.live() ? "" : tc.t("no_table"));
      offer(view.table);
      const told = stands(view.table);
      ground.textContent = told.text;
      ground.dataset.tip = told.tip;
      const [low, high, schedule] = view.row;
      const key = !schedule.includes("0") && high !== null ? "none_reused" : high === null ? "same_schedule_open" : "same_schedule";
      text.textContent = tc.t(key, span(low, high));
      const never = tc.never(view);
      first.textContent = never ? tc.t("never_short") : tc.t("first_reuse", { t: tc.num(view.table.first.threshold) });
      first.dataset.tip = never || tc.t("reuse_tip");
    });
  };
})();
