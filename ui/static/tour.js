// The guided tour: a card in the place of the controls, one lesson at a time, each with a question that is answered on the figure.
(function () {
  const tc = window.teacache;
  const now = { at: null, answered: new Map(), tries: 0 };
  let card = null;
  let body = null;
  let drawn = "";
  let play = null; // the accumulator being played, in its lesson
  let opener = null;

  const text = (lesson, name, values, variants = []) => {
    const keys = [...variants.filter(Boolean).map((variant) => `tour_${lesson.id}_${name}_${variant}`), `tour_${lesson.id}_${name}`];
    return tc.t(keys.find((key) => tc.t(key) !== key) || keys[keys.length - 1], values);
  };
  const button = (key, action, more = {}) => tc.el("button", { type: "button", class: "tc-button", onclick: action, ...more }, tc.t(key));

  function build() {
    body = tc.el("div", { class: "tc-tour-body", tabindex: -1 });
    card = tc.el("section", { class: "tc-root tc-card tc-tour", role: "dialog", "aria-labelledby": "tc-tour-title", hidden: true }, body);
    document.body.append(card);
    addEventListener("resize", place);
    addEventListener("scroll", place, { passive: true });
    new ResizeObserver(place).observe(document.querySelector("#tc-left"));
  }
  // Over the left column, whose place it takes; nothing else moves.
  function place() {
    if (!card || card.hidden) return;
    const left = document.querySelector("#tc-left");
    const narrow = tc.narrow();
    const box = left.getBoundingClientRect();
    card.classList.toggle("sheet", narrow);
    left.inert = !narrow;
    left.style.visibility = narrow ? "" : "hidden";
    card.style.bottom = narrow ? tc.dock() + "px" : "";
    card.style.left = narrow ? "" : box.left + "px";
    card.style.width = narrow ? "" : box.width + "px";
    const top = Math.max(8, box.top);
    card.style.top = narrow ? "" : top + "px";
    card.style.height = narrow ? "" : `calc(100vh - ${top + 8}px)`;
  }
  function light(selector) {
    document.querySelectorAll(".tc-lit").forEach((e) => e.classList.remove("tc-lit"));
    const target = selector && document.querySelector(selector);
    if (!target || target.closest("#tc-left")) return;
    target.classList.add("tc-lit");
    const box = target.getBoundingClientRect();
    const floor = tc.narrow() ? card.getBoundingClientRect().top : innerHeight;
    // As little scrolling as shows it; where it does not fit, its beginning.
    const enough = Math.max(0, box.bottom + scrollY + 8 - floor);
    const top = Math.min(enough, Math.max(0, box.top + scrollY - 12));
    if (top > scrollY || box.top < 0) scrollTo({ top, behavior: tc.reducedMotion() ? "auto" : "smooth" });
  }

  function show(at) {
    if (!tc.view()) return;
    if (!card) build();
    if (now.at === null) opener = document.activeElement;
    const moved = now.at !== at;
    now.at = Math.min(Math.max(0, at), tc.lessons.length - 1);
    now.tries = 0;
    pointed = away(tc.lessons[now.at], tc.view());
    card.hidden = false;
    document.body.classList.add("tc-touring");
    stopPlaying();
    place();
    draw(true);
    light(tc.lessons[now.at].where);
    if (moved) body.focus({ preventScroll: true });
    tc.emit("tour", now.at);
  }
  function close() {
    if (now.at === null) return;
    now.at = null;
    stopPlaying();
    card.hidden = true;
    Object.assign(document.querySelector("#tc-left"), { inert: false }).style.visibility = "";
    document.body.classList.remove("tc-touring");
    light(null);
    tc.emit("tour", null);
    if (opener && opener.isConnected) opener.focus();
  }
  const turn = (by) => (now.at + by >= tc.lessons.length ? close() : now.at + by >= 0 && show(now.at + by));

  // Drawn anew when the lesson or the run on screen changed, so that an answer in progress is not lost at every redraw.
  function draw(force) {
    const view = tc.view();
    if (now.at === null || !view) return;
    const key = [now.at, view.run.run, view.kind === "whatif" ? view.row[2] : "", Boolean(tc.facts()), (tc.lessonRuns || []).length].join("/");
    if (!force && key === drawn) return;
    drawn = key;
    const lesson = tc.lessons[now.at];
    const lacks = lacking(lesson, view);
    const variants = [lacks, lesson.variant ? lesson.variant(view) : ""];
    const values = lesson.values(view);
    card.classList.toggle("tall", Boolean(lesson.dots)); // its figure lies on the card
    const say = tc.el("p", { class: "tc-said", role: "status" });
    const figure = lesson.figure && lesson.figure(view, (...chosen) => answer(lesson, lesson.dots(...chosen), say));
    stopPlaying();
    play = lesson.play ? tc.accumulator(view) : null;
    body.replaceChildren(
      tc.el("div", { class: "tc-tour-head" },
        tc.el("div", {},
          tc.el("span", { class: "tc-note" }, tc.t("tour_count", { i: now.at + 1, n: tc.lessons.length })),
          tc.el("h2", { id: "tc-tour-title" }, text(lesson, "title", values, variants))),
        tc.el("button", { type: "button", class: "tc-icon small", "aria-label": tc.t("tour_close"), "data-tip": tc.t("tour_close"), onclick: close }, "×")),
      tc.el("p", {}, text(lesson, "text", values, variants)),
      ...(figure ? [figure] : []),
      ...(play ? [play.node] : []),
      ...(lesson.live ? [liveLine(lesson)] : []),
      ...(lacks ? [] : [question(lesson, text(lesson, "ask", values, variants), say)]),
      navigation());
    place();
    lookBelow();
  }
  // On a phone the question may lie below the edge of the sheet: a button says so and leads there.
  let below = null;
  function lookBelow() {
    if (below) below.disconnect();
    const ask = body.querySelector(".tc-ask");
    const foot = body.querySelector(".tc-tour-foot");
    if (!ask) return;
    const lead = tc.el("button", { type: "button", class: "tc-below", hidden: true, onclick: () => ask.scrollIntoView({ block: "end" }) }, tc.t("tour_below"));
    foot.append(lead);
    below = new IntersectionObserver(([{ boundingClientRect, rootBounds }]) => (lead.hidden = boundingClientRect.bottom <= rootBounds.bottom + 2), { root: body, rootMargin: `0px 0px -${foot.offsetHeight}px`, threshold: [0, 0.5, 0.9, 1] });
    below.observe(ask);
  }
  function liveLine(lesson) {
    const line = tc.el("p", { class: "tc-live" }, lesson.live(0));
    lineOf = (s) => (line.textContent = lesson.live(s));
    return line;
  }
  let lineOf = () => undefined;

  let choose = null; // takes a step that was clicked
  function question(lesson, asked, say) {
    const box = tc.el("div", { class: "tc-ask" }, tc.el("p", {}, tc.el("b", {}, "? "), asked));
    choose = null;
    if (lesson.steps || lesson.play) {
      choose = (s) => (lesson.play ? answerPlayed(lesson, s, say) : answer(lesson, lesson.steps(s, tc.view()), say));
      box.append(stepper());
    }
    box.append(say);
    const before = now.answered.get(lesson.id);
    if (before) say.replaceChildren(tc.t("tour_before"));
    return box;
  }
  const lacking = (lesson, view) => (lesson.lacks ? lesson.lacks(view) : "");
  // Where pointing begins: at the first step that is not the answer.
  function away(lesson, view) {
    if (!lesson.steps || lacking(lesson, view)) return 0;
    const steps = Array.from({ length: view.steps }, (_, s) => s);
    return Math.max(0, steps.findIndex((s) => !lesson.steps(s, view).right));
  }
  // For the keyboard and for fingers: one step on or back, then choose.
  let pointed = 0;
  let stepName = null;
  function stepper() {
    stepName = tc.el("output", {}, tc.lessonStep(pointed));
    const move = (by) => {
      pointed = Math.min(tc.view().steps - 1, Math.max(0, pointed + by));
      tc.emit("point-step", pointed);
      pointAt(pointed);
    };
    return tc.el("div", { class: "tc-stepper" },
      tc.el("button", { type: "button", class: "tc-icon", "aria-label": tc.t("tour_step_back"), onclick: () => move(-1) }, tc.icon("prev")), stepName,
      tc.el("button", { type: "button", class: "tc-icon", "aria-label": tc.t("tour_step_on"), onclick: () => move(1) }, tc.icon("next")),
      button("tour_choose", () => choose(pointed)));
  }
  function pointAt(s) {
    pointed = s;
    if (stepName) stepName.textContent = tc.lessonStep(s);
    lineOf(s);
  }

  function answer(lesson, { right, values }, say) {
    now.tries += 1;
    say.className = "tc-said " + (right ? "right" : "wrong");
    say.replaceChildren(tc.el("b", {}, tc.t(right ? "tour_right" : "tour_wrong") + " "), text(lesson, right ? "right" : "wrong", values));
    if (right && !now.answered.has(lesson.id)) now.answered.set(lesson.id, now.tries);
    say.scrollIntoView({ block: "nearest" }); // on a phone it lies below the edge of the sheet
    tc.emit("answered", { id: lesson.id, right });
    marks();
  }
  function answerPlayed(lesson, s, say) {
    const found = play.judge(s);
    if (found) answer(lesson, found, say);
  }

  let dots = [];
  function marks() {
    dots.forEach((dot, i) => dot.classList.toggle("done", now.answered.has(tc.lessons[i].id)));
  }
  function navigation() {
    const last = now.at === tc.lessons.length - 1;
    dots = tc.lessons.map((lesson, i) => {
      const title = text(lesson, "title", {});
      return tc.el("button", { type: "button", class: i === now.at ? "here" : "", "aria-label": `${i + 1}. ${title}`, "aria-current": i === now.at ? "step" : null, "data-tip": title, onclick: () => show(i) });
    });
    marks();
    const asked = tc.lessons.filter((lesson) => now.answered.has(lesson.id) || !lacking(lesson, tc.view()));
    const score = last && now.answered.size ? tc.el("p", { class: "tc-note" }, tc.t("tour_score", { k: now.answered.size, n: asked.length })) : "";
    return tc.el("div", { class: "tc-tour-foot" }, score,
      tc.el("div", { class: "tc-tour-nav" },
        button("tour_back", () => turn(-1), { disabled: now.at === 0 }),
        tc.el("div", { class: "tc-tour-dots" }, ...dots),
        button(last ? "tour_end" : "tour_next", () => turn(1), { class: "tc-button primary" })));
  }
  function stopPlaying() {
    if (play) play.stop();
    play = null;
    lineOf = () => undefined;
  }

  const cellStep = (target) => {
    const cell = target.closest && target.closest(".tc-strip .tc-cell");
    if (!cell) return null;
    const lane = [...cell.parentElement.querySelectorAll(".tc-cell")];
    return lane.indexOf(cell);
  };
  tc.cellStep = cellStep;
  tc.touring = () => now.at;
  tc.tour = { show, close };

  document.addEventListener("click", (event) => {
    const s = cellStep(event.target);
    if (now.at === null || s === null) return;
    pointAt(s);
    if (choose && !matchMedia("(pointer: coarse)").matches) choose(s);
  });
  document.addEventListener("keydown", (event) => {
    if (now.at === null || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return close();
    const at = event.target;
    if (at.closest && at.closest(".tc-strip") && event.key === "Enter" && choose) return choose(pointed);
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.getAttribute("role") === "slider" || (at.closest && at.closest(".tc-strip"))) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) turn(by);
  });
  tc.on("point", (index) => {
    const view = tc.view();
    if (now.at !== null && index !== null && view) pointAt(view.columns.step[index]);
  });
  tc.on("view", (view) => (view.kind === "live" ? close() : draw(false)));
  tc.on("facts", () => draw(false));

  // The recorded runs for the last lesson, asked for when the tour begins.
  tc.on("tour", async (at) => {
    if (at === null || tc.lessonRuns) return;
    tc.lessonRuns = [];
    try {
      const told = await (await fetch("teacache/history?ids=")).json();
      tc.lessonRuns = told.recorded.filter((run) => tc.speed(run) !== null && run.psnr !== null);
      draw(false);
    } catch (error) {
      tc.lessonRuns = null; // asked again with the next lesson
    }
  });
  tc.headTools = tc.headTools || [];
  tc.headTools.push(() => tc.el("button", { type: "button", class: "tc-button", id: "tc-tour-start", onclick: () => show(now.at === null ? 0 : now.at) }, tc.t("tour_start")));
})();
