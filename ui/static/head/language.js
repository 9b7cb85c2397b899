// First of all scripts, in the page's head: the language that was asked for, by ?lang= or by the switch,
// becomes the browser's own for this page, so that Gradio's labels follow as well as ours.
(function () {
  const known = (document.currentScript?.dataset.languages ?? "").split(" ");
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = () => {
    try {
      return localStorage.getItem("teacache-language");
    } catch {
      return null; // storage is switched off: the browser's own language holds
    }
  };
  const chosen = [asked, kept()].find((language) => language !== null && known.includes(language));
  if (!chosen) return;
  Object.defineProperty(navigator, "language", { get: () => chosen, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [chosen], configurable: true });
})();
