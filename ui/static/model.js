// Under the list of models: can this machine run it, where does reuse begin, and, folded, everything else on its card.
(function () {
  const tc = window.teacache;

  function beginning(card) {
    if (card.first === null) return tc.t("card_naive");
    return card.first > 0 ? tc.t("card_first", { t: tc.num(card.first) }) : tc.t("card_any");
  }
  function point({ threshold, speedup }) {
    return `δ ${tc.delta(threshold)}` + (speedup ? `: ${tc.fixed(speedup, 2)}×` : "");
  }
  function licence(card) {
    const said = tc.said(card.license);
    const name = card.license_url ? tc.el("a", { href: card.license_url, target: "_blank", rel: "noopener" }, said) : said;
    return [name, card.gated ? ` (${tc.t("card_gated")})` : ""];
  }
  function rows(card) {
    const size = card.seconds ? "card_sound" : card.frames > 1 ? "card_video" : "card_picture";
    const found = [
      ["card_size", [tc.t(size, { f: card.frames, w: card.width, h: card.height, fps: card.fps, s: tc.delta(card.seconds || 0) })]],
      ["card_steps", [String(card.steps)]],
      ["card_memory", card.memory_gb ? [`${tc.fixed(card.memory_gb, 1)} GB`] : null],
      ["card_license", licence(card)],
      ["card_replay", [tc.t(card.latent_free ? "exact" : "approximate")]],
      ["card_points", card.points.length ? [card.points.map(point).join(", ") + (card.hardware ? ` (${card.hardware})` : "")] : null],
    ];
    return found.filter(([, value]) => value);
  }

  // A browser gives Tab to whatever scrolls; the open list does, and is gone at once: the place on the page would be lost with it.
  document.addEventListener(
    "keydown",
    (event) => {
      const list = event.key === "Tab" && event.target.closest && event.target.closest("#tc-model")?.querySelector("ul");
      if (list) list.tabIndex = -1;
    },
    true,
  );

  tc.parts.model = (root) => {
    const fold = tc.el("details", { class: "tc-about" });
    const why = tc.el("p", { class: "tc-why" });
    root.append(fold, why);
    return (card) => {
      const state = tc.el("span", { class: card.runs_here ? "tc-here" : "tc-not" }, tc.t(card.runs_here ? "card_here" : "card_not"));
      const first = tc.el("span", { class: "tc-term", tabindex: 0, "data-tip": tc.t("card_first_tip") }, beginning(card));
      const list = tc.el("dl", {}, ...rows(card).flatMap(([key, value]) => [tc.el("dt", {}, tc.t(key)), tc.el("dd", {}, ...value)]));
      const notes = [card.note, card.explanation].map(tc.said).filter(Boolean).map((text) => tc.el("p", {}, text));
      fold.replaceChildren(tc.el("summary", {}, state, " · ", first), list, ...notes);
      why.textContent = tc.said(card.obstacle) || (card.kind === "image_to_video" ? tc.t("image") : "");
      document.body.classList.toggle("tc-cannot", !card.runs_here);
      tc.now.model = card.name;
      tc.now.obstacle = card.runs_here ? "" : `${card.title}: ${why.textContent}`; // said beside the run on screen as well
      tc.refresh();
    };
  };
})();
