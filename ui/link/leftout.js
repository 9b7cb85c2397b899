// What a link leaves out of the page, by `embed=1` and `hide=word,word`; leftout.css says what a word hides.

const CHOSEN = ["prompt", "seed", "steps", "guidance", "model"];
const LEFT = ["threshold", "target", "run", "recorded", "estimator", "rules", ...CHOSEN];

/** @param {URLSearchParams} address */
export function leaveOut(address) {
  document.body.classList.toggle("tc-embed", address.get("embed") === "1");
  const words = (address.get("hide") ?? "").split(",").map((word) => word.trim());
  if (LEFT.every((word) => words.includes(word))) words.push("left"); // not even an empty column
  document.body.dataset.hide = words.filter(Boolean).join(" ");
}
