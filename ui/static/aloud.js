// For those who hear the page: one sentence when something has come to rest, and the calls as a table.
// Not chatty: a run is announced at its phases, a drag when it has ended.
(function () {
  const tc = window.teacache;
  const REST_MS = 900;
  const PHASES = ["waiting", "loading", "text", "warming", "uncached", "cached", "again", "decoding"];

  const said = tc.el("p", { class: "tc-sr", role: "status", "aria-live": "polite", id: "tc-aloud" });
  const body = tc.el("tbody");
  const HEAD = ["calls_step", "calls_branch", "calls_indicator", "calls_estimate", "calls_sum", "calls_actual", "calls_decision"];
  const table = tc.el("table", { class: "tc-sr", id: "tc-calls" },
    tc.el("caption", {}, tc.t("calls_caption")),
    tc.el("thead", {}, tc.el("tr", {}, ...HEAD.map((key) => tc.el("th", { scope: "col" }, tc.t(key))))), body);

  function summary(view) {
    const figures = { computed: view.computed, reused: view.reused, n: view.columns.computed.length, ideal: tc.fixed(view.total / Math.max(1, view.computed), 2) + "×" };
    const f = view.run.figures;
    const measured = view.kind === "run" && tc.speed(f) && tc.decibels(f) !== null;
    return [
      tc.t("state_" + (view.kind === "whatif" ? "whatif" : view.run.phase)) + ".", tc.t("aloud_figures", figures),
      measured ? saidMeasured(f) : "",
      measured && f.disturbed ? tc.t("line_disturbed", { why: tc.said(f.disturbed) }) : "",
      tc.never(view) || "",
    ].filter(Boolean).join(" ");
  }
  function saidMeasured(f) {
    const measured = tc.speedText(f);
    const [first, second] = tc.nearness(f).texts;
    return f.sound ? tc.t("aloud_measured_sound", { measured, snr: first, lsd: second }) : tc.t("aloud_measured", { measured, psnr: first, ssim: second });
  }
  const say = (text) => said.textContent !== text && (said.textContent = text);

  function row(view, i) {
    const c = view.columns;
    const branch = tc.branch(view.run.branches[c.branch[i]] || "");
    const numbers = [c.ind[i], c.est[i], c.acc[i], tc.truth(view, i)].map((value) => tc.el("td", {}, tc.num(value)));
    const decision = tc.t(c.computed[i] ? "calls_computed" : "calls_reused");
    return tc.el("tr", {}, tc.el("th", { scope: "row" }, String(c.step[i] + 1)), tc.el("td", {}, branch), ...numbers, tc.el("td", {}, decision));
  }

  let resting = null;
  let phase = "";
  function settle(view) {
    say(tc.now.notice || summary(view));
    body.replaceChildren(...view.columns.step.map((_, i) => row(view, i)));
  }
  // With the first view, when the board has been drawn; a region must be there before its first words are.
  function mount() {
    const board = document.querySelector("#tc-board .tc-root");
    if (board && !said.isConnected) board.append(said, table);
  }
  tc.on("view", (view) => {
    mount();
    clearTimeout(resting);
    if (view.kind !== "live") return void (phase = "", resting = setTimeout(() => settle(view), REST_MS));
    const now = tc.now.waiting ? "waiting" : view.run.phase;
    if (now !== phase && PHASES.includes(now)) say(tc.t("state_" + now, { i: 0, n: view.run.calls }));
    phase = now;
  });

  // A sentence that must not be missed, for a while; it goes away by itself, by its button and by Escape.
  const SHOWN_MS = 12000;
  const toasts = tc.el("div", { class: "tc-root tc-toasts", role: "alert" });
  tc.toast = (text) => {
    if (!toasts.isConnected) document.body.append(toasts);
    const close = tc.el("button", { type: "button", class: "tc-icon small", "aria-label": tc.t("toast_close"), onclick: () => toast.remove() }, "×");
    const toast = tc.el("div", { class: "tc-toast" }, tc.el("span", {}, text), close);
    toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  };
  tc.hush = () => toasts.replaceChildren();
  document.addEventListener("keydown", (event) => event.key === "Escape" && tc.hush());
})();
