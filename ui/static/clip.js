// Where frames come from. A finished run is ONE video with its two or three clips side by side, so that they cannot drift apart; while a run is
// under way each lane is a sprite (the frames of a preview in one picture).
(function () {
  const tc = window.teacache;

  // A clip: frames, fps, size of one lane, draw(context, lane), seek(frame), play/pause, onframe when another frame is there, and
  // onready, once, when the first is.
  tc.videoClip = (value, onframe, onready) => {
    const video = tc.el("video", { muted: true, playsinline: true, loop: true, preload: "auto", class: "tc-hidden-video" });
    video.muted = true; // the attribute alone is not enough for autoplay
    const clip = { kind: "video", lanes: value.lanes || 2, frames: value.frames, fps: value.fps, width: 0, height: 0, frame: 0, video, ready: false };
    let wanted = null;
    let closed = false;

    const frameAt = (seconds) => Math.min(clip.frames - 1, Math.max(0, Math.floor(seconds * clip.fps + 1e-3)));
    function painted(seconds) {
      clip.frame = frameAt(seconds);
      onframe();
    }
    function follow(_, meta) {
      if (closed) return;
      painted(meta.mediaTime);
      video.requestVideoFrameCallback(follow);
    }
    video.addEventListener("loadeddata", () => {
      clip.width = video.videoWidth / clip.lanes;
      clip.height = video.videoHeight;
      clip.frames = Math.max(1, Math.round(video.duration * clip.fps)); // the file knows best
      clip.ready = true;
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(follow);
      else video.addEventListener("timeupdate", () => painted(video.currentTime));
      painted(video.currentTime);
      onready();
    }, { once: true });
    // Seeks are slower than a scrub: only the latest wish is kept.
    video.addEventListener("seeked", () => {
      painted(video.currentTime);
      if (wanted === null) return;
      const next = wanted;
      wanted = null;
      clip.seek(next);
    });
    clip.seek = (frame) => {
      frame = ((frame % clip.frames) + clip.frames) % clip.frames;
      if (video.seeking) return void (wanted = frame);
      video.currentTime = (frame + 0.5) / clip.fps; // the middle of the frame: its edges round either way
    };
    clip.draw = (context, lane, width, height) =>
      context.drawImage(video, lane * clip.width, 0, clip.width, clip.height, 0, 0, width, height);
    clip.play = () => video.play().catch(() => onframe()); // a browser may forbid it; then it stays paused
    clip.pause = () => video.pause();
    clip.playing = () => !video.paused;
    clip.rate = (rate) => (video.playbackRate = rate);
    clip.has = (lane) => clip.ready && lane < clip.lanes;
    clip.close = () => ((closed = true), video.pause(), video.removeAttribute("src"), video.load());
    video.src = value.src;
    return clip;
  };

  // One frame of each lane in one picture without loss; it has nothing to play.
  tc.pictureClip = (value, onframe, onready) => {
    const image = new Image();
    const clip = { kind: "picture", lanes: value.lanes || 2, frames: 1, fps: 1, width: 0, height: 0, frame: 0, exact: true };
    const nothing = () => undefined;
    image.addEventListener("load", () => {
      Object.assign(clip, { width: Math.floor(image.naturalWidth / clip.lanes), height: image.naturalHeight });
      onready();
    }, { once: true });
    clip.has = (lane) => clip.width > 0 && lane < clip.lanes;
    clip.draw = (context, lane, width, height) => context.drawImage(image, lane * clip.width, 0, clip.width, clip.height, 0, 0, width, height);
    Object.assign(clip, { seek: onframe, play: nothing, pause: nothing, playing: () => false, rate: nothing, close: nothing });
    image.src = value.src;
    return clip;
  };

  tc.spriteClip = (onframe) => {
    const lanes = [null, null];
    const clip = { kind: "sprite", frames: 1, fps: 8, width: 0, height: 0, frame: 0 };
    let timer = null;
    let rate = 1;
    clip.add = (lane, value) => {
      const image = new Image();
      image.src = value.sprite;
      return image.decode().then(() => {
        lanes[lane] = image; // swapped only when decoded, so that nothing flickers
        Object.assign(clip, { frames: value.frames, fps: value.fps, width: value.width, height: value.height });
        onframe();
      }, () => undefined); // a preview that cannot be decoded is passed over; the next one comes soon
    };
    clip.has = (lane) => Boolean(lanes[lane]);
    clip.draw = (context, lane, width, height) => {
      if (!lanes[lane]) return;
      const frame = Math.min(clip.frame, clip.frames - 1);
      context.drawImage(lanes[lane], frame * clip.width, 0, clip.width, clip.height, 0, 0, width, height);
    };
    clip.seek = (frame) => ((clip.frame = ((frame % clip.frames) + clip.frames) % clip.frames), onframe());
    clip.pause = () => (clearInterval(timer), (timer = null));
    clip.play = () => {
      clip.pause();
      timer = setInterval(() => clip.seek(clip.frame + 1), 1000 / (clip.fps * rate));
    };
    clip.playing = () => timer !== null;
    clip.rate = (value) => ((rate = value), clip.playing() && clip.play());
    clip.close = clip.pause;
    return clip;
  };
})();
