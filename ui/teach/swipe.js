// A finger that goes sideways turns a page, as far as what it began on has no gesture of its own.
import { within } from "../base/dom.js";

const FAR = 48; // pixels
const STEEP = 0.5; // as far up or down, and it scrolls
const OWN_GESTURES = ["input", "select", ".tc-handle", ".tc-stage", ".tc-scatter"].join();

/** @param {(by: number) => void} turn on, or back */
export function onSwipe(turn) {
  /** @type {Touch | null} */
  let from = null;
  /** @param {TouchEvent} event */
  function begin(event) {
    from = event.touches.length === 1 && !within(event, OWN_GESTURES) ? event.touches[0] : null;
  }
  /** @param {TouchEvent} event */
  function end({ changedTouches: [to] }) {
    if (!from) return;
    const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
    from = null;
    if (Math.abs(across) > FAR && Math.abs(down) < STEEP * Math.abs(across)) turn(across < 0 ? 1 : -1);
  }
  document.addEventListener("touchstart", begin, { passive: true });
  document.addEventListener("touchend", end, { passive: true });
  document.addEventListener("touchcancel", () => (from = null), { passive: true });
}
