// The page of a sweep: a dot of the frontier shows its method's runs, a dot of those opens its two videos and
// its trace. A module of its own, which the document holds: it imports nothing.

/** @typedef {{ data: object[], layout: any }} Figure */
/**
 * By the names of methods, but for the first.
 * @typedef {{ frontier: Figure, spreads: Record<string, Figure>, titles: Record<string, string> }} Figures
 */

/**
 * ui/sweeps/page.py, run.
 * @typedef {object} Shown
 * @property {string} prompt
 * @property {string} text
 * @property {string | null} videos what stands above them; null where no clips were kept
 * @property {Figure | null} figure
 * @property {boolean} trace
 */

/** @type {any} of the script that comes before this one */
const plotly = /** @type {any} */ (window).Plotly;
const QUIET = { responsive: true, displayModeBar: false };
const PLAYS = { controls: true, loop: true, autoplay: true, muted: true };

/** @param {string} id */
function place(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`nothing on the page is #${id}`);
  return node;
}

/** @type {{ figures: Figures, words: Record<string, string>, name: string }} */
const { figures, words, name: sweep } = JSON.parse(place("data").textContent ?? "");
const ink = getComputedStyle(document.body).color;

/**
 * An element with its properties.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {object} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/**
 * @param {HTMLElement} where
 * @param {Figure} figure
 * @param {(id: string) => void} [picked] called with what a dot stands for
 */
function draw(where, figure, picked) {
  const layout = { ...figure.layout, font: { ...figure.layout.font, color: ink } };
  plotly.react(where, figure.data, layout, QUIET);
  const graph = /** @type {any} */ (where);
  graph.removeAllListeners("plotly_click");
  graph.on("plotly_click", (/** @type {any} */ clicked) => picked?.(clicked.points[0].customdata));
}

/** @param {string} method */
function showMethod(method) {
  place("method").textContent = words.spread.replace("{method}", figures.titles[method]);
  draw(place("spread"), figures.spreads[method], showRun);
}

/**
 * @param {Shown} run
 * @param {string} address of its files, without their endings
 * @param {HTMLElement} plot
 */
const partsOf = (run, address, plot) => [
  element("h2", {}, run.prompt),
  element("p", {}, run.text),
  element("p", {}, run.videos ?? words.no_clips),
  ...(run.videos ? [element("video", { className: "videos", src: `${address}.mp4`, ...PLAYS })] : []),
  ...(run.figure ? [plot] : []),
  ...(run.trace ? [element("p", {}, element("a", { href: `${address}/trace.json` }, words.trace))] : []),
];

/** @param {string} key */
async function showRun(key) {
  const address = `${encodeURIComponent(sweep)}/${encodeURIComponent(key)}`;
  const answer = await fetch(`${address}.json${location.search}`);
  const section = place("run");
  if (!answer.ok) {
    section.replaceChildren(element("p", {}, await answer.text()));
    return;
  }
  /** @type {Shown} */
  const run = await answer.json();
  const plot = element("div", { className: "figure" });
  section.replaceChildren(...partsOf(run, address, plot));
  if (run.figure) draw(plot, run.figure);
  section.dataset.key = key;
  section.scrollIntoView({ block: "start" });
}

draw(place("frontier"), figures.frontier, (id) => showMethod(id.split(" ")[0]));
const wanted = decodeURIComponent(location.hash.slice(1)); // the method that a link names
showMethod(wanted in figures.titles ? wanted : Object.keys(figures.titles)[0]);

export {}; // a module, also to who checks its types alone
