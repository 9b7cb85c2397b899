"""Finished comparisons as folders: run.json (version 1) and three videos each, written whole or not at all.

Clips of a single frame are pictures, so these are beside the videos as PNG, without the codec's losses; so is
the image that a run began with, as it was cut for it. A sound is two WAV files and the pictures that show it,
without videos.

A folder is first filled under a temporary name and then renamed, so that a reader never sees half of it.
What is listed may come from strangers or from a crash: nothing found in the folder can stop the listing.
Imports neither torch nor diffusers.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teacache.errors import Phrase, StoreError, TeaCacheError
from teacache.runs.comparison import Comparison, Rival
from teacache.runs.files import UNFINISHED, reason, sentences, sync, unfinished_name, whole
from teacache.runs.record import read_record, stored_run, write_json
from teacache.runs.request import Checked
from teacache.runs.sound import is_whole_sound, write_sound
from teacache.runs.stored import IMAGE, PICTURES, RECORD, SOUNDS, VIDEOS, StoredRun
from teacache.runs.video import enlarge, find_ffmpeg, is_whole, stack, write_picture, write_video

_TRIED = 2**16  # bytes written to see whether there is room for any
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listing:
    """What a folder holds: readable runs, newest first, and a sentence for each that is not whole."""

    runs: tuple[StoredRun, ...]
    problems: tuple[str, ...]


class Store:
    """The runs of one folder: the given one, else TEACACHE_RUNS_DIR, else ./runs; made when first needed."""

    def __init__(self, folder: str | Path | None = None):
        self.folder = Path(folder or os.environ.get("TEACACHE_RUNS_DIR") or "runs")
        self._told: set[str] = set()

    def check(self) -> None:
        """Find out whether a run could be stored, before minutes are spent on one.

        Raises StoreError if the folder cannot be written or the disk is full, VideoError without ffmpeg.
        """
        find_ffmpeg()
        with sentences(Phrase("Runs cannot be stored in {folder}", folder=self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder) as file:
                file.write(bytes(_TRIED))

    def save(self, comparison: Comparison) -> StoredRun:
        """Write a comparison; all of it or nothing.

        Raises StoreError if the folder cannot be written, the disk is full or the run is there already;
        VideoError if ffmpeg is missing.
        """
        run_id = comparison.run_id
        place = self._place(run_id)
        with sentences(
            Phrase("Run {run_id} could not be stored in {folder}", run_id=run_id, folder=self.folder)
        ):
            if place.exists():
                raise StoreError("Run {run_id} is stored already: delete its folder first.", run_id=run_id)
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / unfinished_name()
            unfinished.mkdir()
            try:
                _write(unfinished, comparison)
                for written in unfinished.iterdir():
                    sync(written)
                os.replace(unfinished, place)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
        return self.load(run_id)

    def load(self, run_id: str) -> StoredRun:
        """Read one run. Raises StoreError if there is none of that name or it is not whole."""
        place = self._place(run_id)
        with sentences(Phrase("Run {run_id} cannot be read", run_id=run_id)):
            data = read_record(place)
            missing = _missing(place, data)
        if missing:
            raise StoreError(
                "Run {run_id} is not whole: {missing} is missing or cut short.",
                run_id=run_id,
                missing=", ".join(missing),
            )
        try:
            return stored_run(place, data)
        except TeaCacheError as error:
            raise StoreError("Run {run_id} cannot be read: {error}", run_id=run_id, error=error) from error
        except ValueError as error:
            raise StoreError("Run {run_id} cannot be read: {reason}.", run_id=run_id, reason=error) from error

    def mark(self, run_id: str) -> tuple[int, ...]:
        """What changes when a run's record does; nothing where there is none. Raises StoreError as `load`."""
        record = self._place(run_id) / RECORD
        try:
            status = record.stat()
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_size, status.st_ino

    def list(self) -> list[StoredRun]:
        """All readable runs, newest first; what is wrong with the others is logged, once.

        Raises StoreError if the folder itself cannot be read.
        """
        listing = self.scan()
        for problem in listing.problems:
            if problem not in self._told:
                _log.warning("%s", problem)
        self._told.update(listing.problems)
        return list(listing.runs)

    def scan(self) -> Listing:
        """All readable runs, and what is wrong with the others; what is no run at all is passed over."""
        runs: list[StoredRun] = []
        problems: list[str] = []
        for place in self._places():
            if place.name.startswith(UNFINISHED):
                problems.append(f"{place.name} was left by a run that was never finished: delete it.")
                continue
            try:
                runs.append(self.load(place.name))
            except StoreError as error:
                problems.append(str(error))
        runs.sort(key=lambda run: (run.created, run.run_id), reverse=True)
        return Listing(tuple(runs), tuple(problems))

    def add_rivals(self, run_id: str, rivals: tuple[Rival, ...]) -> StoredRun:
        """Put rivals beside a stored run, in place of those of the same name; run.json changes in one step.

        Raises StoreError if the run cannot be read or written.
        """
        stored, folder = self.load(run_id), self._place(run_id)
        by_name = {rival.name: rival for rival in (*stored.rivals, *rivals)}
        what = Phrase(
            "The rivals of run {run_id} could not be stored in {folder}", run_id=run_id, folder=self.folder
        )
        with sentences(what), whole(folder / RECORD) as unfinished:
            entries = [rival.to_json() for rival in by_name.values()]
            write_json(unfinished, read_record(folder) | {"rivals": entries})
        return self.load(run_id)

    @staticmethod
    def is_name(run_id: str) -> bool:
        """Whether a run can be called that."""
        return _RUN_ID.fullmatch(run_id) is not None

    def _place(self, run_id: str) -> Path:
        """The folder of a run; a name that could lead anywhere else is refused."""
        if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
            name = repr(run_id)[:80]
            raise StoreError("{shown} names no run: at most 80 letters, digits, - and _ do.", shown=name)
        return self.folder / run_id

    def _places(self) -> list[Path]:
        """The subfolders that are, or look like, runs; none if the store was never written to."""
        try:
            places = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                "The runs folder {folder} cannot be read: {reason}.",
                folder=self.folder,
                reason=reason(error),
            ) from error
        return [place for place in places if _looks_like_a_run(place)]


