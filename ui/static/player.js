// The player: one transport for both clips or sounds. Keys: space, comma, full stop, b w d s for the ways to compare, x for the other ear.
(function () {
  const tc = window.teacache;
  const MODES = { side: "side", wipe: "wipe", diff: "difference", blink: "blink" };
  const KEYS = { s: "side", w: "wipe", d: "diff", b: "blink" };
  const BLINK_MS = 500;
  const EARS = ["uncached", "rival_teacache", "rival_fewer_steps"]; // what each lane of a sound is called

  tc.parts.player = (root) => {
    const stage = tc.stage();
    let clip = null;
    let source = ""; // what the clip was made from, so that the same state does not restart it
    let byHand = false; // the clip on screen was stopped or set going by hand since the next one was asked for
    let mode = "side";
    let blinker = null;
    let value = {};
    let own = null; // what the run on screen plays, while two runs of the history are compared

    const button = (name, icon, action) =>
      tc.el("button", { type: "button", class: "tc-icon", "data-tip": tc.t(name), "aria-label": tc.t(name), onclick: action }, tc.icon(icon));
    const play = button("play", "play", () => toggle());
    const scrub = tc.el("input", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": tc.t("scrub"), oninput: () => jump(Number(scrub.value)) });
    const count = tc.el("span", { class: "tc-count" });
    const speed = tc.el("select", { "aria-label": tc.t("speed"), "data-tip": tc.t("speed"), onchange: () => clip && clip.rate(Number(speed.value)) },
      tc.el("option", { value: 1 }, "1×"), tc.el("option", { value: 0.5 }, "½×"), tc.el("option", { value: 0.25 }, "¼×"));
    const modes = Object.entries(MODES).map(([id, text]) =>
      tc.el("button", { type: "button", "data-mode": id, "data-tip": tc.t("mode_tip_" + id), "aria-pressed": "false", onclick: () => setMode(id) }, tc.t(text)));
    const against = tc.el("select", { class: "tc-against", "aria-label": tc.t("against"), "data-tip": tc.t("against"), onchange: () => (stage.compare(Number(against.value)), drawCaptions(), draw()) },
      tc.el("option", { value: 1 }, "TeaCache"), tc.el("option", { value: 2 }, tc.t("rival_fewer_steps")));
    const [earlier, later] = [button("frame_back", "back", () => step(-1)), button("frame_on", "on", () => step(1))];
    // What a press of these two does, in words.
    const named = (node) => (text) => ((node.dataset.tip = text), node.setAttribute("aria-label", text));
    const moves = { back: named(earlier), on: named(later) };
    const ears = EARS.map((name, lane) =>
      tc.el("button", { type: "button", "data-lane": lane, "data-tip": tc.t("hear_tip"), "aria-pressed": "false", onclick: () => hear(lane) }, tc.t(name)));
    const listen = tc.el("div", { class: "tc-segments tc-listen", role: "group", "aria-label": tc.t("hear"), hidden: true }, ...ears);
    const saves = tc.el("span", { class: "tc-saves" });
    const back = tc.el("button", { type: "button", class: "tc-link", hidden: true, onclick: () => receive(own) }, tc.t("pair_back"));
    root.append(
      tc.el("div", { class: "tc-card tc-player" },
        tc.el("div", { class: "tc-player-top" }, tc.el("div", { class: "tc-segments", role: "group" }, ...modes), against, back, saves),
        stage.node,
        tc.el("div", { class: "tc-transport" },
          earlier, play, later, listen, scrub, count, speed)),
    );

    // What each lane is, its seconds and how near it came; the second and third cost the same.
    function names() {
      const { labels = {}, figures = {}, third } = value;
      // Beside a sound, whose own seconds are shown, the time it took is said in words.
      const seconds = (found) => (!found ? "" : value.sounds ? ", " + tc.t("made_in", { s: tc.fixed(found, 1) }) : ` ${tc.fixed(found, 1)} s`);
      const near = (found) => (third && tc.decibels(found) !== null ? ` · ${tc.fixed(tc.decibels(found), 1)} dB` : "");
      const fewer = third ? tc.t("third_name", { n: third.steps }) + seconds(third.seconds) + near(third) : "";
      return [tc.t("uncached") + seconds(labels.uncached), "TeaCache" + seconds(labels.cached) + near(figures), fewer];
    }
    function drawCaptions() {
      const lanes = value.captions || names();
      const other = lanes[Number(against.value)];
      against.hidden = value.lanes !== 3 || mode === "side";
      const first = { diff: tc.t("difference"), wipe: lanes[0] + "  |  " + other, blink: stage.node.dataset.shown === "a" ? lanes[0] : other };
      [first[mode] || lanes[0], lanes[1], lanes[2]].forEach((text, i) => (stage.captions[i].textContent = text));
    }
    let counted = "";
    function draw() {
      stage.draw(clip);
      if (!clip) return;
      const text = clip.kind === "sound" ? `${tc.fixed(clip.at(), 1)} / ${tc.fixed(clip.seconds, 1)} s` : `${clip.frame + 1}/${clip.frames}`;
      if (counted !== text) {
        counted = text; // only then: it is drawn at every frame of the video
        scrub.max = clip.frames - 1;
        scrub.value = clip.frame;
        scrub.setAttribute("aria-valuetext", text);
        count.textContent = text;
      }
      const icon = clip.playing() ? "pause" : "play";
      if (play.dataset.icon !== icon) play.replaceChildren(tc.icon((play.dataset.icon = icon)));
    }
    tc.on("waiting", () => stage.node.classList.add("old")); // what is shown belongs to the run before
    tc.on("failed", () => stage.node.classList.remove("old"));
    tc.on("stopped", () => tc.now.run.phase !== "stopped" && stage.node.classList.remove("old")); // nothing came of it
    tc.on("sound-failed", () => tc.toast && tc.toast(tc.t("sound_failed")));
    tc.on("stage", draw);
    tc.on("theme", draw);
    new ResizeObserver(draw).observe(stage.node);

    function toggle() {
      if (!clip) return;
      byHand = true;
      clip.playing() ? clip.pause() : clip.play();
      draw();
      setTimeout(draw, 60); // a video tells of its start a little later
    }
    function jump(frame) {
      if (!clip) return;
      byHand = true;
      if (clip.kind !== "sound") clip.pause(); // a frame is looked at, a place is listened to
      clip.seek(frame);
      draw();
    }
    const step = (by) => clip && jump(clip.frame + by * (clip.stride || 1));
    function drawEars() {
      const heard = clip && clip.kind === "sound" ? clip.heard : -1;
      listen.hidden = heard < 0;
      speed.hidden = heard >= 0; // slower is lower, which would be another sound
      stage.captions.forEach((caption, lane) => caption.classList.toggle("heard", lane === heard));
      for (const move of ["back", "on"]) moves[move](tc.t((heard < 0 ? "frame_" : "sound_") + move));
      if (heard < 0) return;
      ears.forEach((ear, lane) => {
        ear.hidden = lane >= clip.lanes;
        ear.setAttribute("aria-pressed", String(lane === heard));
        ear.textContent = value.captions ? "AB"[lane] : tc.t(EARS[lane]);
      });
    }
    function hear(lane) {
      if (!clip || clip.kind !== "sound") return;
      clip.hear(lane % clip.lanes);
      drawEars();
    }
    // A press on a picture of a sound goes there, and hears that one.
    stage.node.addEventListener("click", ({ target, clientX }) => {
      const lane = stage.laneOf(target);
      if (!clip || clip.kind !== "sound" || lane < 0 || mode === "wipe") return;
      if (mode === "side") hear(lane);
      clip.goTo(stage.shareAt(target, clientX) * clip.seconds);
    });
    function setMode(next) {
      mode = next;
      clearInterval(blinker);
      blinker = null;
      stage.node.dataset.shown = "a";
      stage.mode(mode);
      if (mode === "blink") blinker = setInterval(() => (stage.swap(), drawCaptions(), draw()), BLINK_MS);
      modes.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.mode === mode)));
      drawCaptions();
      draw();
    }
    setMode(innerWidth < 700 ? "wipe" : "side");

    document.addEventListener("keydown", (event) => {
      const at = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && at.type !== "range") return;
      if (event.key === " " && at.tagName === "BUTTON") return; // the button's own
      const presses = clip && clip.frames > 1 ? { " ": toggle, ",": () => step(-1), ".": () => step(1), x: () => hear(clip.heard + 1) } : {};
      const action = presses[event.key] || (KEYS[event.key] && (() => setMode(KEYS[event.key])));
      if (!action || !clip) return;
      event.preventDefault();
      action();
    });
    // After Run by hand the space bar plays, where it would press Run again; pressed by key a button keeps its focus.
    document.addEventListener("click", (event) => {
      const button = event.detail ? event.target.closest("#tc-left button") : null;
      if (button) button.blur();
    });

    function replace(made) {
      if (clip) clip.close();
      clip = made;
      clip.rate(Number(speed.value));
      drawEars();
    }
    function showVideo(value) {
      if (source === value.src) return;
      source = value.src;
      byHand = false;
      const make = value.sounds ? tc.soundClip : value.still ? tc.pictureClip : tc.videoClip;
      const start = () => { // the old picture stays until the new one is there
        if (source !== value.src) return next.close(); // something else was asked for meanwhile
        const plays = byHand && clip && clip.frames > 1 ? clip.playing() : !tc.reducedMotion(); // paused while its follower loads, a clip hands that on
        const ear = clip && clip.kind === "sound" ? clip.heard : 0;
        replace(next);
        drawEars();
        if (next.kind === "sound") return void hear(ear); // it waits to be started
        if (plays) next.play();
        draw();
      };
      const next = make(value, () => clip === next && draw(), start);
    }
    function showPreview(value) {
      if (source !== "sprite:" + value.run) {
        source = "sprite:" + value.run;
        replace(tc.spriteClip(() => draw()));
        if (!tc.reducedMotion()) clip.play();
      }
      value.lanes.forEach((lane, i) => lane && clip.add(i, lane));
    }
    function drawSaves(links) {
      const items = (links || []).flatMap(([key, href]) => [" ", tc.el("a", { href, download: "" }, tc.t(key))]);
      saves.replaceChildren(...(items.length ? [tc.t("save") + ":", ...items] : []));
    }
    function setLanes() {
      if (value.lanes !== 3 && against.value !== "1") against.value = "1";
      stage.compare(Number(against.value));
      tc.now.lanes = value.lanes || 2;
      tc.emit("lanes");
    }
    function showNothing() {
      if (clip) clip.close();
      clip = null;
      source = "";
      counted = count.textContent = "";
      stage.node.querySelector(".tc-empty").textContent = tc.t(value.why);
    }
    const receive = (next) => {
      value = next;
      if (!next.captions) own = next;
      if (!next.captions && next.kind === "video") tc.now.clip = { fps: next.fps, frames: next.frames, still: next.still };
      tc.now.pair = Boolean(next.captions);
      back.hidden = !tc.now.pair || !own;
      tc.emit("pair", tc.now.pair);
      setLanes();
      stage.node.classList.remove("old");
      stage.node.classList.toggle("shaping", value.kind === "preview");
      stage.node.parentElement.classList.toggle("still", Boolean(value.still)); // one frame has nothing to play
      stage.node.parentElement.classList.toggle("none", value.kind === "none");
      stage.node.parentElement.classList.toggle("sound", Boolean(value.sounds));
      drawSaves(value.links);
      drawCaptions();
      if (value.kind === "video") showVideo(value);
      else if (value.kind === "preview") showPreview(value);
      else if (value.kind === "none") showNothing();
      draw();
    };
    tc.on("play", receive); // two runs of the history, compared with each other
    return receive;
  };
})();
