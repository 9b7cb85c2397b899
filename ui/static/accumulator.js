// The accumulator played step by step: the sum grows, is held against the threshold, and starts again. What is still to come is veiled,
// so that the reader can say which call is computed next. The sums are those that were recorded or replayed; nothing is decided here.
(function () {
  const tc = window.teacache;
  const PACE = 700; // ms a step
  const AHEAD = 5; // estimates shown in advance

  // Veils everything after step `last` in the row of steps and in the lower plot; null lifts it.
  function veil(last, steps) {
    const style = document.querySelector("#tc-veil") || tc.el("style", { id: "tc-veil" });
    const plot = document.querySelector(".tc-plot");
    const curtain = document.querySelector(".tc-curtain") || tc.el("div", { class: "tc-curtain", "aria-hidden": "true" });
    document.body.classList.toggle("tc-veiled", last !== null);
    if (last === null) return style.remove(), curtain.remove();
    style.textContent = `.tc-strip i.tc-cell:nth-of-type(n+${last + 2}) { background: var(--tc-field) !important; box-shadow: inset 0 0 0 1px var(--tc-line) !important; outline: none !important; }`;
    document.head.append(style);
    const g = tc.geometry;
    const width = plot.clientWidth - g.left - g.right;
    const height = plot.clientHeight - g.top - g.bottom;
    curtain.style.left = g.left + (width * (last + 1)) / steps + "px";
    curtain.style.right = g.right - 4 + "px";
    curtain.style.top = g.top + height * (1 - g.lower[1]) - 2 + "px";
    curtain.style.bottom = g.bottom + "px";
    if (!curtain.isConnected) plot.append(curtain);
  }

  // Where to begin: a computed call that is followed by reuse, the longer the better to count.
  function opening(calls) {
    const follows = (j, n) => calls[j].computed && calls.slice(j + 1, j + 1 + n).length === n && calls.slice(j + 1, j + 1 + n).every((c) => !c.computed);
    for (const n of [2, 1]) {
      const found = calls.findIndex((_, j) => follows(j, n));
      if (found >= 0) return found;
    }
    return 0;
  }

  tc.accumulator = (view) => {
    const calls = tc.calls(view);
    let k = opening(calls);
    let timer = null;
    const sum = tc.el("p", { class: "tc-sum" });
    const fill = tc.el("i");
    const ahead = tc.el("p", { class: "tc-note" });
    const control = (key, icon, action) => tc.el("button", { type: "button", class: "tc-icon", "aria-label": tc.t(key), "data-tip": tc.t(key), onclick: action }, tc.icon(icon));
    const toggle = control("tour_play", "play", () => (timer ? pause() : start()));
    const node = tc.el("div", { class: "tc-accumulator" },
      tc.el("div", { class: "tc-gauge" }, fill), sum, ahead,
      tc.el("div", { class: "tc-stepper" }, control("tour_first", "back", () => go(0)), toggle, control("tour_on", "next", () => go(k + 1))));

    function said(call, before) {
      const t = tc.delta(view.threshold);
      const weighed = tc.weighed(call.reason);
      if (!weighed) return tc.t(`say_${call.reason}`, { x: tc.num(call.ind), y: tc.num(call.est), z: tc.num(call.acc), t });
      return tc.t(call.computed ? "tour_sum_computed" : "tour_sum_reused", { a: tc.num(before), y: tc.num(call.est), z: tc.num(call.acc), t });
    }
    const sumBefore = (j) => (j && !calls[j - 1].computed ? calls[j - 1].acc : 0);
    function draw() {
      const call = calls[k];
      sum.textContent = tc.lessonStep(call.step) + ": " + said(call, sumBefore(k));
      fill.className = call.computed ? "computed" : "reused";
      fill.style.width = Math.min(100, (100 * call.acc) / Math.max(1e-9, view.threshold * 1.5)) + "%";
      const next = calls.slice(k + 1, k + 1 + AHEAD).filter((c) => c.est !== null);
      ahead.textContent = next.length ? tc.t("tour_ahead", { list: next.map((c) => `${c.step + 1}: ${tc.num(c.est, 2)}`).join(" · ") }) : "";
      veil(k + 1 < calls.length ? call.step : null, view.steps);
      tc.emit("point", call.i);
    }
    function go(to) {
      k = Math.min(calls.length - 1, Math.max(0, to));
      if (k === calls.length - 1) pause();
      draw();
    }
    function start() {
      if (k === calls.length - 1) k = 0;
      timer = setInterval(() => go(k + 1), PACE);
      toggle.replaceChildren(tc.icon("pause"));
    }
    function pause() {
      clearInterval(timer);
      timer = null;
      toggle.replaceChildren(tc.icon("play"));
    }
    const next = () => calls.slice(k + 1).find((c) => c.computed);
    draw();
    return {
      node,
      stop: () => (pause(), veil(null)),
      // Right if the step is the next one that is computed; then it is shown.
      judge: (step) => {
        pause();
        const found = next();
        if (!found) return null;
        const right = step === found.step;
        const values = { i: step + 1, best: found.step + 1, t: tc.delta(view.threshold), why: said(found, sumBefore(calls.indexOf(found))) };
        if (right) go(calls.indexOf(found));
        return { right, values };
      },
    };
  };
})();
