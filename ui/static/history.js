// The runs of this visitor: measured speedup against PSNR, one dot a run. The browser keeps only their ids; what they gave is asked
// of the server, which lists no run to anybody who does not name it.
(function () {
  const tc = window.teacache;
  const NS = "http://www.w3.org/2000/svg";
  const KEY = "teacache-runs";
  const MOST = 60; // as many as the server tells about at once
  const BOX = { width: 420, height: 300, left: 38, right: 14, top: 34, bottom: 38 };
  const IDENTICAL = 99.5; // dB; the server says 100 for videos that are equal

  // The newest last. A browser may forbid storage: then the list lives as long as the page.
  const kept = {
    read() {
      try {
        const found = JSON.parse(localStorage.getItem(KEY) || "[]");
        return Array.isArray(found) ? found.filter((id) => typeof id === "string").slice(-MOST) : [];
      } catch (error) {
        return [];
      }
    },
    write(ids) {
      try {
        localStorage.setItem(KEY, JSON.stringify(ids.slice(-MOST)));
      } catch (error) {
        console.warn("the history is not kept: " + error.message);
      }
    },
  };

  function shape(name, attributes, ...children) {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }

  // A sound's ratio is another figure than a clip's, and says so.
  const psnrText = (run) => (run.sound ? tc.t("fig_snr") + " " : "") + tc.psnr(tc.decibels(run));
  const ruleText = (run) => (run.planned ? tc.t("planned") + " " + run.planned : "δ " + tc.delta(run.threshold) + (run.naive ? " · " + tc.t("naive") : ""));
  const sentence = (run) => tc.t("history_dot", { rule: ruleText(run), speedup: tc.speedText(run) + (run.disturbed ? ` (${tc.t("disturbed_mark")})` : ""), psnr: psnrText(run), prompt: run.prompt, steps: run.steps });

  // Runs of one model at one number of steps can be compared; of those the frontier is what no other beats in both.
  const alike = (a, b) => a && b && a.model === b.model && a.steps === b.steps;
  function frontier(runs) {
    let best = -Infinity;
    const near = tc.decibels;
    return [...runs].sort((a, b) => tc.speed(b) - tc.speed(a) || near(b) - near(a)).filter((run) => near(run) > best && ((best = near(run)), true)).reverse();
  }

  function ticks(low, high, wanted) {
    const rough = (high - low) / wanted;
    const size = 10 ** Math.floor(Math.log10(rough));
    const step = size * [1, 2, 5, 10].find((factor) => factor * size >= rough);
    const found = [];
    for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) found.push(Number(value.toPrecision(6)));
    return found;
  }

  // Scales that hold every dot, with some room.
  function scales(runs) {
    const speeds = runs.map(tc.speed);
    const heights = runs.map(tc.decibels).filter((near) => near <= IDENTICAL); // equal videos lie on the upper edge
    const x = [Math.min(1, ...speeds) - 0.05, Math.max(2, ...speeds) * 1.06];
    const y = [Math.min(20, ...heights.map((h) => h - 2)), Math.max(50, ...heights.map((h) => h + 4))];
    const inner = { w: BOX.width - BOX.left - BOX.right, h: BOX.height - BOX.top - BOX.bottom };
    return {
      x, y,
      px: (value) => BOX.left + ((value - x[0]) / (x[1] - x[0])) * inner.w,
      py: (value) => BOX.top + (1 - (Math.min(value, y[1]) - y[0]) / (y[1] - y[0])) * inner.h,
    };
  }

  function axes(scale, sound) {
    const parts = [];
    const base = BOX.height - BOX.bottom;
    for (const value of ticks(...scale.y, 4)) {
      const y = scale.py(value);
      parts.push(shape("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: y, y2: y, class: "grid" }));
      parts.push(shape("text", { x: BOX.left - 6, y: y + 4, "text-anchor": "end" }, tc.fixed(value, 0)));
    }
    for (const value of ticks(...scale.x, 6)) {
      parts.push(shape("text", { x: scale.px(value), y: base + 15, "text-anchor": "middle" }, tc.delta(value) + "×"));
    }
    parts.push(shape("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: base, y2: base, class: "axis" }));
    parts.push(shape("text", { x: BOX.width - BOX.right, y: BOX.height - 5, "text-anchor": "end" }, tc.t("history_x")));
    parts.push(shape("text", { x: 0, y: 10 }, tc.t(sound ? "history_y_sound" : "history_y")));
    return parts;
  }

  tc.parts.history = (root, { trigger }) => {
    let own = []; // summaries of this visitor's runs
    let recorded = [];
    let pins = [];
    let shown = null; // the run id on screen
    let ids = kept.read();
    const asked = new Set(ids);

    const plot = shape("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "group", "aria-label": tc.t("history_plot") });
    const note = tc.el("p", { class: "tc-note", role: "status", "aria-live": "polite" });
    const rows = tc.el("tbody");
    const compare = tc.el("button", { type: "button", class: "tc-button", disabled: true, onclick: () => playPair() }, tc.t("history_compare"));
    const clear = tc.el("button", { type: "button", class: "tc-link", hidden: true, onclick: () => forget() }, tc.t("history_clear"));
    const head = ["col_pin", "history_run", "history_speed", "PSNR", "col_shown"].map((key) =>
      tc.el("th", { scope: "col" }, key.startsWith("col") ? tc.el("span", { class: "tc-sr" }, tc.t(key)) : key === "PSNR" ? key : tc.t(key)));
    root.append(
      tc.el("section", { class: "tc-card tc-history", "aria-label": tc.t("history_title") },
        tc.el("div", { class: "tc-card-head" }, tc.el("h2", {}, tc.term("history_title")), clear),
        tc.el("div", { class: "tc-history-body" },
          tc.el("figure", {}, plot),
          tc.el("div", { class: "tc-history-list" },
            tc.el("table", {}, tc.el("thead", {}, tc.el("tr", {}, ...head)), rows))),
        tc.el("div", { class: "tc-history-foot" }, compare, note)));

    tc.visited = () => own.map((run) => run.run);
    const find = (id) => own.find((run) => run.run === id) || recorded.find((run) => run.run === id);
    const everything = () => [...recorded, ...own];
    const say = (text) => (note.textContent = text);

    const restore = (id) => {
      say("");
      trigger("restore", { id });
    };
    function pin(id) {
      pins = pins.includes(id) ? pins.filter((other) => other !== id) : [...pins, id].slice(-2);
      draw();
      compare.disabled = pins.length !== 2;
      if (pins.length === 1) say(tc.t("history_pin_more"));
      else say("");
    }

    const soundsOf = (...runs) => runs.map((run) => `teacache/runs/${run.run}/cached.wav`);
    // Both TeaCache videos as one file, made by the server, so that they cannot drift apart.
    async function playPair() {
      const [a, b] = pins.map(find);
      const size = (run) => JSON.stringify([run.clip.width, run.clip.height, run.clip.fps, run.clip.frames, run.clip.sound]);
      if (size(a) !== size(b)) return say(tc.t("history_sizes"));
      say(tc.t("history_making"));
      const still = a.clip.still;
      const src = `teacache/pairs/${a.run}/${b.run}.${still ? "png" : "mp4"}`;
      try {
        const answer = await fetch(src);
        if (!answer.ok) return say(tc.said((await answer.json()).error));
        await answer.blob(); // the player asks again, and gets it from the browser's cache
      } catch (error) {
        return say(tc.t("history_offline"));
      }
      say(tc.t("history_pair", { a: caption(a), b: caption(b) }));
      tc.emit("play", { n: Date.now(), run: shown, kind: "video", still: still && !a.sound, src, fps: a.clip.fps, frames: a.clip.frames, ...(a.sound ? { sounds: soundsOf(a, b), ...a.clip.sound } : {}), captions: ["A · " + caption(a), "B · " + caption(b)], links: [[still ? "save_pictures" : "save_video", src]] });
    }
    const recordedName = (run) => tc.t(`recorded_${run.run.replace(/^\d+-/, "")}`);
    const caption = (run) => `${ruleText(run)}, ${tc.speedText(run)}`;

    function dot(run, scale) {
      const mine = !run.recorded;
      const classes = ["tc-dot", mine ? "own" : "recorded", run.disturbed ? "disturbed" : "", run.run === shown ? "shown" : "", pins.includes(run.run) ? "pinned" : "", alike(run, find(shown) || run) ? "" : "other"];
      const node = shape("g", { class: classes.filter(Boolean).join(" "), transform: `translate(${scale.px(tc.speed(run))} ${scale.py(tc.decibels(run))})`, tabindex: 0, role: "button", "aria-label": sentence(run), "data-tip": sentence(run), "data-run": run.run,
        onclick: () => restore(run.run), onkeydown: (e) => ["Enter", " "].includes(e.key) && (e.preventDefault(), restore(run.run)) });
      node.append(shape("circle", { r: 13, class: "reach" }), shape("circle", { r: mine ? 6 : 5 }));
      const place = pins.indexOf(run.run);
      if (place >= 0) node.append(shape("text", { y: -10, "text-anchor": "middle", class: "pin" }, "AB"[place]));
      return node;
    }
    function drawPlot() {
      const sound = Boolean((find(shown) || {}).sound); // sounds and clips have no axis in common
      const there = everything().filter((run) => tc.speed(run) !== null && Boolean(run.sound) === sound && tc.decibels(run) !== null);
      const scale = scales(there);
      const like = there.filter((run) => alike(run, find(shown) || run));
      const line = frontier(like).map((run) => `${scale.px(tc.speed(run))},${scale.py(tc.decibels(run))}`).join(" ");
      plot.replaceChildren(...axes(scale, sound), shape("polyline", { points: line, class: "frontier" }), ...there.map((run) => dot(run, scale)));
    }
    function row(run) {
      const pinned = pins.includes(run.run);
      const name = tc.el("button", { type: "button", class: "tc-link", "data-tip": sentence(run), onclick: () => restore(run.run) }, ruleText(run));
      const toggle = run.clip && tc.el("button", { type: "button", class: "tc-pin", "aria-pressed": String(pinned), "aria-label": tc.t("history_pin", { rule: ruleText(run) }), "data-tip": tc.t("history_pin", { rule: ruleText(run) }), onclick: () => pin(run.run) }, pinned ? "AB"[pins.indexOf(run.run)] : "+");
      return tc.el("tr", { class: run.run === shown ? "shown" : "", "data-run": run.run },
        tc.el("td", {}, toggle || ""),
        tc.el("th", { scope: "row" }, name, tc.el("span", { class: "tc-prompt" }, run.recorded ? tc.t("history_recorded") + " · " + recordedName(run) : run.prompt || tc.t("history_upload"))),
        tc.el("td", {}, tc.speedText(run)), tc.el("td", {}, psnrText(run)),
        tc.el("td", {}, tc.el("span", { class: "tc-mark" }, run.run === shown ? tc.t("history_shown") : "")));
    }
    function draw() {
      drawPlot();
      const listed = [...own].reverse();
      const hint = tc.el("tr", { class: "tc-hint" }, tc.el("td", { colspan: 5 }, tc.t("history_empty")));
      rows.replaceChildren(...(listed.length ? listed.map(row) : [hint]), ...recorded.map(row));
      clear.hidden = !own.length;
    }

    async function ask(wanted) {
      const answer = await fetch("teacache/history?ids=" + encodeURIComponent(wanted.join(",")));
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }
    async function load() {
      try {
        const told = await ask(ids);
        own = told.runs.filter((run) => !run.recorded);
        recorded = told.recorded;
        if (told.missing.length) {
          ids = ids.filter((id) => !told.missing.includes(id));
          kept.write(ids);
          say(tc.t("history_missing", { n: told.missing.length }));
        }
      } catch (error) {
        say(tc.t("history_offline"));
      }
      draw();
    }
    async function add(id) {
      asked.add(id);
      try {
        const told = await ask([id]);
        if (!told.runs.length) return;
        ids = [...kept.read().filter((other) => other !== id), id].slice(-MOST); // another tab may have run something too
        kept.write(ids);
        own = [...own.filter((run) => run.run !== id), ...told.runs];
        recorded = told.recorded;
        draw();
      } catch (error) {
        asked.delete(id); // the next state tries again
      }
    }
    function forget() {
      ids = [];
      own = [];
      pins = [];
      compare.disabled = true;
      asked.clear();
      asked.add(shown);
      kept.write(ids);
      say("");
      draw();
    }

    tc.on("view", ({ run }) => {
      if (["done", "uploaded"].includes(run.phase) && run.run && !asked.has(run.run)) add(run.run);
      if (run.run === shown) return;
      shown = run.run;
      draw();
    });
    tc.on("open", restore); // a run of another figure
    tc.on("pair", (there) => !there && say(""));
    tc.on("theme", draw);
    draw();
    load();
  };
})();
