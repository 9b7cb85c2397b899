// Quality against latency, a curve for each method, of this visit's runs; where it has none, of the sweep
// that ships.
import { emit } from "../base/bus.js";
import { el } from "../base/dom.js";
import { makeGraph } from "../plot/plotly.js";
import { store } from "../screen/store.js";
import { language, t } from "../words/words.js";
import { studyAddress, studyFigure } from "./study.js";

/** @import { Run } from "../screen/types.js" */
/** @typedef {{ name: string } & Record<string, unknown>} Sweep */

/** @param {Sweep} sweep @param {string} [method] */
const sweepPage = ({ name }, method = "") =>
  `teacache/sweeps/${encodeURIComponent(name)}?lang=${language}#${encodeURIComponent(method)}`;

/** What the curves are of. @param {Sweep} sweep */
function sourceOf(sweep) {
  const attributes = { href: sweepPage(sweep), target: "_blank", rel: "noopener" };
  return [t("frontier_sweep", sweep) + " ", el("a", attributes, t("frontier_sweep_open"))];
}

export class Curves {
  graph = makeGraph("tc-frontier");
  source = el("p", { class: "tc-note" });
  /** @type {Sweep | null} that the curves are of, where this visit has no runs of its own */
  sweep = null;
  drawn = "";

  /**
   * @param {Run} run
   * @param {number} rivals how many were made of it
   */
  async draw(run, rivals) {
    const key = [run.run, rivals, run.phase].join();
    if (this.drawn === key) return;
    this.drawn = key;
    const ids = [...new Set([run.run, ...store.visited])].join(",");
    const address = studyAddress(run.run, "frontier", { ids });
    const study = await studyFigure(this.graph, address, (point) => this.opened(point.customdata));
    if (!study) {
      this.drawn = "";
      return;
    }
    this.sweep = study.sweep;
    this.source.replaceChildren(...(this.sweep ? sourceOf(this.sweep) : []));
  }
  /** A point opens its run; one of a sweep, which is a mean over many, their page. @param {string} id */
  opened(id) {
    if (this.sweep) window.open(sweepPage(this.sweep, id.split(" ")[0]), "_blank", "noopener");
    else if (id) emit("open", id);
  }
}
