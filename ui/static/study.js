// A figure of a study: made by the server as Plotly's JSON, the same as in notebooks and reports; drawn here in the page's ink.
(function () {
  const tc = window.teacache;
  const HEIGHT = 320; // px

  // What the server told, or null where there is no such figure. `clicked` is told of the point that a click meets.
  tc.studyFigure = async (host, address, clicked = null) => {
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok) return null;
    const told = await answer.json();
    const plotly = await tc.plotly();
    const layout = { ...told.layout, font: { color: getComputedStyle(host).color, size: 12 }, height: HEIGHT, autosize: true };
    await plotly.react(host, told.data, layout, { displayModeBar: false, responsive: true });
    host.removeAllListeners("plotly_click");
    if (clicked) host.on("plotly_click", ({ points }) => clicked(points[0]));
    return told;
  };
  tc.studyAddress = (run, name, words = {}) => `teacache/teach/${encodeURIComponent(run)}/${name}?` + new URLSearchParams({ language: tc.language, ...words });
})();
