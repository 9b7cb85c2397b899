// What can be taken away of the run on screen, and the way in for a trace from elsewhere.
(function () {
  const tc = window.teacache;
  const STORED = ["recorded", "done", "uploaded"];
  const MAX_BYTES = 2 * 2 ** 20; // as ui/takeaway/uploads.py; the server asks again
  const REST_MS = 250; // so long without a move, and the code on screen is fetched again
  const PICTURE = { width: 1200, height: 560 };

  function save(name, address) {
    const link = tc.el("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  }

  // A schedule as three programs write it, of whatever the plot shows now: per step, computed if any of its calls is.
  tc.scheduleForms = (columns) => {
    const steps = [];
    columns.step.forEach((step, i) => (steps[step] = steps[step] || Number(Boolean(columns.computed[i]))));
    const mask = Array.from(steps, (computed) => computed || 0);
    return {
      bits: mask.join(""),
      steps: mask.flatMap((computed, step) => (computed ? [step] : [])).join(", "),
      mask: "[" + mask.join(", ") + "]",
    };
  };

  // The live plot as a picture: on a ground of its own, with the words that lie beside it on the page.
  async function picture(format) {
    const graph = document.querySelector(".tc-plot-graph");
    if (!window.Plotly || !graph || !graph.data) throw new Error(tc.t("take_plot_wait"));
    const { run, threshold } = tc.view();
    const layout = JSON.parse(JSON.stringify(graph.layout));
    const title = [run.about.model, run.about.prompt, "δ " + tc.delta(threshold)].filter(Boolean).join(" · ");
    Object.assign(layout, { paper_bgcolor: tc.colour("card"), plot_bgcolor: tc.colour("card"), ...PICTURE, autosize: false, showlegend: true });
    layout.legend = { orientation: "h", x: 1, xanchor: "right", y: 1.01, yanchor: "bottom" };
    layout.margin = { l: 64, r: 24, t: 64, b: 48 };
    layout.title = { text: tc.escape(title), font: { size: 15, color: tc.colour("ink") }, x: 0.02, xanchor: "left", y: 0.97, yanchor: "top" };
    const above = (text, y) => ({ text, showarrow: false, xref: "paper", yref: "paper", x: 0, y, xanchor: "left", yanchor: "bottom", font: { size: 12, color: tc.colour("ink") } });
    layout.annotations = [above(tc.t("plot_change"), 1.005), above(tc.t("plot_sum"), layout.yaxis2.domain[1] + 0.01)];
    layout.xaxis = { ...layout.xaxis, title: { text: tc.t("take_plot_x") } };
    return window.Plotly.toImage({ data: graph.data, layout }, { format, ...PICTURE, scale: format === "png" ? 2 : 1 });
  }
  // Plotly reads some HTML in a title; a prompt must stay text.
  tc.escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      const area = tc.el("textarea", { class: "tc-hidden-video" }); // without https there is no clipboard, but this
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const before = button.textContent;
    button.textContent = tc.t("take_copied");
    setTimeout(() => (button.textContent = before), 1500);
  }

  tc.parts.downloads = (root, { trigger }) => {
    let shown = "";
    let forms = null;
    const files = []; // links, filled in when a run is there
    let query = ""; // of the addresses of what follows the slider

    const link = (key, file, needsVideo) => {
      const node = tc.el("a", { class: "tc-take", download: "" }, tc.t(key));
      files.push({ node, file, needsVideo });
      return node;
    };
    const button = (key, action) => tc.el("button", { type: "button", class: "tc-take", onclick: (e) => action(e.currentTarget) }, tc.t(key));
    const group = (key, ...items) => tc.el("div", { class: "tc-take-row" }, tc.el("dt", {}, tc.t(key)), tc.el("dd", {}, ...items));

    const note = tc.el("p", { class: "tc-note", role: "status", "aria-live": "polite" });
    const say = (text, failed) => ((note.textContent = text), note.classList.toggle("failed", Boolean(failed)));
    const savePicture = (format) => async () => {
      try {
        save(`teacache-${shown || "plot"}.${format}`, await picture(format));
        say("");
      } catch (error) {
        say(error.message, true);
      }
    };

    const source = tc.el("pre", { class: "tc-code", tabindex: 0 });
    const codeBox = tc.el("div", { class: "tc-code-box", hidden: true }, source,
      tc.el("button", { type: "button", class: "tc-take", onclick: (e) => copy(source.textContent, e.currentTarget) }, tc.t("take_copy")));
    const showCode = button("take_code_show", async (self) => {
      codeBox.hidden = !codeBox.hidden;
      self.setAttribute("aria-expanded", String(!codeBox.hidden));
      if (!codeBox.hidden) await fillCode();
    });
    showCode.setAttribute("aria-expanded", "false");
    async function fillCode() {
      const address = `teacache/take/${shown}/run.py${query}`;
      const text = await (await fetch(address)).text();
      if (address === `teacache/take/${shown}/run.py${query}`) source.textContent = text; // else something newer is asked for
    }

    const lines = Object.fromEntries(["bits", "steps", "mask"].map((name) => {
      const text = tc.el("code", { "data-form": name, tabindex: 0 });
      const row = tc.el("div", { class: "tc-form" }, tc.term("take_" + name), text,
        tc.el("button", { type: "button", class: "tc-take", "aria-label": tc.t("take_copy") + ": " + tc.t("take_" + name), onclick: (e) => forms && copy(forms[name], e.currentTarget) }, tc.t("take_copy")));
      return [name, { row, text }];
    }));
    const marks = [0, 1].map(() => tc.el("span", { class: "tc-note", hidden: true }, tc.t("take_whatif")));

    const input = tc.el("input", { type: "file", accept: ".json,application/json", id: "tc-trace-file", class: "tc-file", onchange: () => upload() });
    const drop = tc.el("label", { class: "tc-drop", for: "tc-trace-file" }, tc.el("b", {}, tc.t("take_upload")), tc.el("span", {}, tc.t("take_upload_hint")));
    async function upload() {
      const [file] = input.files;
      input.value = ""; // the same file can be chosen again
      if (file) await send(file);
    }
    async function send(file) {
      if (file.size > MAX_BYTES) return say(tc.t("take_too_large", { n: MAX_BYTES / 2 ** 20 }), true);
      say(tc.t("take_reading", { name: file.name }));
      try {
        const answer = await fetch("teacache/trace", { method: "POST", headers: { "Content-Type": "application/json" }, body: file });
        const told = await answer.json();
        if (told.error) return say(tc.said(told.error), true);
        trigger("restore", { id: told.run });
        say(tc.t("take_read", { name: file.name, n: told.calls }));
      } catch (error) {
        say(tc.t("history_offline"), true);
      }
    }
    for (const kind of ["dragover", "dragenter"]) drop.addEventListener(kind, (e) => (e.preventDefault(), drop.classList.add("over")));
    for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (e) => (e.preventDefault(), drop.classList.remove("over")));
    drop.addEventListener("drop", (e) => e.dataTransfer.files.length && send(e.dataTransfer.files[0]));

    const hint = tc.el("p", { class: "tc-note" }, tc.t("take_none"));
    const start = link("take_image", "image.png", true); // the image that the run began with
    const clips = group("take_videos", link("take_stacked", "stacked.mp4", true), link("take_uncached", "uncached.mp4", true), link("take_cached", "cached.mp4", true), start);
    root.append(
      tc.el("section", { class: "tc-card tc-downloads", "aria-label": tc.t("take_title") },
        tc.el("div", { class: "tc-card-head" }, tc.el("h2", {}, tc.term("take_title")), hint),
        tc.el("dl", {},
          clips,
          group("take_data", link("take_trace", "trace.json"), link("take_csv", "calls.csv")),
          group("take_plot", button("take_png", savePicture("png")), button("take_svg", savePicture("svg"))),
          group("take_report", link("take_html", "report.html")),
          group("take_code", link("take_python", "run.py"), showCode, marks[0])),
        codeBox,
        tc.el("div", { class: "tc-forms" },
          tc.el("h3", {}, tc.t("take_schedule"), " ", marks[1], " ", link("take_schedule_json", "schedule.json")),
          ...Object.values(lines).map((line) => line.row)),
        input, drop, note));

    function drawLinks(run) {
      const there = STORED.includes(run.phase) && run.run;
      const id = there ? run.run : "";
      const videos = there && run.phase !== "uploaded" && run.about.videos !== false;
      hint.hidden = Boolean(there);
      if (shown === id && root.dataset.phase === run.phase) return;
      root.dataset.phase = run.phase;
      shown = id;
      const { still, image, seconds: sound } = run.about;
      clips.firstChild.textContent = tc.t(sound ? "take_sounds" : still ? "take_pictures" : "take_videos");
      start.hidden = !image;
      for (const { node, file, needsVideo } of files) {
        const on = needsVideo ? videos : there;
        const language = file === "report.html" ? "?language=" + tc.language : "";
        // A single frame is kept without loss, and a sound has one picture for both.
        const name = still ? file.replace(".mp4", sound && file !== "stacked.mp4" ? ".wav" : ".png") : file;
        if (on) node.setAttribute("href", `teacache/take/${id}/${name}${language}`);
        else node.removeAttribute("href");
        node.setAttribute("aria-disabled", String(!on));
      }
      showCode.disabled = !there;
      if (!there) codeBox.hidden = true;
      else if (!codeBox.hidden) fillCode();
    }
    // The schedule and the code are of what is shown: at another threshold or by other rules the trace is decided again.
    const FOLLOW = ["schedule.json", "run.py"];
    let filling = null;
    function follow(view) {
      const { table, threshold } = view;
      const next = shown && table && view.kind !== "run" ? "?" + new URLSearchParams({ threshold, signal: table.signal, rules: (table.packed = table.packed || JSON.stringify(table.settings)) }) : "";
      if (next === query) return;
      query = next;
      for (const { node, file } of files) if (shown && FOLLOW.includes(file)) node.setAttribute("href", `teacache/take/${shown}/${file}${query}`);
      clearTimeout(filling);
      if (!codeBox.hidden) filling = setTimeout(fillCode, REST_MS);
    }
    tc.on("view", (view) => {
      drawLinks(view.run);
      follow(view);
      forms = tc.scheduleForms(view.columns);
      for (const [name, line] of Object.entries(lines)) if (line.text.textContent !== forms[name]) line.text.textContent = forms[name];
      for (const mark of marks) mark.hidden = view.kind !== "whatif";
    });
  };
})();
