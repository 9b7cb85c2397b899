// Takes the poster away where it would say the wrong thing (another language or level was kept, the address
// names another run), and once the page has drawn the run itself.
(function () {
  const poster = document.getElementById("tc-poster");
  if (!poster) return;
  const languages = (poster.dataset.languages ?? "").split(" ");
  const spoken = navigator.languages.map((language) => language.slice(0, 2));
  const wanted = spoken.find((language) => languages.includes(language)) || "en";
  const named = new URLSearchParams(location.search).get("run");
  const own = !named || poster.querySelector("video")?.getAttribute("src")?.includes(`/${named}/`);
  const { level } = document.documentElement.dataset;
  if (own && wanted === poster.dataset.language && level === "simple") {
    document.addEventListener("teacache-drawn", () => poster.remove(), { once: true });
  } else poster.remove();
})();
