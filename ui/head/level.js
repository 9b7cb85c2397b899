// In the page's head, before anything is laid out: Simple, which the bare address opens, or Lab, which has
// everything. What the address says holds, then what it asks for that only Lab shows, then what was kept.
(function () {
  const root = document.documentElement;
  const words = new URLSearchParams(location.search);
  const ofLab = (document.currentScript?.dataset.lab ?? "").split(" ");
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem("teacache-level") ?? "null");
    } catch {
      return null; // storage is switched off
    }
  };
  const inSimple = (/** @type {string} */ word) => word === "show" && words.get(word) === "diff";
  const needsLab = words.get("embed") === "1" || ofLab.some((word) => words.has(word) && !inSimple(word));
  const candidates = [words.get("level"), needsLab ? "lab" : null, kept()];
  root.dataset.level = candidates.find((level) => level === "lab" || level === "simple") ?? "simple";
})();
