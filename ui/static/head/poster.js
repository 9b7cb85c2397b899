// Takes the poster away where it would say the wrong thing (another language was kept), and once the page has drawn the run itself.
(function () {
  const poster = document.getElementById("tc-poster");
  const wanted = (navigator.languages || []).map((language) => language.slice(0, 2)).find((l) => ["en", "de", "zh"].includes(l)) || "en";
  if (wanted !== poster.dataset.language) return void poster.remove();
  document.addEventListener("teacache-drawn", () => poster.remove(), { once: true });
})();
