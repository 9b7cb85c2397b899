// What is on screen now: the run as it was recorded, or the what-if that the slider asks for. Looks schedules up in the table that
// Python made once per trace; nothing is decided here.
(function () {
  const tc = window.teacache;
  const now = { run: null, table: null, threshold: null, engaged: false, ending: false };
  tc.now = now;

  const FINISHED = ["recorded", "done", "stopped", "uploaded"];
  tc.live = () => now.run !== null && !FINISHED.includes(now.run.phase) && now.run.phase !== "failed";
  tc.busy = () => Boolean(tc.live() || now.waiting || now.rivalsBusy || now.thirdBusy);

  // The row of the table that holds the threshold: low < threshold <= high.
  function find(rows, threshold) {
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle][1] === null || threshold <= rows[middle][1]) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // 0 is off, also where the lowest schedule above it reuses at once: a fixed one, or one of negative estimates.
  function off(row, { reasons }) {
    const letter = Object.keys(reasons).find((known) => reasons[known] === "off");
    const calls = row[2].length;
    return [0, row[2].includes("0") ? 0 : row[1], "1".repeat(calls), letter.repeat(calls), 0];
  }

  const near = (a, b) => Math.abs(a - b) < 1e-9;

  function expand(row, table, columns, threshold) {
    const computed = [...row[2]].map(Number);
    const reason = [...row[3]].map((letter) => table.reasons[letter]);
    const acc = sums(table.est, computed, reason, columns.branch);
    // Told for the upper end of the row: lower, a sum may have reached the threshold just where the reuses ran out as well.
    acc.forEach((sum, i) => reason[i] === "max_reuses" && sum >= threshold && (reason[i] = "threshold"));
    return { ...columns, ind: table.ind, est: table.est, acc, computed, reason };
  }

  // The sums of a given schedule, for the bars: addition only, what to compute was decided in Python.
  const WEIGHED = ["threshold", "below_threshold", "max_reuses"];
  function sums(estimates, computed, reason, branch) {
    const kept = {};
    return estimates.map((estimate, i) => {
      const sum = WEIGHED.includes(reason[i]) ? (kept[branch[i]] || 0) + estimate : 0;
      kept[branch[i]] = computed[i] ? 0 : sum;
      return sum;
    });
  }

  // kind: "run" as recorded; "same" another threshold with the same steps; "whatif" other steps; "live" under way.
  tc.view = () => {
    const run = now.run;
    if (!run) return null;
    const finished = FINISHED.includes(run.phase);
    // The uncached run stands in for a cached one that has not begun; all computed, it would be false for one that has.
    const begun = run.cached.step.length || run.phase === "cached" || (run.baselineReused && run.phase !== "stopped");
    const columns = begun || !run.uncached.step.length ? run.cached : run.uncached;
    const measuring = columns === run.uncached;
    const view = { run, columns, base: run.uncached, steps: run.steps, measuring, kind: finished ? "run" : "live" };
    view.threshold = finished && now.threshold !== null ? now.threshold : run.controls.threshold;
    view.rules = run.rules;
    const table = now.table && now.table.run === run.run ? now.table : null;
    if (finished && table && run.phase !== "stopped") asked(view, run, table);
    view.total = Math.max(view.columns.computed.length, 1);
    view.computed = view.columns.computed.reduce((a, b) => a + b, 0);
    view.reused = view.columns.computed.length - view.computed;
    return view;
  };

  function asked(view, run, table) {
    view.table = table;
    view.rowIndex = find(table.rows, view.threshold);
    view.row = table.rows[view.rowIndex];
    if (view.threshold === 0) {
      if (view.row[2].includes("0")) view.rowIndex = -1; // below the first one, where the way up begins
      view.row = off(view.row, table);
    }
    view.rules = table.rules;
    const rules = table.rules === run.rules;
    if (rules && near(view.threshold, run.controls.threshold)) return;
    const recorded = run.cached.computed.join("");
    view.kind = rules && view.row[2] === recorded ? "same" : "whatif";
    view.columns = expand(view.row, table, run.cached, view.threshold);
  }

  // Sets Gradio's own slider, so that there is one source of the value; its change event comes back through setThreshold.
  tc.slider = () => document.querySelector("#tc-threshold input[type=range]");
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  tc.moveSlider = (value) => {
    const range = tc.slider();
    if (!range) return;
    setValue.call(range, String(Math.min(Math.max(value, Number(range.min)), Number(range.max))));
    tc.setThreshold(Number(range.value)); // at once; Gradio tells the same a little later
    range.dispatchEvent(new Event("input", { bubbles: true }));
    range.dispatchEvent(new Event("change", { bubbles: true }));
  };
  tc.setThreshold = (value) => {
    if (typeof value !== "number" || value === now.threshold) return;
    now.threshold = value;
    now.notice = null;
    if (!tc.live()) refresh();
  };

  // The short number that stands for the schedule which a threshold gives; 0 stays 0, since it means off.
  tc.snapped = (value) => {
    const view = tc.view();
    return view && view.table && value > 0 ? view.table.rows[find(view.table.rows, value)][4] : value;
  };
  tc.goTo = (index) => {
    const view = tc.view();
    if (view && view.table && view.table.rows[index]) tc.moveSlider(view.table.rows[index][4]);
  };
  // The next different schedule up or down.
  tc.neighbour = (direction) => {
    const view = tc.view();
    if (view && view.table) tc.goTo(view.rowIndex + direction);
  };

  let pending = false;
  let received = [];
  // At the next frame; a tab in the background has none, and must still be right when it is looked at or read aloud.
  function soon(draw) {
    let done = false;
    const once = () => done || ((done = true), draw());
    requestAnimationFrame(once);
    setTimeout(once, 250);
  }
  function refresh() {
    if (pending) return;
    pending = true; // many slider events can come in one frame; one drawing is enough
    soon(() => {
      pending = false;
      const view = tc.view();
      if (!view) return;
      tc.emit("view", view);
      const states = received;
      received = [];
      requestAnimationFrame(() => states.forEach((s) => tc.logPaint({ ...s, painted: performance.now() })));
    });
  }
  tc.refresh = refresh;
  tc.on("theme", refresh);

  // The reverse of ui/wire.py: columns travel as strings.
  const word = (text) => (text === "-" ? null : text);
  const number = (text) => (text === "-" ? null : Number(text));
  const column = ([name, text]) => [name, text === "" ? [] : text.split(" ").map(name === "reason" ? word : number)];
  const columns = (packed) => Object.fromEntries(Object.entries(packed).map(column));

  tc.setRun = (packed) => {
    const run = { ...packed, uncached: columns(packed.uncached), cached: columns(packed.cached) };
    // A state may still be on its way when Stop was pressed: it must not start the run again.
    if (now.halted && !FINISHED.includes(run.phase)) run.phase = "stopped";
    received.push({ n: run.n, received: performance.now(), phase: run.phase });
    const fresh = !now.run || now.run.run !== run.run;
    now.run = run;
    if (fresh && FINISHED.includes(run.phase)) now.threshold = run.controls.threshold; // opened, not made: the slider comes along
    refresh();
  };
  // Rows tell what differs from the row before, see what_if of ui/state.py. Here: low, high, schedule, reasons' letters, short threshold.
  function unrolled(rows) {
    const schedule = [];
    const reasons = [];
    return rows.map(([low, high, news, short]) => {
      for (const [, call, letter] of news.matchAll(/(\d+)(\D)/g)) {
        reasons[call] = letter.toLowerCase();
        schedule[call] = letter === reasons[call] ? "0" : "1";
      }
      return [low, high, schedule.join(""), reasons.join(""), short];
    });
  }
  tc.setTable = (packed) => {
    const table = JSON.parse(packed.json);
    now.table = { ...table, rows: unrolled(table.rows) };
    refresh();
  };

  // Called by the Run button before the server hears of it: what is predicted is remembered, and the wait begins.
  // Its threshold counts even where the run on screen is of another model and never heard of it.
  // `linked`: a link holds all that was asked for.
  tc.starting = (threshold, linked) => {
    tc.engage();
    tc.setThreshold(threshold);
    const view = tc.view();
    tc.emit("starting", { ...view, linked });
    tc.expecting();
    now.halted = false;
    tc.emit("waiting");
  };
  // Gradio drops a press while the run before is still there, also one that was stopped and ends with its call: press.js waits for
  // "free". Of a stopped run Gradio tells twice, in either order: when its stream ends, and when it has been forgotten, which alone is
  // "failure" and "then" at once. Whatever began in between would be forgotten in its stead, and nobody could stop it.
  let failed = false;
  let ends = 0; // told of the run that is ending
  let late = false; // it was forgotten before its stream had ended, so that this end is not the next run's
  tc.engage = () => (now.engaged = true);
  tc.ended = (how) => {
    if (how === "then") return forgotten();
    if (how === "failure") {
      failed = true;
      setTimeout(() => (failed = false));
    }
    if (now.ending) ends += 1;
    else if (late) late = false;
    else {
      now.engaged = false;
      if (how === "failure") gaveUp();
    }
  };
  function forgotten() {
    if (!failed || !now.ending) return;
    late = ends < 2;
    now.engaged = now.ending = false;
    tc.emit("free");
    refresh();
  }
  // Gradio took no such run, or lost it, and has said why.
  function gaveUp() {
    tc.failed(null);
    tc.emit("failed");
  }
  // Run was pressed; Gradio may hear of it later.
  tc.expecting = () => {
    now.waiting = true;
    now.place = "";
    now.notice = null;
    tc.hush(); // of the run before
    refresh();
  };
  tc.stopping = () => {
    now.waiting = false;
    now.halted = true;
    if (now.engaged && !now.ending) ends = 0;
    now.ending = now.engaged;
    if (now.run && tc.live()) now.run = { ...now.run, phase: "stopped" };
    tc.emit("stopped");
    refresh();
  };
  tc.failed = (sentence) => {
    now.waiting = false;
    now.notice = sentence;
    if (now.run && tc.live()) now.run = { ...now.run, phase: "failed" };
    refresh();
  };
  tc.settled = () => {
    now.notice = null;
    tc.hush();
    refresh();
  };
  tc.parts.table = () => tc.setTable;
})();
