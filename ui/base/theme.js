// Tells when the page becomes light or dark.
import { emit } from "./bus.js";

new MutationObserver(() => emit("theme")).observe(document.body, {
  attributes: true,
  attributeFilter: ["class"],
});
