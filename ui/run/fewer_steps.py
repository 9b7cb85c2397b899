"""The third video: as many steps as TeaCache computed, without a cache. Made once per run, on request.

Kept in a folder of its own beside the runs, since recorded runs are read only. Knows no gradio.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from teacache.errors import RequestError, StoreError, VideoError
from teacache.method.reading import Count, Number
from teacache.method.reading import read as read_json
from teacache.runs.stored import StoredRun
from ui.library.library import Library
from ui.player import player
from ui.run.engine import Engine, Screen
from ui.screen import state
from ui.screen.shown import ShownRun, has_files

if TYPE_CHECKING:
    from teacache.study.plain import Plain  # imports torch

NAME, RECORD = "third", "third.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Third:
    """What the page shows of the third video: what it took, and how near it is to the uncached one."""

    steps: Count
    calls: Count
    seconds: Number | None
    psnr: Number | None
    ssim: Number | None
    sound: dict[str, Number | None] | None = None  # of a sound, in place of the two before


_SCHEMA: TypeAdapter[Third] = TypeAdapter(Third)


def screens(engine: Engine, run: ShownRun) -> Generator[Screen, None, None]:
    """Make the third video and show it; closing stops before the next call. Raises TeaCacheError."""
    if not has_files(run):
        raise RequestError("This run has no video to set a third one beside: press Run to make one.")
    record = read(engine.library, run.run_id)
    if record is None:
        stored = next((rival.fidelity for rival in run.rivals if rival.name == "fewer_steps"), None)
        request = replace(run.request, image=run.image)
        with closing(engine.work("third", request, run.cached, stored)) as events:
            for plain in events:  # None for every sign of life, then the Plain
                if plain is None:
                    yield Screen()
                else:
                    record = _keep(engine.library, run, plain)
    yield Screen(player=player.finished(run, third=None if record is None else asdict(record)))


def read(library: Library, run_id: str) -> Third | None:
    """What is known of a third video that was made before, else None: then it is made, or made again."""
    try:
        data = json.loads((library.extras(run_id) / RECORD).read_text(encoding="utf-8"))
        return read_json(_SCHEMA, data, whole=RECORD, refusal=StoreError)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _log.warning("the video of fewer steps of run %s is made again: %s", run_id, error)
        return None


def _keep(library: Library, run: StoredRun, plain: Plain) -> Third:
    """Write the three clips side by side as one file, and the figures beside it."""
    from teacache.runs.sound import write_sound
    from teacache.runs.video import enlarge, write_picture, write_video

    folder = library.extras(run.run_id)
    folder.mkdir(parents=True, exist_ok=True)
    file, third = run.shown[0], enlarge(plain.video)
    both = _frames(file)
    if both.shape[:2] != third.shape[:2]:
        raise VideoError(
            "The video of run {run_id} has another size than the new one: run it again.", run_id=run.run_id
        )
    frames, place = np.concatenate([both, third], axis=2), folder / f"{NAME}{file.suffix}"
    if plain.sound is not None:
        write_sound(folder / f"{NAME}.wav", plain.sound)
    if run.pictures:
        write_picture(place, frames[0])
    else:
        write_video(place, frames, run.fps)
    # Seconds are compared with those of the run itself: where it was once measured beside them, that counts.
    beside = next((rival.seconds for rival in run.rivals if rival.name == "fewer_steps"), plain.seconds)
    nearness: dict[str, Any] = state.nearness(plain.fidelity)
    record = Third(steps=plain.steps, calls=plain.calls, seconds=state.short(beside), **nearness)
    (folder / RECORD).write_text(json.dumps(asdict(record)), encoding="utf-8")
    return record


def _frames(path: Path) -> np.ndarray:
    """The frames of a video or a picture of ours, (F, H, W, 3) uint8; for looking at."""
    import imageio.v3 as iio

    return iio.imread(path)[None] if path.suffix == ".png" else iio.imread(path, plugin="FFMPEG")
