// The state in the address: which run, what was set, where the tour is. Written as things change, read once at the start.
//   ?embed=1        without head, foot, history and downloads     ?hide=prompt,seed,...   without these controls
(function () {
  const tc = window.teacache;
  const FIRST = new URLSearchParams(location.search);
  // Values that a link leaves out, since they are what a run has without it.
  const PLAIN = { estimator: "calibrated", indicator: "indicator", negative: "keep", first: "1", last: "1", most: "0" };
  const ABOUT = { model: "model", prompt: "prompt", seed: "seed", guidance: "guidance", seconds: "seconds" };
  const OURS = ["run", "threshold", "model", "prompt", "seed", "steps", "guidance", "seconds", "estimator", "first", "last", "most", "coefficients", "negative", "indicator", "mode", "planned", "tour", "step", "show"];

  document.body.classList.toggle("tc-embed", FIRST.get("embed") === "1");
  document.body.dataset.hide = (FIRST.get("hide") || "").split(",").map((word) => word.trim()).filter(Boolean).join(" ");

  let set = null; // the controls' values by name, as Gradio last told them
  let start = null; // the run that the page opened with
  let shown = null; // the finished run on screen
  tc.controls = (names, values) => {
    set = Object.fromEntries(names.split(" ").map((name, i) => [name, values[i]]));
    tc.emit("controls", set);
    soon();
  };

  const usual = ({ planned, naive }) => (planned ? "planned" : naive ? "naive" : "calibrated");
  // What is worth telling of the controls: what differs from the run on screen, or from what is usual.
  function asked(run) {
    const told = {};
    for (const [name, value] of Object.entries(set || {})) {
      if (name === "threshold" || value === null || value === undefined || value === "") continue; // the slider's own value is newer
      const own = name === "steps" ? run.steps : name in ABOUT ? run.about[ABOUT[name]] : name === "most" ? run.controls.max : run.controls[name];
      if (name === "coefficients" ? set.estimator !== "own" : name === "planned" && set.estimator !== "planned" ? true : name === "estimator" ? value === usual(run.controls) : String(value) === String(own ?? PLAIN[name] ?? "")) continue;
      if (name === "mode" && !value) continue;
      told[name] = String(value);
    }
    return told;
  }
  function query(always) {
    const found = new URLSearchParams(location.search);
    OURS.forEach((name) => found.delete(name));
    if (!shown) return found;
    const told = asked(shown);
    const threshold = tc.now.threshold;
    if (threshold !== null && Math.abs(threshold - shown.controls.threshold) > 1e-9) told.threshold = String(threshold);
    if (tc.touring() !== null) told.tour = String(tc.touring() + 1);
    const step = tc.inspect.shown();
    if (step !== null) told.step = String(tc.view().columns.step[step] + 1);
    const mode = (document.querySelector(".tc-stage") || { dataset: {} }).dataset.mode;
    if (mode && mode !== (innerWidth < 700 ? "wipe" : "side")) told.show = mode;
    if (always || shown.run !== start || Object.keys(told).length) found.set("run", shown.run);
    Object.entries(told).forEach(([name, value]) => found.set(name, value));
    return found;
  }
  tc.link = () => {
    const found = query(true).toString();
    return location.origin + location.pathname + (found ? "?" + found : "");
  };

  // The address bar follows, a little later: a drag must not write a hundred times.
  let timer = null;
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (wanted) return; // the link that was opened is still being restored
      const found = query(false).toString();
      if (found !== new URLSearchParams(location.search).toString()) history.replaceState(history.state, "", location.pathname + (found ? "?" + found : "") + location.hash);
    }, 300);
  }
  for (const name of ["tour", "inspect"]) tc.on(name, soon);
  document.addEventListener("click", soon);

  // Opening a link: the server fills the controls and shows the run; then what only the page knows.
  const given = Object.fromEntries(OURS.filter((name) => FIRST.has(name)).map((name) => [name, FIRST.get(name)]));
  let wanted = Object.keys(given).length ? given : null;
  function finish(view) {
    if (!wanted || (wanted.run && view.run.run !== wanted.run) || !served) return;
    const { threshold, tour, step, show } = wanted;
    wanted = null;
    if (threshold !== undefined && isFinite(threshold)) tc.moveSlider(Number(threshold));
    if (show) document.querySelector(`.tc-segments [data-mode="${CSS.escape(show)}"]`)?.click();
    const index = step === undefined ? -1 : view.columns.step.indexOf(Number(step) - 1);
    if (index >= 0) tc.inspect.open(index);
    if (tour !== undefined && Number(tour) >= 1) tc.tour.show(Number(tour) - 1);
    tc.emit("restored");
  }
  let served = false;
  tc.parts.link = (root, { trigger }) => {
    if (wanted) {
      const { tour, step, show, ...rest } = wanted;
      if (Object.keys(rest).length) setTimeout(() => trigger("restore", rest), 0);
      else served = true;
    }
    return (value) => {
      served = true;
      if (value.missing && wanted) delete wanted.run; // the run is gone: the rest still holds for the one on screen
      setTimeout(() => tc.now.run && finish(tc.view()), 0);
    };
  };
  tc.on("view", (view) => {
    if (start === null) start = view.run.run;
    if (["recorded", "done", "uploaded"].includes(view.run.phase)) shown = view.run;
    finish(view);
    soon();
  });

  async function copy(button) {
    const text = tc.link();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = tc.t("link_copied");
    } catch (error) {
      // No clipboard without a secure connection: the link is shown, to be copied by hand.
      const box = tc.el("input", { class: "tc-link-box", value: text, readonly: true, "aria-label": tc.t("link_copy") });
      button.after(box);
      box.select();
      box.addEventListener("blur", () => box.remove());
    }
    setTimeout(() => (button.textContent = tc.t("link_copy")), 2000);
  }
  tc.headTools = tc.headTools || [];
  const LANGUAGES = { en: "English", de: "Deutsch", zh: "中文" };
  tc.headTools.push(() => {
    const options = Object.entries(LANGUAGES).map(([code, name]) => tc.el("option", { value: code, lang: code, selected: code === tc.language }, name));
    return tc.el("select", { class: "tc-lang", id: "tc-language", "aria-label": tc.t("language"), onchange: (event) => speak(event.target.value) }, ...options);
  });
  // Labels of Gradio's own are made when the page is: it opens again, at the same place.
  function speak(language) {
    try {
      localStorage.setItem("teacache-language", language);
    } catch (error) {
      console.warn("the language cannot be kept:", error.message); // the address still carries it
    }
    const found = query(false);
    found.set("lang", language);
    location.search = found.toString();
  }
  tc.headTools.push(() => {
    const button = tc.el("button", { type: "button", class: "tc-button", id: "tc-link-copy", "data-tip": tc.t("link_tip"), onclick: () => copy(button) }, tc.t("link_copy"));
    return button;
  });
})();
