// First of all scripts, in the page's head: one language for all of the page. What was asked for by ?lang= or
// by the switch, else the first of the browser's that the page has, becomes the browser's own, so that
// Gradio's labels are in the same one as ours. Gradio knows Chinese by its country alone. Our texts in it are
// fetched at once, with all that the modules will ask for.
(function () {
  const languages = (document.currentScript?.dataset.languages ?? "").split(" ");
  const named = new URLSearchParams(location.search).get("lang");
  const kept = () => {
    try {
      return localStorage.getItem("teacache-language");
    } catch {
      return null; // storage is switched off: the browser's own language holds
    }
  };
  const own = navigator.languages.map((language) => language.slice(0, 2).toLowerCase());
  const chosen = [named, kept(), ...own].find((name) => name !== null && languages.includes(name)) ?? "en";
  const key = chosen === "zh" ? "zh-CN" : chosen;
  const texts = document.createElement("link");
  texts.rel = "modulepreload";
  texts.href = `${document.currentScript?.dataset.texts}/${chosen}.js`;
  document.head.append(texts);
  Object.defineProperty(navigator, "language", { get: () => key, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [key], configurable: true });
})();
