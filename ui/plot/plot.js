// Holds the live plot. What moves (a drag, a run under way) is sketched, in a few milliseconds; what rests,
// is zoomed or is pointed at is drawn by Plotly, which brings hover and zoom. Both draw the same figure, so
// that the change from one to the other moves nothing.
import { emit, on } from "../base/bus.js";
import { el, term, within } from "../base/dom.js";
import { GEOMETRY } from "./axes.js";
import { figureOf, rangesOf } from "./figure.js";
import { makeHandle } from "./handle.js";
import { reachOf, stepOfEvent } from "./hover.js";
import { fontFamily, loadPlotly, makeGraph, painted, plotlyConfig } from "./plotly.js";
import { sketch } from "./sketch.js";

/** @import { View } from "../screen/types.js" */
/** @import { Graph, Plotly } from "./plotly.js" */

const REST_MS = 220; // so long without news, and Plotly takes over
const LIVE_MS = 500; // between two drawings of Plotly's while a run is under way, which pays for them

/** @param {() => void} f */
const whenIdle = (f) =>
  "requestIdleCallback" in window ? requestIdleCallback(f, { timeout: 2500 }) : setTimeout(f, 600);

/**
 * Whether a slider or the handle is held: a hand that only pauses goes on, and Plotly would be in its way.
 */
function watchHand() {
  const hand = { holds: false };
  const look = (/** @type {Event} */ event) =>
    (hand.holds = within(event, "input[type=range], .tc-handle") !== null);
  addEventListener("pointerdown", look, true);
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => (hand.holds = false), true);
  return hand;
}

/**
 * Plotly's half: what it was last given, and what a visitor made of it.
 * @param {Graph} graph
 */
function plotlyHalf(graph) {
  /** @type {{ steps: number, lower: number } | null} */
  let extent = null;
  /** @param {[number, number]} range of steps */
  const reach = (range) => reachOf(graph.clientWidth - GEOMETRY.left - GEOMETRY.right, range);
  return {
    /** @type {Plotly | null} */
    plotly: null,
    isFresh: () => !extent,
    /** A visitor has zoomed, or the window has another size: a step is wider or narrower. */
    reachAnew() {
      const { xaxis, hoverdistance } = graph.layout;
      const wanted = reach(xaxis.range);
      if (wanted !== hoverdistance) void this.plotly?.relayout(graph, { hoverdistance: wanted });
    },
    /**
     * The ends of the lower axis, where a visitor has zoomed.
     * @returns {[low: number, high: number] | null}
     */
    zoom() {
      if (!extent || !graph.layout) return null;
      const { xaxis, yaxis2 } = graph.layout;
      const [left, right] = xaxis.range;
      const isWhole =
        Math.abs(right - left - extent.steps) < 0.01 && Math.abs(yaxis2.range[1] - extent.lower) < 1e-9;
      return isWhole ? null : yaxis2.range;
    },
    /** @param {View} view */
    async draw(view) {
      const { data, layout } = painted(figureOf(view));
      const zoomed = this.zoom() && graph.layout.xaxis.range;
      extent = { steps: view.steps, lower: layout.yaxis2.range[1] };
      const font = { ...layout.font, family: fontFamily() };
      const dragmode = innerWidth < 700 ? false : layout.dragmode;
      const uirevision = view.run.run; // a visitor's zoom stays while the run goes on
      const hoverdistance = reach(zoomed || layout.xaxis.range);
      const looks = { ...layout, font, dragmode, uirevision, hoverdistance };
      await this.plotly?.react(graph, data, looks, plotlyConfig());
    },
  };
}

/**
 * @param {string} place
 * @param {string} key
 */
const axisTitle = (place, key) => el("div", { class: "tc-axis-title " + place }, term(key));

