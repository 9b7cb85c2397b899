"""A comparison as read from its folder: all but the arrays. Knows which files a run has; reads none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from teacache.method.trace import Trace
from teacache.runs.comparison import Comparison, Fidelity, Rival, SoundFidelity, Speedups, Timed, Timings
from teacache.runs.request import Request

RECORD = "run.json"
STACKED, UNCACHED, CACHED = VIDEOS = ("stacked.mp4", "uncached.mp4", "cached.mp4")
PICTURES = ("stacked.png", "uncached.png", "cached.png")  # of runs with one frame only
SOUNDS = ("uncached.wav", "cached.wav")  # of models of sound only
IMAGE = "image.png"  # of image-to-video runs only


@dataclass(frozen=True, kw_only=True)
class StoredRun(Speedups):
    """A comparison as read from its folder: all but the arrays."""

    run_id: str
    created: str  # ISO 8601, UTC
    folder: Path | None  # None: it could not be stored, so it has no files
    fps: float
    request: Request
    uncached: Trace
    cached: Trace
    uncached_timings: Timings
    cached_timings: Timings
    fidelity: Fidelity | SoundFidelity
    baseline_reused: bool
    rivals: tuple[Rival, ...] = ()

    @property
    def stacked(self) -> Path:
        """Both clips in one file, uncached left."""
        return self.place / STACKED

    @property
    def uncached_video(self) -> Path:
        """The uncached clip."""
        return self.place / UNCACHED

    @property
    def cached_video(self) -> Path:
        """The cached clip."""
        return self.place / CACHED

    @property
    def place(self) -> Path:
        """The folder of a run that has one."""
        if self.folder is None:
            raise AssertionError("a run that is only in memory has no files")
        return self.folder

    @property
    def pictures(self) -> tuple[Path, ...]:
        """Both side by side, the uncached and the cached one, as PNG; nothing for clips of several frames."""
        if self.folder is None:
            return ()
        places = tuple(self.folder / name for name in PICTURES)
        return places if all(place.is_file() for place in places) else ()

    @property
    def sounds(self) -> tuple[Path, ...]:
        """The uncached and the cached sound, as WAV; nothing for models of pictures."""
        if self.folder is None or self.request.seconds is None:
            return ()
        return tuple(self.folder / name for name in SOUNDS)

    @property
    def shown(self) -> tuple[Path, ...]:
        """Both side by side, the uncached and the cached one: pictures of a single frame, else clips."""
        return self.pictures or (self.stacked, self.uncached_video, self.cached_video)

    @property
    def made(self) -> tuple[Path, ...]:
        """The same, but of a sound the picture of both and each sound itself."""
        return (self.shown[0], *self.sounds) if self.sounds else self.shown

    @property
    def image(self) -> Path | None:
        """The image that the run began with, cut to the size of its clip; None where it needed none."""
        if self.folder is None:
            return None
        place = self.folder / IMAGE
        return place if self.request.image is not None and place.is_file() else None

    def _timed(self) -> tuple[Timed, Timed]:
        return Timed(self.uncached, self.uncached_timings), Timed(self.cached, self.cached_timings)


def in_memory(comparison: Comparison) -> StoredRun:
    """A comparison that could not be stored, as if it had been: all but the files."""
    return StoredRun(
        run_id=comparison.run_id,
        created=comparison.created,
        folder=None,
        fps=comparison.fps,
        request=comparison.request,
        uncached=comparison.uncached.trace,
        cached=comparison.cached.trace,
        uncached_timings=comparison.uncached.timings,
        cached_timings=comparison.cached.timings,
        fidelity=comparison.fidelity,
        baseline_reused=comparison.baseline_reused,
        rivals=comparison.rivals,
    )
