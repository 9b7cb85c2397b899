// First of all scripts, in the page's head: the language that was asked for, by ?lang= or by the switch, becomes the browser's
// own for this page, so that Gradio's labels follow as well as ours.
(function () {
  const KNOWN = ["en", "de", "zh"];
  const asked = new URLSearchParams(location.search).get("lang");
  let kept = null;
  try {
    kept = localStorage.getItem("teacache-language");
  } catch (error) {
    kept = null; // storage is switched off: the browser's own language holds
  }
  const chosen = [asked, kept].find((language) => KNOWN.includes(language));
  if (chosen) {
    Object.defineProperty(navigator, "language", { get: () => chosen, configurable: true });
    Object.defineProperty(navigator, "languages", { get: () => [chosen], configurable: true });
  }
})();
