"""The value of the player: the videos, pictures or sounds of a finished run, or previews of one under way."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

from teacache.runs.sound import extent
from ui.base.numbering import next_number
from ui.screen import state
from ui.screen.shown import ShownRun, has_files

PREVIEW_FRAMES = 16  # at most; a preview tells the gist
PREVIEW_HEIGHT = 128  # pixels, at most


def finished(run: ShownRun, third: dict[str, Any] | None = None) -> dict[str, Any]:
    """Both videos, pictures or sounds of a stored run, as one file, with the links to save.

    `third`: what is known of the video with fewer steps; it then is the third lane of another file.
    """
    if not has_files(run):
        return without(run.run_id, "no_video_stored")
    place, still = f"teacache/runs/{run.run_id}", bool(run.pictures) and not run.sounds
    both = run.shown[0]
    save = "save_spectra" if run.sounds else "save_pictures" if still else "save_video"
    cached = run.cached.computed_calls
    return {
        "n": next_number(),
        "run": run.run_id,
        "kind": "video",
        "src": f"{place}/{'third' + both.suffix if third else both.name}",
        "still": still,  # one frame: a picture without loss, nothing to play
        "fps": run.fps,
        "frames": run.request.frames or 1,
        "lanes": 3 if third else 2,
        "labels": dict(zip(("uncached", "cached"), run.seconds, strict=True)),
        "slowed": _slowed(run),
        "figures": {"computed": cached} | state.nearness(run.fidelity),
        "third": third,
        "links": [
            [save, f"{place}/{both.name}"],
            *([f"save_{file.stem}_sound", f"{place}/{file.name}"] for file in run.sounds),
            ["save_trace", f"{place}/trace.json"],
        ],
        **_sounds(run, place, third),
    }


def _slowed(run: ShownRun) -> dict[str, bool]:
    """Of which clip the seconds are not its own work's alone: something else slowed the machine."""
    speed = run.speed
    return {
        "uncached": speed is not None and speed.uncached_in_doubt,
        "cached": speed is not None and speed.cached_in_doubt,
    }


def _sounds(run: ShownRun, place: str, third: dict[str, Any] | None) -> dict[str, Any]:
    """Where the sounds of the lanes are, and how long they are; nothing for models of pictures."""
    if not run.sounds:
        return {}
    names = [file.name for file in run.sounds] + (["third.wav"] if third else [])
    return {"sounds": [f"{place}/{name}" for name in names], **extent_of(run)}


def extent_of(run: ShownRun) -> dict[str, float]:
    """Length and sampling rate of a run's sounds."""
    seconds, rate = extent(run.sounds[0])
    return {"seconds": seconds, "samplingRate": rate}


def without(run_id: str, why: str) -> dict[str, Any]:
    """Nothing to play, and the key of the text that says why."""
    return {"n": next_number(), "run": run_id, "kind": "none", "why": why}


def preview(run_id: str, lanes: list[dict[str, Any] | None], *, still: bool) -> dict[str, Any]:
    """What the clips, or pictures, look like so far; lane 0 uncached, lane 1 TeaCache."""
    return {"n": next_number(), "run": run_id, "kind": "preview", "lanes": lanes, "still": still}


def sprite(frames: np.ndarray) -> dict[str, Any]:
    """(F, H, W, 3) uint8 frames as one picture in a data address, a few kilobytes."""
    from PIL import Image  # comes with gradio

    frames = frames[:: -(-len(frames) // PREVIEW_FRAMES)]
    shrink = -(-frames.shape[1] // PREVIEW_HEIGHT)
    frames = frames[:, ::shrink, ::shrink]
    picture = io.BytesIO()
    Image.fromarray(np.concatenate(list(frames), axis=1)).save(picture, "WEBP", quality=80, method=0)
    return {
        "sprite": "data:image/webp;base64," + base64.b64encode(picture.getvalue()).decode(),
        "frames": len(frames),
        "fps": max(2, len(frames) / 2),  # once through in two seconds, however few there are
        "width": frames.shape[2],
        "height": frames.shape[1],
    }
