"""Runs that the page can show: those recorded with the app, and those made on this server since."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from teacache.errors import StoreError, TeaCacheError
from teacache.models.catalog import CARDS
from teacache.runs import housekeeping
from teacache.runs.comparison import Comparison, Rival
from teacache.runs.latest import Latest
from teacache.runs.store import Store
from teacache.runs.stored import IMAGE, PICTURES, SOUNDS, VIDEOS, StoredRun, in_memory
from ui.base.options import Options
from ui.library.uploaded import UploadedRun
from ui.library.uploads import PREFIX, Uploads

EXTRA_FILES = ("third.mp4", "third.png", "third.wav")  # made on request, not with the run
FILES = (*VIDEOS, *PICTURES, *SOUNDS, IMAGE, *EXTRA_FILES)
PAIRS = ".pairs"  # a leading dot: never a run id
MAX_READ = 64  # runs kept as they were read; a page asks for several parts of one at once
MAX_UNSTORED = 16  # runs kept in memory; the oldest make room
RECORDED = Path(__file__).resolve().parents[2] / "assets" / "runs"

# Of what ships: the model, but for Shapes', and the place on the page.
_NUMBER = re.compile(r"^(?:[a-z]+-)?\d+-")


def recorded_name(run_id: str) -> str:
    """What a recorded run teaches: "drift" of "3-drift" and of "scenes-2-drift"."""
    return _NUMBER.sub("", run_id)


def _in_order(runs: Iterable[StoredRun], first: str | None) -> list[StoredRun]:
    """Model by model, as they are offered; of a model as they are numbered."""
    runs = sorted(runs, key=lambda run: run.run_id)
    models = [*dict.fromkeys((first, *CARDS, *(run.request.model for run in runs)))]
    return sorted(runs, key=lambda run: models.index(run.request.model))


class Library:
    """The recorded runs (read only) and the runs folder of this server, looked up by run id."""

    def __init__(
        self,
        folder: str | Path | None = None,
        recorded: Path = RECORDED,
        *,
        first: str | None = None,
        offered: Collection[str] = (),
        most_runs: int | None = None,
        most_bytes: int | None = None,
    ):
        """`first`: the model whose recorded runs come first (default: the catalog's order). `offered`: the
        models whose recorded runs are shown (default: all); those of others where none of them has any.

        `most_runs`, `most_bytes`: of this server's runs; the oldest make room (default: never)."""
        self.made = Store(folder)
        self._room = {"most": most_runs, "most_bytes": most_bytes}
        housekeeping.sweep(self.made.folder)
        self.uploads = Uploads()
        self._unstored: Latest[str, StoredRun] = Latest(MAX_UNSTORED)
        self._lately: Latest[str, tuple[Any, StoredRun]] = Latest(MAX_READ)
        self.recorded_in = recorded
        self._recorded_store = Store(recorded)
        every = _in_order(self._recorded_store.list(), first)
        self.recorded = [run for run in every if run.request.model in offered] or every

    @classmethod
    def of(cls, options: Options) -> Library:
        """The runs of a server with these settings."""
        most_bytes = options.most_disk and options.most_disk * 2**20
        return cls(
            options.runs_dir,
            first=options.default_model,
            offered=options.models,
            most_runs=options.most_runs,
            most_bytes=most_bytes,
        )

    def keep(self, comparison: Comparison) -> tuple[StoredRun, TeaCacheError | None]:
        """Store a comparison. Where that fails, all but its videos is kept in memory, and the reason told."""
        try:
            run = self.made.save(comparison)
            record = run.place / housekeeping.RECORD
            housekeeping.come_last(record, housekeeping.records(self.made.folder))
            housekeeping.make_room(self.made.folder, **self._room)
            return run, None
        except TeaCacheError as error:
            return self._hold(in_memory(comparison)), StoreError(
                "{error} Its figures and its calls are kept for now, its videos are lost.", error=error
            )

    def add_rivals(self, run: StoredRun, rivals: tuple[Rival, ...]) -> tuple[StoredRun, TeaCacheError | None]:
        """The run with these rivals, stored where the run is; the reason where that fails."""
        grown = replace(run, rivals=(*run.rivals, *rivals))
        if run.folder is None:
            return self._hold(grown), None
        try:
            return self.made.add_rivals(run.run_id, rivals), None
        except TeaCacheError as error:
            return grown, error

    def _hold(self, run: StoredRun) -> StoredRun:
        self._unstored.put(run.run_id, run)
        return run

    def load(self, run_id: str) -> StoredRun | UploadedRun:
        """A run of either folder or of memory, or an uploaded trace.

        Raises StoreError if there is none of that name.
        """
        if not isinstance(run_id, str):
            return self.made.load(run_id)  # which refuses it
        if run_id.startswith(PREFIX):
            return self.uploads.load(run_id)
        unstored = self._unstored.get(run_id)
        if unstored is not None:
            return unstored
        return self._read(self._recorded_store if self.is_recorded(run_id) else self.made, run_id)

    def _read(self, store: Store, run_id: str) -> StoredRun:
        """A run of a folder; as it was read before, as long as its record is the same file."""
        mark = store.mark(run_id)
        earlier, run = self._lately.get(run_id) or (None, None)
        if run is None or earlier != mark:
            run = store.load(run_id)
            self._lately.put(run_id, (mark, run))
        return run

    @property
    def pairs(self) -> Path:
        """Where several videos side by side are kept, of runs, of rivals and of sweeps."""
        return self.made.folder / PAIRS

    def is_recorded(self, run_id: str) -> bool:
        """True for a run that ships with the app."""
        return any(run.run_id == run_id for run in self.recorded)

    def extras(self, run_id: str) -> Path:
        """Where more videos of a run are kept. Raises StoreError if there is no such run."""
        return self.made.folder / housekeeping.EXTRAS / self.load(run_id).run_id

    def file(self, run_id: str, name: str) -> Path:
        """A video, a picture or a sound of a run. Raises StoreError for any other file."""
        if name not in FILES:
            raise StoreError("A run has no file {name!r}.", name=name)
        place = self.extras(run_id) if name in EXTRA_FILES else self.load(run_id).folder
        if place is None or not (place / name).is_file():
            raise StoreError("{name} of run {run_id} was not made yet.", name=name, run_id=run_id)
        return place / name
