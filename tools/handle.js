// For tests, pictures and measurements: the page has no global of its own, and gets `window.teacache` here,
// with all that its modules export. It is there when the first part has been drawn.
// Everything is on screen, unless the address asks for less.
try {
  localStorage.setItem("teacache-level", '"lab"');
} catch {
  // a page without storage opens as its address says
}
document.addEventListener(
  "teacache-call",
  async () => {
    const links = [...document.querySelectorAll('link[rel=modulepreload][href*="teacache/scripts/"]')];
    const modules = await Promise.all(links.map((link) => import(link.href)));
    const all = Object.assign({}, ...modules);
    window.teacache = {
      ...all,
      now: Object.defineProperties(all.store, {
        waiting: { get: () => all.isWaiting(all.store.job) },
        engaged: { get: () => all.isEngaged(all.store.job) },
        ending: { get: () => all.isEnding(all.store.job) },
      }),
      view: all.currentView,
      facts: all.currentFacts,
      pairs: all.pairsOf,
      live: all.isLive,
      busy: all.isBusy,
      slider: all.sliderInput,
      touring: () => all.tour.at(),
      inspect: all.inspector,
      lessons: all.LESSONS,
      link: all.linkTo,
      get course() {
        return all.store.course;
      },
    };
  },
  { once: true },
);