class Plot {
  /** @type {View | null} */
  last = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting;
  pointed = false; // the pointer is over the plot
  asked = false; // Plotly was
  rendered = -LIVE_MS;
  size = { width: 0, height: 0 };
  hand = watchHand();
  under = el("div", { class: "tc-plot-standin" });
  graph = makeGraph("tc-plot-graph");
  half = plotlyHalf(this.graph);

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.handle = makeHandle(host, {
      pixelOf: (threshold) => this.pixelOf(threshold),
      thresholdAt: (pixel) => this.thresholdAt(pixel),
    });
    const titles = [axisTitle("upper", "plot_change"), axisTitle("lower", "plot_sum")];
    host.append(this.under, this.graph, ...titles, this.handle.node);
    host.addEventListener("pointerenter", () => {
      this.pointed = true;
      if (!this.isClose()) return;
      clearTimeout(this.resting);
      this.follow();
    });
    host.addEventListener("pointerleave", () => (this.pointed = false));
    new ResizeObserver(() => this.resize()).observe(host);
    on("view", (view) => this.draw(view));
  }

  // The size is watched, not asked for: asking in the middle of a drawing makes the browser lay the whole
  // page out.
  measure() {
    this.size = { width: this.host.clientWidth, height: this.host.clientHeight };
  }
  resize() {
    const wasSeen = this.isSeen;
    this.measure();
    if (!this.isSeen) return;
    if (!wasSeen) this.appear();
    if (this.last && this.host.classList.contains("moving")) this.sketch(this.last);
    this.placeHandle();
  }
  /** Simple has no plot, and Plotly is more than all the rest of the page. */
  get isSeen() {
    return this.size.height > 0;
  }
  appear() {
    if (this.last) this.draw(this.last);
    whenIdle(() => this.load());
  }
  placeHandle() {
    if (this.last) this.handle.place(this.last, this.size.height);
  }

  /** Pixels between the upper and the lower edge of both halves. */
  get inner() {
    return this.size.height - GEOMETRY.top - GEOMETRY.bottom;
  }
  /** Where the lower axis begins and ends. @returns {[low: number, high: number]} */
  get ends() {
    return this.half.zoom() ?? [0, this.last ? rangesOf(this.last).lower : 1];
  }
  /** @param {number} threshold */
  pixelOf(threshold) {
    const [low, high] = this.ends;
    const share = (threshold - low) / (high - low);
    const most = this.half.zoom() ? share : Math.min(1, share);
    return GEOMETRY.top + this.inner * (1 - GEOMETRY.lower * most);
  }
  /** @param {number} pixel */
  thresholdAt(pixel) {
    const [low, high] = this.ends;
    return low + ((high - low) * (1 - (pixel - GEOMETRY.top) / this.inner)) / GEOMETRY.lower;
  }
  /** @param {View} view */
  sketch(view) {
    sketch(this.under, figureOf(view), this.size);
  }

  async load() {
    if (this.asked || !this.isSeen) return;
    this.asked = true;
    try {
      this.half.plotly = await loadPlotly();
      if (this.last && this.last.kind !== "live") await this.render(this.last);
    } catch (error) {
      console.warn(error); // the stand-in stays: everything but zoom and hover works
    }
  }
  /** @param {View} view */
  async render(view) {
    const fresh = this.half.isFresh();
    await this.half.draw(view);
    if (fresh) this.listen();
    if (view !== this.last && !this.isClose()) return; // something newer is being sketched
    this.host.classList.remove("moving");
    this.under.replaceChildren();
    this.placeHandle();
  }
  listen() {
    for (const event of ["plotly_hover", "plotly_click"]) {
      this.graph.on(event, (pointed) => emit("point-step", stepOfEvent(pointed)));
    }
    this.graph.on("plotly_relayout", () => {
      this.half.reachAnew();
      this.placeHandle();
    });
  }

  rest() {
    this.resting = setTimeout(() => {
      if (this.hand.holds) this.rest();
      else if (this.last) void this.render(this.last);
    }, REST_MS);
  }
  /** A run under way that is pointed at or zoomed into: as good as at rest, only seldom enough. */
  isClose() {
    return Boolean(this.half.plotly && this.last?.kind === "live" && (this.pointed || this.half.zoom()));
  }
  /** A pointer rests on it: what Plotly says of a step would go with a sketch. */
  isRead() {
    return this.pointed && !this.hand.holds && !this.host.classList.contains("moving");
  }
  follow() {
    const wait = this.rendered + LIVE_MS - performance.now();
    if (wait > 0) {
      this.resting = setTimeout(() => this.follow(), wait);
      return;
    }
    this.rendered = performance.now();
    if (this.last) void this.render(this.last);
  }

  /** @param {View} view */
  draw(view) {
    this.last = view;
    clearTimeout(this.resting);
    if (!this.isSeen) return; // drawn as soon as it is
    if (this.isClose()) return this.follow();
    if (this.half.plotly && (this.half.zoom() || this.isRead())) return void this.render(view);
    this.sketch(view);
    this.host.classList.add("moving");
    this.placeHandle();
    if (this.half.plotly && view.kind !== "live") this.rest();
  }
}

/** From now on the host shows the plot of what is on screen. @param {HTMLElement} host */
export const makePlot = (host) => new Plot(host);
