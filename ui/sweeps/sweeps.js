// A dot of the frontier shows its method's runs; a dot of those opens its two videos and its trace.
(function () {
  /** @type {any} of the script that comes before this one */
  const plotly = /** @type {any} */ (window).Plotly;

  /** @param {string} id */
  function place(id) {
    const found = document.getElementById(id);
    if (!found) throw new Error(`nothing on the page is #${id}`);
    return found;
  }
  const { figures, words, name } = JSON.parse(place("data").textContent ?? "");
  const ink = getComputedStyle(document.body).color;

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {object} [values]
   * @param {...(Node | string)} inside
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  function made(tag, values = {}, ...inside) {
    const node = Object.assign(document.createElement(tag), values);
    node.append(...inside);
    return node;
  }
  /**
   * @param {HTMLElement} where
   * @param {{ data: object[], layout: any }} figure
   * @param {(id: any) => void} [picked]
   */
  function draw(where, figure, picked) {
    const layout = { ...figure.layout, font: { ...figure.layout.font, color: ink } };
    plotly.react(where, figure.data, layout, { responsive: true, displayModeBar: false });
    const graph = /** @type {any} */ (where);
    graph.removeAllListeners("plotly_click");
    graph.on("plotly_click", (/** @type {any} */ clicked) => picked?.(clicked.points[0].customdata));
  }

  /** @param {string} method */
  function showMethod(method) {
    place("method").textContent = words.spread.replace("{method}", figures.titles[method]);
    draw(place("spread"), figures.spreads[method], showRun);
  }

  /** @param {string} key */
  async function showRun(key) {
    const address = `${encodeURIComponent(name)}/${encodeURIComponent(key)}`;
    const answer = await fetch(`${address}.json${location.search}`);
    const run = place("run");
    if (!answer.ok) {
      run.replaceChildren(made("p", {}, await answer.text()));
      return;
    }
    const told = await answer.json();
    const plot = made("div", { className: "figure" });
    const plays = { controls: true, loop: true, autoplay: true, muted: true };
    run.replaceChildren(
      made("h2", {}, told.prompt),
      made("p", {}, told.text),
      made("p", {}, told.videos),
      made("video", { className: "videos", src: `${address}.mp4`, ...plays }),
      ...(told.figure ? [plot] : []),
      ...(told.trace ? [made("p", {}, made("a", { href: `${address}/trace.json` }, words.trace))] : []),
    );
    if (told.figure) draw(plot, told.figure);
    run.dataset.key = key;
    run.scrollIntoView({ block: "start" });
  }

  draw(place("frontier"), figures.frontier, (id) => showMethod(id.split(" ")[0]));
  const wanted = decodeURIComponent(location.hash.slice(1)); // the method that a link names
  showMethod(wanted in figures.titles ? wanted : Object.keys(figures.titles)[0]);
})();
