/* A dot of the frontier shows its method's runs; a dot of those opens its two videos and its trace. */
(() => {
  const { figures, words, name } = JSON.parse(document.getElementById("data").textContent);
  const place = (id) => document.getElementById(id);
  const made = (tag, values = {}, ...inside) => {
    const node = Object.assign(document.createElement(tag), values);
    node.append(...inside);
    return node;
  };
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const ink = getComputedStyle(document.body).color;
  const draw = (where, figure, picked) => {
    const layout = { ...figure.layout, font: { ...figure.layout.font, color: ink } };
    Plotly.react(where, figure.data, layout, { responsive: true, displayModeBar: false });
    where.removeAllListeners("plotly_click");
    where.on("plotly_click", (event) => picked && picked(event.points[0].customdata));
  };

  const showMethod = (method) => {
    place("method").textContent = filled(words.spread, { method: figures.titles[method] });
    draw(place("spread"), figures.spreads[method], showRun);
  };

  const showRun = async (key) => {
    const address = `${encodeURIComponent(name)}/${encodeURIComponent(key)}`;
    const answer = await fetch(`${address}.json${location.search}`);
    const run = place("run");
    if (!answer.ok) {
      run.replaceChildren(made("p", {}, await answer.text()));
      return;
    }
    const told = await answer.json();
    const plot = made("div", { className: "figure" });
    run.replaceChildren(
      made("h2", {}, told.prompt),
      made("p", {}, told.text),
      made("p", {}, told.videos),
      made("video", { className: "videos", src: `${address}.mp4`, controls: true, loop: true, autoplay: true, muted: true }),
      ...(told.figure ? [plot] : []),
      ...(told.trace ? [made("p", {}, made("a", { href: `${address}/trace.json` }, words.trace))] : []),
    );
    if (told.figure) draw(plot, told.figure);
    run.dataset.key = key;
    run.scrollIntoView({ block: "start" });
  };

  draw(place("frontier"), figures.frontier, (id) => showMethod(id.split(" ")[0]));
  const wanted = decodeURIComponent(location.hash.slice(1)); // the method that a link names
  showMethod(wanted in figures.titles ? wanted : Object.keys(figures.titles)[0]);
})();
