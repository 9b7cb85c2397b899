// Holds the live plot. What moves (a drag, a run under way) is sketched, in a few milliseconds; what rests, is zoomed or is pointed at is
// drawn by Plotly, which brings hover and zoom. Both share one geometry, so that the change from one to the other moves nothing.
(function () {
  const tc = window.teacache;
  const REST_MS = 220; // so long without news, and Plotly takes over
  const LIVE_MS = 500; // between two drawings of Plotly's while a run is under way, which pays for them
  let loading = null;

  // Plotly is 5 MB of script from the installed package, served by this server: it must not delay the first screen.
  function loadPlotly() {
    loading =
      loading ||
      new Promise((resolve, reject) => {
        const script = tc.el("script", { src: window.teacachePlotly, async: true });
        script.onload = () => resolve(window.Plotly);
        script.onerror = () => reject(new Error("the plot's script did not load"));
        document.head.append(script);
      });
    return loading;
  }
  // Gradio's page has a <base>: with it Plotly binds clips and hatches to the address of the moment, which link.js changes, and they
  // are lost. Without it they stay local to the page.
  function withoutBase(draw) {
    const base = document.querySelector("base[href]");
    const href = base && base.getAttribute("href");
    if (base) base.removeAttribute("href");
    const drawn = draw();
    if (base) base.setAttribute("href", href);
    return drawn;
  }
  tc.plotly = () => loadPlotly().then((plotly) => ({ react: (...all) => withoutBase(() => plotly.react(...all)) }));
  const whenIdle = (f) => (window.requestIdleCallback ? requestIdleCallback(f, { timeout: 2500 }) : setTimeout(f, 600));

  // Plotly's own words, which it looks up by its English ones.
  const WORDS = {
    "Download plot as a PNG": "plot_save", Pan: "plot_pan", Zoom: "plot_zoom", "Reset axes": "plot_reset",
    "Preparing image - this may take a few seconds": "plot_saving", "Image download succeeded": "plot_saved",
    "Sorry, there was a problem downloading your image!": "plot_failed", "Double-click to zoom back out": "plot_back",
  };
  const words = () => Object.fromEntries(Object.entries(WORDS).map(([theirs, ours]) => [theirs, tc.t(ours)]));

  tc.plot = (host) => {
    const under = tc.el("div", { class: "tc-plot-standin" });
    const graph = tc.el("div", { class: "tc-plot-graph" });
    const handle = tc.el("div", { class: "tc-handle", role: "slider", tabindex: 0, "aria-label": tc.t("threshold"), "aria-valuemin": 0, "aria-orientation": "vertical" });
    host.append(
      under, graph,
      tc.el("div", { class: "tc-axis-title upper" }, tc.term("plot_change")),
      tc.el("div", { class: "tc-axis-title lower" }, tc.term("plot_sum")),
      handle,
    );
    let plotly = null;
    let last = null;
    let drawn = null; // the ranges that Plotly was last given

    const axis = () => graph._fullLayout && graph._fullLayout.yaxis2;
    // A visitor's zoom is Plotly's to draw; the sketch knows the whole only.
    const zoomed = () => {
      const full = graph._fullLayout;
      return Boolean(full && drawn && (Math.abs(full.xaxis.range[1] - full.xaxis.range[0] - drawn.steps) > 0.01 || Math.abs(full.yaxis2.range[1] - drawn.lower) > 1e-9));
    };
    // Watched, not asked for: asking in the middle of a drawing makes the browser lay the whole page out.
    const size = { width: 0, height: 0 };
    const measure = () => Object.assign(size, { width: host.clientWidth, height: host.clientHeight });
    const inner = () => ({ top: tc.geometry.top, height: size.height - tc.geometry.top - tc.geometry.bottom });
    // Where a threshold lies, in pixels of the host, and the reverse.
    function position(threshold) {
      if (zoomed()) return axis()._offset + axis().l2p(threshold);
      const { top, height } = inner();
      return top + height * (1 - tc.geometry.lower[1] * Math.min(1, threshold / tc.ranges(last).lower));
    }
    function thresholdAt(y) {
      if (zoomed()) return axis().p2l(y - axis()._offset);
      const { top, height } = inner();
      return (tc.ranges(last).lower * (1 - (y - top) / height)) / tc.geometry.lower[1];
    }
    function placeHandle() {
      const y = position(last.threshold);
      handle.style.transform = `translateY(${Math.round(y)}px)`;
      handle.classList.toggle("off", y < 0 || y > size.height);
      handle.textContent = "δ " + tc.delta(last.threshold);
      handle.setAttribute("aria-valuemax", tc.slider() ? tc.slider().max : 1);
      handle.setAttribute("aria-valuenow", last.threshold);
      handle.setAttribute("aria-valuetext", tc.t("threshold_handle", { t: tc.delta(last.threshold), reused: last.reused, n: last.total }));
    }
    handle.addEventListener("pointerdown", (event) => {
      if (!last) return;
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
      handle.focus();
      const box = host.getBoundingClientRect();
      const move = (e) => tc.moveSlider(tc.snapped(Math.max(0, thresholdAt(e.clientY - box.top))));
      handle.addEventListener("pointermove", move);
      tc.dragging = true;
      const end = () => {
        tc.dragging = false;
        handle.removeEventListener("pointermove", move);
        tc.refresh();
      };
      handle.addEventListener("pointerup", end, { once: true });
      handle.addEventListener("pointercancel", end, { once: true });
    });
    handle.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      if (!direction) return;
      event.preventDefault();
      tc.neighbour(direction);
    });

    const CONFIG = {
      displaylogo: false, displayModeBar: matchMedia("(pointer: coarse)").matches || innerWidth < 700 ? false : "hover", responsive: true, doubleClick: "reset",
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "sendChartToCloud"], // nothing leaves the server
      locale: tc.language, locales: { [tc.language]: { dictionary: words(), format: { decimal: (0.5).toLocaleString(tc.language).charAt(1) } } },
      toImageButtonOptions: { filename: "teacache", format: "png", scale: 2 },
    };
    function render(view) {
      const { traces, layout } = tc.figure(view);
      const first = !graph._fullLayout;
      drawn = { steps: view.steps, lower: layout.yaxis2.range[1] };
      withoutBase(() => plotly.react(graph, traces, layout, CONFIG)).then(() => {
        if (first) listen();
        if (view !== last && !closely()) return; // something newer is being sketched
        host.classList.remove("moving");
        under.replaceChildren();
        placeHandle();
      });
    }
    function listen() {
      graph.on("plotly_hover", (e) => tc.emit("point-step", e.points[0].x - 1));
      graph.on("plotly_click", (e) => tc.emit("point-step", e.points[0].x - 1));
      graph.on("plotly_relayout", placeHandle);
    }
    let resting = null;
    let held = false; // a hand that only pauses on a slider goes on: Plotly would be in its way
    const hold = (event) => (held = Boolean(event.target.closest && event.target.closest("input[type=range], .tc-handle")));
    addEventListener("pointerdown", hold, true);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => (held = false), true);
    const rest = () => (resting = setTimeout(() => (held ? rest() : render(last)), REST_MS));
    let pointed = false; // the pointer is over the plot
    let rendered = -LIVE_MS;
    // A run under way that is pointed at or zoomed into: as good as at rest, only seldom enough.
    const closely = () => Boolean(plotly && last && last.kind === "live" && (pointed || zoomed()));
    function follow() {
      const wait = rendered + LIVE_MS - performance.now();
      if (wait > 0) return (resting = setTimeout(follow, wait));
      rendered = performance.now();
      render(last);
    }
    host.addEventListener("pointerenter", () => {
      pointed = true;
      if (closely()) clearTimeout(resting), follow();
    });
    host.addEventListener("pointerleave", () => (pointed = false));
    function draw(view) {
      last = view;
      clearTimeout(resting);
      if (closely()) return follow();
      if (plotly && zoomed()) return render(view);
      if (!size.height) measure();
      tc.sketch(under, view, size);
      host.classList.add("moving");
      placeHandle();
      if (plotly && view.kind !== "live") rest();
    }
    whenIdle(() =>
      loadPlotly().then(
        (loaded) => {
          plotly = loaded;
          if (last && last.kind !== "live") render(last);
        },
        (error) => console.warn(error.message), // the stand-in stays: everything but zoom and hover works
      ),
    );
    new ResizeObserver(() => {
      measure();
      if (!last) return;
      if (host.classList.contains("moving")) tc.sketch(under, last, size);
      placeHandle();
    }).observe(host);
    return { draw };
  };
})();
