// Draws the lanes of a clip in one of four ways: all side by side, or the first with another as wipe, difference, blink.
(function () {
  const tc = window.teacache;
  const DEAD_ZONE = 6; // of 255: what the codec alone can change; below it two frames count as equal
  const GAIN = 5;
  const LARGE = 320; // pixels; beyond it a clip is shown smaller than it is, and dropping pixels would look like noise
  const DIFF_HEIGHT = 160; // enough to see where, cheap enough for every frame

  tc.stage = () => {
    const canvases = [0, 1, 2].map(() => tc.el("canvas"));
    const captions = canvases.map(() => tc.el("figcaption"));
    const divider = tc.el("div", { class: "tc-divider", role: "slider", tabindex: 0, "aria-label": tc.t("wipe"), "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 50 });
    const figures = canvases.map((canvas, i) => tc.el("figure", { class: "tc-lane-" + "abc"[i] }, canvas, captions[i]));
    figures[0].append(divider);
    const empty = tc.el("p", { class: "tc-empty" }, tc.t("no_video"));
    const node = tc.el("div", { class: "tc-stage" }, ...figures, empty);
    const scratch = [document.createElement("canvas"), document.createElement("canvas")];
    let mode = "side";
    let wipe = 0.5;
    let other = 1; // the lane that the first is compared with
    let shown = 0; // the lane that blink shows

    function fit(canvas, clip) {
      if (canvas.width !== clip.width || canvas.height !== clip.height) {
        canvas.width = clip.width;
        canvas.height = clip.height;
        canvas.style.aspectRatio = `${clip.width} / ${clip.height}`;
        canvas.classList.toggle("fine", clip.height > LARGE);
      }
      return canvas.getContext("2d");
    }
    function drawLane(canvas, clip, lane) {
      const context = fit(canvas, clip);
      context.imageSmoothingEnabled = false;
      canvas.classList.toggle("blank", !clip.has(lane));
      if (clip.has(lane)) clip.draw(context, lane, clip.width, clip.height);
      else context.clearRect(0, 0, clip.width, clip.height);
    }
    function drawWipe(clip) {
      drawLane(canvases[0], clip, 0);
      if (!clip.has(other)) return;
      const context = canvases[0].getContext("2d");
      const at = Math.round(clip.width * wipe);
      context.save();
      context.beginPath();
      context.rect(at, 0, clip.width - at, clip.height);
      context.clip();
      clip.draw(context, other, clip.width, clip.height);
      context.restore();
    }
    function pixels(clip, lane, width, height) {
      const canvas = scratch[lane ? 1 : 0];
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      clip.draw(context, lane, width, height);
      return context.getImageData(0, 0, width, height);
    }
    function drawDifference(clip) {
      const context = fit(canvases[0], clip);
      if (!clip.has(0) || !clip.has(other)) return context.clearRect(0, 0, clip.width, clip.height);
      const height = Math.min(DIFF_HEIGHT, clip.height);
      const width = Math.max(1, Math.round((clip.width / clip.height) * height));
      const a = pixels(clip, 0, width, height);
      const b = pixels(clip, other, width, height).data;
      for (let i = 0; i < b.length; i += 4) {
        const most = Math.max(Math.abs(a.data[i] - b[i]), Math.abs(a.data[i + 1] - b[i + 1]), Math.abs(a.data[i + 2] - b[i + 2]));
        const heat = Math.max(0, most - (clip.exact ? 0 : DEAD_ZONE)) * GAIN;
        a.data[i] = Math.min(255, heat * 1.4); // black, red, amber, white
        a.data[i + 1] = Math.min(255, Math.max(0, heat - 90) * 1.2);
        a.data[i + 2] = Math.min(255, Math.max(0, heat - 250));
        a.data[i + 3] = 255;
      }
      scratch[0].getContext("2d").putImageData(a, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(scratch[0], 0, 0, clip.width, clip.height);
    }

    const api = { node, captions };
    api.draw = (clip) => {
      const there = Boolean(clip && clip.width);
      node.classList.toggle("filled", there);
      if (!there) return;
      node.dataset.lanes = clip.lanes || 2;
      if (mode === "side") canvases.slice(0, clip.lanes || 2).forEach((canvas, lane) => drawLane(canvas, clip, lane));
      else if (mode === "wipe") drawWipe(clip);
      else if (mode === "diff") drawDifference(clip);
      else drawLane(canvases[0], clip, shown);
      figures.forEach((figure, lane) => tc.axes(figure, canvases[lane], clip));
      if (mode !== "wipe") return;
      // The divider lies over the canvas, whose place within the figure depends on its shape.
      divider.style.left = canvases[0].offsetLeft + canvases[0].offsetWidth * wipe + "px";
      divider.style.height = canvases[0].offsetHeight + "px";
      divider.style.top = canvases[0].offsetTop + "px";
    };
    api.mode = (next) => ((mode = next), (node.dataset.mode = next));
    api.swap = () => ((shown = shown ? 0 : other), (node.dataset.shown = "abc"[shown]));
    api.compare = (lane) => (other = lane);
    api.laneOf = (node) => canvases.indexOf(node);
    // How far across the picture a place on the screen is, 0 to 1.
    api.shareAt = (canvas, x) => {
      const box = canvas.getBoundingClientRect();
      const width = canvas.width * Math.min(box.width / canvas.width, box.height / canvas.height);
      return Math.min(1, Math.max(0, (x - box.left - (box.width - width) / 2) / width));
    };
    api.mode("side");

    function setWipe(value) {
      wipe = Math.min(1, Math.max(0, value));
      divider.setAttribute("aria-valuenow", Math.round(wipe * 100));
      tc.emit("stage");
    }
    figures[0].addEventListener("pointerdown", (event) => {
      if (mode !== "wipe") return;
      figures[0].setPointerCapture(event.pointerId);
      const follow = (e) => {
        const box = canvases[0].getBoundingClientRect();
        setWipe((e.clientX - box.left) / box.width);
      };
      follow(event);
      figures[0].addEventListener("pointermove", follow);
      figures[0].addEventListener("pointerup", () => figures[0].removeEventListener("pointermove", follow), { once: true });
    });
    divider.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key];
      if (move) setWipe(wipe + move);
    });
    return api;
  };
})();
