// One step looked into: its arithmetic in words, and what the clip looked like there, without and with the cache.
(function () {
  const tc = window.teacache;
  // Whether the sum was held against the threshold, or a rule decided before that.
  tc.weighed = (reason) => ["threshold", "below_threshold", "max_reuses"].includes(reason);
  const FRAME_MS = 350;
  const sprites = new Map(); // address -> promise of a decoded picture

  function picture(src) {
    if (!sprites.has(src)) {
      const image = new Image();
      image.src = src;
      sprites.set(src, image.decode().then(() => image));
    }
    return sprites.get(src);
  }
  // The preview made at or before a step: its row of the sprite and its step, or null.
  function rowOf(previews, lane, step) {
    const steps = previews.lanes[lane];
    const found = steps.filter((s) => s <= step).length - 1;
    return found < 0 ? null : { row: (lane ? previews.lanes[0].length : 0) + found, step: steps[found] };
  }
  function paint(canvas, previews, row, frame) {
    const { width, height } = previews;
    return picture(previews.src).then(
      (image) => {
        canvas.width = width;
        canvas.height = height;
        canvas.getContext("2d").drawImage(image, frame * width, row * height, width, height, 0, 0, width, height);
      },
      () => canvas.remove(), // a picture that cannot be had is not shown; the arithmetic stands without it
    );
  }
  // `count` moments of one lane, from noise to clip.
  tc.filmStrip = (previews, lane, count) => {
    const steps = previews.lanes[lane];
    if (!steps.length) return null;
    const chosen = [...new Set(Array.from({ length: count }, (_, i) => Math.round((i * (steps.length - 1)) / (count - 1))))];
    const frame = Math.floor(previews.frames / 2);
    return tc.el("div", { class: "tc-film" }, ...chosen.map((j) => {
      const canvas = tc.el("canvas", { role: "img", "aria-label": tc.lessonStep(steps[j]) });
      paint(canvas, previews, (lane ? previews.lanes[0].length : 0) + j, frame);
      return tc.el("figure", {}, canvas, tc.el("figcaption", {}, String(steps[j] + 1)));
    }));
  };

  // The sum that the call started with: that of the branch's call before, unless it was computed.
  function before(c, index) {
    const earlier = c.branch.lastIndexOf(c.branch[index], index - 1);
    return index === 0 || earlier < 0 || c.computed[earlier] ? 0 : c.acc[earlier];
  }
  function source(c, index) {
    for (let i = index - 1; i >= 0; i--) if (c.branch[i] === c.branch[index] && c.computed[i]) return c.step[i] + 1;
    return "–";
  }
  // The arithmetic of one call, a sentence each.
  tc.arithmetic = (view, index) => {
    const c = view.columns;
    const reason = c.reason[index];
    const values = { x: tc.num(c.ind[index]), y: tc.num(c.est[index]), a: tc.num(before(c, index)), z: tc.num(c.acc[index]), t: tc.delta(view.threshold), r: source(c, index), o: tc.num(tc.truth(view, index)) };
    const lines = [];
    if (c.ind[index] !== null) lines.push(tc.t("step_indicator", values));
    if (c.ind[index] !== null && c.est[index] !== null) lines.push(tc.t(Math.abs(c.est[index] - c.ind[index]) < 1e-9 ? "step_naive" : "step_estimate", values));
    if (tc.weighed(reason)) lines.push(tc.t("step_sum", values), tc.t(`step_${reason}`, values));
    else lines.push(tc.t("step_rule", { why: tc.t(`say_${reason}`, values) }));
    if (tc.truth(view, index) !== null) lines.push(tc.t("step_truth", values));
    return lines;
  };

  let card = null;
  let shown = null; // index of the call
  let ticking = null;
  let drawn = "";

  function previewsOf(view, index) {
    const facts = tc.facts();
    const previews = facts && facts.run === view.run.run ? facts.previews : null;
    if (!previews) return [tc.el("p", { class: "tc-note" }, tc.t("step_no_preview"))];
    const step = view.columns.step[index];
    const lanes = [0, 1].map((lane) => ({ lane, found: rowOf(previews, lane, step) })).filter(({ found }) => found);
    if (!lanes.length) return [tc.el("p", { class: "tc-note" }, tc.t("step_early"))];
    let frame = Math.floor(previews.frames / 2);
    const figures = lanes.map(({ lane, found }) => {
      const canvas = tc.el("canvas", { role: "img", "aria-label": tc.t(lane ? "step_preview_cached" : "step_preview_uncached", { i: found.step + 1 }) });
      const draw = () => paint(canvas, previews, found.row, frame % previews.frames);
      draw();
      const name = (lane ? "TeaCache" : tc.t("uncached")) + (found.step === step ? "" : ` (${tc.lessonStep(found.step)})`);
      return { draw, node: tc.el("figure", {}, canvas, tc.el("figcaption", {}, name)) };
    });
    if (!tc.reducedMotion() && previews.frames > 1) ticking = setInterval(() => ((frame += 1), figures.forEach((f) => f.draw())), FRAME_MS);
    return [tc.el("div", { class: "tc-film pair" }, ...figures.map((f) => f.node)), view.kind === "whatif" ? tc.el("p", { class: "tc-note" }, tc.t("step_preview_whatif")) : ""];
  }
  // To the call before or after: cells are too narrow for some fingers.
  function turner(key, icon, by) {
    const there = tc.view().columns.step[shown + by] !== undefined;
    const turn = () => {
      tc.emit("point", shown + by);
      open(shown + by);
      card.querySelector(`[data-turn="${by}"]`).focus();
    };
    return tc.el("button", { type: "button", class: "tc-icon small", "aria-label": tc.t(key), "data-turn": by, disabled: !there, onclick: turn }, tc.icon(icon));
  }
  function draw() {
    const view = tc.view();
    const c = view.columns;
    if (shown === null || c.step[shown] === undefined) return close();
    const key = [view.run.run, view.rules, shown, view.threshold, view.kind, Boolean(tc.facts())].join();
    if (key === drawn) return;
    drawn = key;
    clearInterval(ticking);
    const several = view.run.branches.length > 1 ? `, ${tc.branch(view.run.branches[c.branch[shown]])}` : "";
    card.replaceChildren(
      tc.el("header", {},
        tc.el("i", { class: "tc-swatch " + (c.computed[shown] ? "computed" : "reused") }),
        tc.el("h2", {}, tc.lessonStep(c.step[shown]) + several + ": " + tc.t(c.computed[shown] ? "legend_computed" : "legend_reused")),
        turner("tour_step_back", "prev", -1), turner("tour_step_on", "next", 1),
        tc.el("button", { type: "button", class: "tc-icon small", "aria-label": tc.t("tour_close"), onclick: close }, "×")),
      tc.el("div", { class: "tc-step-body" },
        tc.el("ol", {}, ...tc.arithmetic(view, shown).map((line) => tc.el("li", {}, line))),
        tc.el("div", { class: "tc-step-side" }, ...previewsOf(view, shown))));
    place();
  }
  // In a narrow window both cards are sheets at the bottom, above the dock with threshold and Run.
  tc.narrow = () => innerWidth <= 820;
  tc.dock = () => {
    const buttons = document.querySelector("#tc-buttons");
    return buttons && getComputedStyle(buttons).position === "fixed" ? buttons.offsetHeight : 0;
  };
  // Below the row of steps, in the document, so that it scrolls with it; it covers the player for as long as it is open.
  function place() {
    card.classList.toggle("sheet", tc.narrow());
    if (tc.narrow()) return Object.assign(card.style, { width: "", left: "", top: "", bottom: tc.dock() + "px" });
    const strip = document.querySelector(".tc-strip").getBoundingClientRect();
    const cell = document.querySelector(`.tc-strip .tc-cell[data-i="${shown}"]`).getBoundingClientRect();
    const board = document.querySelector("#tc-board").getBoundingClientRect();
    const width = Math.min(620, board.width);
    const left = Math.min(Math.max(board.left, cell.left + cell.width / 2 - width / 2), board.right - width);
    Object.assign(card.style, { width: width + "px", left: left + "px", top: strip.bottom + scrollY + 26 + "px", bottom: "" });
  }
  function open(index) {
    if (index === null || Number.isNaN(index)) return;
    if (!card) document.body.append((card = tc.el("section", { class: "tc-root tc-card tc-step-card", role: "region", "aria-live": "polite", "aria-label": tc.t("step_card") })));
    card.hidden = false;
    shown = index;
    draw();
    uncover();
    tc.emit("inspect", index);
  }
  // A sheet must not hide the row of steps that it speaks of.
  function uncover() {
    const hidden = document.querySelector(".tc-strip").getBoundingClientRect().bottom + 12 - card.getBoundingClientRect().top;
    if (tc.narrow() && hidden > 0) scrollBy(0, hidden);
  }
  function close() {
    if (shown === null) return;
    shown = null;
    drawn = "";
    clearInterval(ticking);
    card.hidden = true;
    tc.emit("inspect", null);
  }
  tc.inspect = { open, close, shown: () => shown };

  const quiet = () => (tc.touring && tc.touring() !== null) || tc.live();
  let current = null;
  tc.on("point", (index) => {
    if (index !== null) current = index;
    if (shown !== null && index !== null && document.activeElement && document.activeElement.closest(".tc-strip")) open(index);
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest && event.target.closest(".tc-strip .tc-cell");
    if (cell && cell.dataset.i !== "" && !quiet()) return shown === Number(cell.dataset.i) ? close() : open(Number(cell.dataset.i));
    if (shown !== null && !(event.target.closest && event.target.closest(".tc-step-card")) && event.target.isConnected) close();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && shown !== null) return event.preventDefault(), close();
      const strip = event.target.closest && event.target.closest(".tc-strip");
      if (strip && event.key === "Enter" && !quiet() && current !== null) event.preventDefault(), open(current);
    },
    true,
  );
  tc.on("view", (view) => shown !== null && (view.kind === "live" ? close() : draw()));
  tc.on("facts", () => shown !== null && draw());
  tc.on("tour", (at) => at !== null && close());
  addEventListener("resize", () => shown !== null && place());
})();
