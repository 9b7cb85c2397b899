// Which lane of a sound is heard: on the buttons and the captions, and by a press on its picture.
import { t } from "../words/words.js";
import { isSound } from "./sound.js";
import { EARS, say } from "./transport.js";

/** @import { Player } from "./player.js" */

/** @param {Player} player */
export function drawEars({ clip, bar, stage, value }) {
  const heard = isSound(clip) ? clip.heard : -1;
  bar.ear.hidden = heard < 0;
  bar.speed.hidden = heard >= 0; // slower is lower, which would be another sound
  stage.captions.forEach((caption, lane) => caption.classList.toggle("heard", lane === heard));
  const kind = heard < 0 ? "frame_" : "sound_";
  say(bar.earlier, t(kind + "back"));
  say(bar.later, t(kind + "on"));
  if (heard < 0) return;
  const lanes = clip?.lanes ?? 0;
  bar.ears.forEach((ear, lane) => {
    ear.hidden = lane >= lanes;
    ear.setAttribute("aria-pressed", String(lane === heard));
    ear.textContent = value.captions ? "AB"[lane] : t(EARS[lane]);
  });
}

/**
 * A press on a picture of a sound goes there, and hears that one.
 * @param {Player} player
 * @param {MouseEvent} event
 */
export function hearPressed(player, { target, clientX }) {
  const { clip, mode, stage } = player;
  const lane = stage.laneOf(target);
  if (!isSound(clip) || lane < 0 || mode === "wipe") return;
  if (mode === "side") player.hear(lane);
  clip.goTo(stage.shareAt(lane, clientX) * clip.seconds);
}
