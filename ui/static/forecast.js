// Beside Run: how many seconds the next run will take, asked of the server a moment after the controls came to rest.
(function () {
  const tc = window.teacache;
  const REST_MS = 300;
  const chip = tc.el("span", { class: "tc-forecast tc-term", id: "tc-forecast", tabindex: 0, hidden: true, "data-tip": "" });
  tc.whenThere("tc-buttons", null, () => document.getElementById("tc-buttons").append(chip));

  // Of the calls, those that this threshold computes: known where the run on screen is of the same model and as long.
  function share(model, steps) {
    const view = tc.view();
    const same = view && view.table && view.run.about.model === model && (!steps || view.run.steps === Number(steps));
    return same ? view.computed / view.total : "";
  }
  let set = {};
  function query() {
    const model = set.model || tc.now.model;
    const demo = document.querySelector("#tc-demo input")?.checked ? "1" : "";
    const asked = { model, steps: set.steps, guidance: set.guidance, seconds: set.seconds, demo, threshold: tc.now.threshold, share: demo ? "" : share(model, set.steps) };
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== null && value !== undefined && value !== "")).toString();
  }

  const spoken = (seconds) => (seconds < 90 ? tc.t("forecast_seconds", { s: tc.fixed(seconds, seconds < 10 ? 1 : 0) }) : tc.t("forecast_minutes", { m: tc.fixed(seconds / 60, seconds < 600 ? 1 : 0) }));
  function tell(told) {
    chip.hidden = told.seconds === null;
    if (chip.hidden) return;
    const long = told.slot !== null && told.seconds > told.slot;
    chip.textContent = "≈ " + spoken(told.seconds);
    chip.classList.toggle("long", long);
    const parts = [tc.t("forecast_tip", { u: spoken(told.uncached), c: spoken(told.cached) }), tc.t("forecast_" + told.source)];
    if (long) parts.push(tc.t("forecast_long", { s: told.slot }));
    chip.dataset.tip = parts.join(" ");
    chip.setAttribute("aria-label", chip.textContent + ". " + chip.dataset.tip);
  }

  let last = "";
  async function ask() {
    const words = query();
    if (words === last || !tc.now.model) return;
    last = words;
    try {
      const answer = await fetch("teacache/forecast?" + words);
      tell(answer.ok ? await answer.json() : { seconds: null }); // what cannot be run has no seconds; Run says why
    } catch (error) {
      chip.hidden = true; // the head says that the server is gone
    }
  }
  let timer = null;
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  }
  tc.on("controls", (values) => ((set = values), soon()));
  tc.on("view", (view) => {
    if (view.kind !== "live") soon();
  });
  tc.on("free", () => ((last = ""), soon())); // a run ended: how long it took is known now
  document.addEventListener("change", (event) => event.target.closest?.("#tc-demo") && soon());
})();