def _looks_like_a_run(place: Path) -> bool:
    named = _RUN_ID.fullmatch(place.name)
    try:
        if not place.is_dir() or not named:
            return place.is_dir() and place.name.startswith(UNFINISHED)
        return any((place / name).exists() for name in (RECORD, *VIDEOS, *SOUNDS))
    except OSError:  # a folder closed to us: reading it as a run will say so
        return named is not None


def _write(folder: Path, comparison: Comparison) -> None:
    uncached, cached = comparison.uncached.video, comparison.cached.video
    clips = (stack(uncached, cached), enlarge(uncached), enlarge(cached))
    for name, picture, clip in zip(VIDEOS, PICTURES, clips, strict=True):
        if len(clip) == 1:
            write_picture(folder / picture, clip[0])
        if comparison.cached.sound is None:
            write_video(folder / name, clip, comparison.fps)
    for name, run in zip(SOUNDS, (comparison.uncached, comparison.cached), strict=True):
        if run.sound is not None:
            write_sound(folder / name, run.sound)
    _write_image(folder / IMAGE, comparison.request)
    write_json(folder / RECORD, comparison.to_json())


def _missing(place: Path, data: dict[str, Any]) -> list[str]:
    """The files that a run needs and that are not there, or not whole."""
    request = data.get("request")
    if isinstance(request, dict) and request.get("seconds") is not None:
        pictures = [name for name in PICTURES if not (place / name).is_file()]
        return pictures + [name for name in SOUNDS if not is_whole_sound(place / name)]
    return [name for name in VIDEOS if not is_whole(place / name)]


def _write_image(path: Path, request: Checked) -> None:
    if request.image is None:
        return
    from teacache.runs.picture import fitted  # Pillow, which most runs do without

    fitted(request.image, request.width, request.height).save(path, format="PNG")
