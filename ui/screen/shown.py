"""What the page asks of a run that it shows: recorded, made here, kept in memory, or a trace brought along.

Without files `folder` is None; what only videos have is then empty. Knows no page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeGuard

from teacache.method.trace import Trace
from teacache.runs.comparison import Fidelity, Rival, SoundFidelity, Timings
from teacache.runs.request import Request
from teacache.runs.speed import Speed
from teacache.runs.stored import StoredRun


class ShownRun(Protocol):
    """A run on screen. `StoredRun` is one, and so is `ui.library.uploaded.UploadedRun`."""

    @property
    def run_id(self) -> str:
        """Its name, by which the library finds it."""
        ...

    @property
    def created(self) -> str:
        """ISO 8601, UTC."""
        ...

    @property
    def request(self) -> Request:
        """What was asked for."""
        ...

    @property
    def uncached(self) -> Trace:
        """The uncached run; of a trace brought along, which may have none, without records."""
        ...

    @property
    def cached(self) -> Trace:
        """The run with the cache."""
        ...

    @property
    def folder(self) -> Path | None:
        """Where its files are; None: it has none."""
        ...

    @property
    def fps(self) -> float | None:
        """Frames a second; None without a clip."""
        ...

    @property
    def pictures(self) -> tuple[Path, ...]:
        """Of clips with a single frame: both, the uncached, the cached one."""
        ...

    @property
    def sounds(self) -> tuple[Path, ...]:
        """Of models of sound: the uncached and the cached one."""
        ...

    @property
    def image(self) -> Path | None:
        """What an image-to-video run began with."""
        ...

    @property
    def fidelity(self) -> Fidelity | SoundFidelity | None:
        """How near the cached clip is to the uncached one; None where nobody saw either."""
        ...

    @property
    def rivals(self) -> tuple[Rival, ...]:
        """Other ways to spend as many computed calls."""
        ...

    @property
    def baseline_reused(self) -> bool:
        """Whether the uncached run is an earlier one."""
        ...

    @property
    def uncached_timings(self) -> Timings | None:
        """Where the seconds of the uncached run went."""
        ...

    @property
    def ideal_speedup(self) -> float:
        """Calls over computed calls."""
        ...

    @property
    def probed(self) -> bool:
        """Whether blocks were probed, so that nothing was timed."""
        ...

    @property
    def seconds(self) -> tuple[float | None, float | None]:
        """Denoising of the uncached and of the cached run, where it was timed."""
        ...

    @property
    def speed(self) -> Speed | None:
        """The measured speedup with its doubt."""
        ...


def has_files(run: ShownRun) -> TypeGuard[StoredRun]:
    """Whether there are clips, pictures or sounds of a run to be opened."""
    return isinstance(run, StoredRun) and run.folder is not None
