// A sound: its picture in lanes, and what is heard on one clock. All lanes run at once in one audio context, silent but for the one that is
// listened to, so a change of ear cannot shift them. It never starts by itself: nobody wants to be startled.
(function () {
  const tc = window.teacache;
  const STEPS = 10; // places of the scrub in a second
  const STRIDE = 5; // of them, for one press of a key
  const FADE = 0.015; // seconds; a sudden change of the ear would click
  const AHEAD = 0.03; // seconds until the lanes start, so that none is late
  const WAVE = 0.3; // share of the picture's height above the spectrogram, as spectrogram.py draws it
  const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);

  // The lanes of a sound in one audio context; `ended` is called when they have run out.
  function lanesOf(addresses, ended) {
    let context = null;
    let playing = []; // the sources that run
    let gains = [];
    let buffers = null;
    let heard = 0;
    const files = addresses.map((address) => fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.status)))));
    files.forEach((file) => file.catch(() => undefined)); // told where it is asked for: on play

    async function open() { // in the press of a button: before one a browser lets nothing sound
      context = context || new AudioContext();
      await context.resume();
      buffers = buffers || (await Promise.all((await Promise.all(files)).map((file) => context.decodeAudioData(file))));
      if (gains.length) return;
      gains = buffers.map(() => new GainNode(context, { gain: 0 }));
      gains.forEach((gain) => gain.connect(context.destination));
    }
    function stop() {
      playing.forEach((source) => ((source.onended = null), source.stop()));
      playing = [];
    }
    function start(offset) {
      stop();
      const when = context.currentTime + AHEAD;
      playing = buffers.map((buffer, lane) => {
        const source = new AudioBufferSourceNode(context, { buffer });
        source.connect(gains[lane]);
        source.start(when, offset);
        return source;
      });
      playing[0].onended = ended;
      gains.forEach((gain, lane) => gain.gain.setValueAtTime(lane === heard ? 1 : 0, context.currentTime));
      return when - offset;
    }
    function hear(lane) {
      heard = lane;
      gains.forEach((gain, i) => {
        gain.gain.setValueAtTime(gain.gain.value, context.currentTime);
        gain.gain.linearRampToValueAtTime(i === lane ? 1 : 0, context.currentTime + FADE);
      });
    }
    const close = () => (stop(), context && context.close());
    return { open, start, stop, hear, close, now: () => context.currentTime };
  }

  tc.soundClip = (value, onframe, onready) => {
    const clip = tc.pictureClip(value, onframe, onready);
    const picture = clip.draw;
    const lanes = lanesOf(value.sounds, () => halt(0));
    let place = 0; // seconds, while nothing sounds
    let zero = null; // when the sound began, on the context's clock; null while nothing sounds
    let wanted = false; // it plays, or is about to
    const at = () => Math.min(value.seconds, Math.max(0, zero === null ? place : lanes.now() - zero));

    function follow() {
      if (zero === null) return;
      onframe();
      requestAnimationFrame(follow);
    }
    function halt(next) {
      lanes.stop();
      wanted = false;
      zero = null;
      place = next;
      onframe();
    }
    async function begin() {
      wanted = true;
      try {
        await lanes.open();
      } catch (error) {
        halt(place);
        return tc.emit("sound-failed", error);
      }
      if (!wanted) return; // stopped meanwhile
      zero = lanes.start(place);
      follow();
    }
    Object.assign(clip, {
      kind: "sound", frames: Math.max(2, Math.round(value.seconds * STEPS)), stride: STRIDE, heard: 0, seconds: value.seconds, samplingRate: value.samplingRate, at,
      pause: () => halt(at()),
      play: () => (place >= value.seconds && (place = 0), begin()),
      playing: () => wanted,
      goTo: (seconds) => {
        place = Math.min(value.seconds, Math.max(0, seconds));
        if (zero !== null) zero = lanes.start(place);
        onframe();
      },
      seek: (frame) => clip.goTo(frame / STEPS),
      hear: (lane) => ((clip.heard = lane), lanes.hear(lane), onframe()),
      close: () => ((wanted = false), (zero = null), lanes.close()),
      draw: (context, lane, width, height) => {
        picture(context, lane, width, height);
        const x = Math.round((at() / value.seconds) * (width - 2));
        context.fillStyle = lane === clip.heard ? "#ffffff" : "rgba(255, 255, 255, .45)";
        context.fillRect(x, 0, 2, height);
      },
    });
    Object.defineProperty(clip, "frame", { get: () => Math.min(clip.frames - 1, Math.floor(at() * STEPS + 1e-6)) });
    return clip;
  };

  // What stands where along the edges of a sound's picture: share from the left, share from above, text.
  function marks({ seconds, rate }) {
    const top = mel(rate / 2);
    const hertz = [250, 1000, 4000, 16000].filter((f) => f < 0.45 * rate);
    const level = (f) => WAVE + (1 - WAVE) * (1 - mel(f) / top);
    const size = [0.1, 0.2, 0.5, 1, 2, 5, 10].find((step) => seconds / step <= 6) || 10;
    const times = Array.from({ length: Math.floor(seconds / size - 0.3) }, (_, i) => (i + 1) * size);
    const kilo = (f) => (f < 1000 ? `${f} Hz` : `${f / 1000} kHz`);
    return [
      ...hertz.map((f) => ({ left: 0, top: level(f), text: kilo(f), kind: "level" })),
      ...times.map((s) => ({ left: s / seconds, top: 1, text: `${tc.fixed(s, size < 1 ? 1 : 0)} s`, kind: "time" })),
    ];
  }

  // The axes over a lane, as words of the page: a picture's own would be blurred, and English.
  tc.axes = (figure, canvas, clip) => {
    let host = figure.querySelector(".tc-axes");
    if (clip.kind !== "sound") return host && host.remove();
    if (!host) figure.append((host = tc.el("div", { class: "tc-axes", "aria-hidden": "true" })));
    const key = `${clip.seconds} ${clip.samplingRate}`;
    if (host.dataset.of !== key) {
      host.dataset.of = key;
      host.replaceChildren(...marks({ seconds: clip.seconds, rate: clip.samplingRate }).map((mark) =>
        tc.el("span", { class: mark.kind, style: `left:${(100 * mark.left).toFixed(2)}%;top:${(100 * mark.top).toFixed(2)}%` }, mark.text)));
    }
    const shown = Math.min(canvas.offsetWidth / clip.width, canvas.offsetHeight / clip.height);
    const [width, height] = [clip.width * shown, clip.height * shown];
    Object.assign(host.style, {
      width: width + "px", height: height + "px",
      left: canvas.offsetLeft + (canvas.offsetWidth - width) / 2 + "px", top: canvas.offsetTop + (canvas.offsetHeight - height) / 2 + "px",
    });
  };
})();
