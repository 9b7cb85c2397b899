"""Runs that the page can show: those recorded with the app, and those made on this server since."""

from __future__ import annotations

from pathlib import Path

from teacache.errors import StoreError
from teacache.runs.store import IMAGE, PICTURES, VIDEOS, Store, StoredRun
from ui.takeaway.uploads import PREFIX, Uploads

EXTRA_FILES = ("third.mp4", "third.png")  # made on request, not with the run
FILES = (*VIDEOS, *PICTURES, IMAGE, *EXTRA_FILES)
EXTRAS = ".extras"  # a leading dot: never a run id
RECORDED = Path(__file__).resolve().parents[1] / "assets" / "runs"


class Library:
    """The recorded runs (read only) and the runs folder of this server, looked up by run id."""

    def __init__(self, folder: str | Path | None = None, recorded: Path = RECORDED):
        self.made = Store(folder)
        self.uploads = Uploads()
        self._recorded_store = Store(recorded)
        self.recorded: list[StoredRun] = sorted(self._recorded_store.list(), key=lambda run: run.run_id)

    def load(self, run_id: str) -> StoredRun:
        """A run of either folder, or an uploaded trace. Raises StoreError if there is none of that name."""
        if run_id.startswith(PREFIX):
            return self.uploads.load(run_id)
        if any(run.run_id == run_id for run in self.recorded):
            return self._recorded_store.load(run_id)
        return self.made.load(run_id)

    def is_recorded(self, run_id: str) -> bool:
        """True for a run that ships with the app."""
        return any(run.run_id == run_id for run in self.recorded)

    def extras(self, run_id: str) -> Path:
        """Where more videos of a run are kept. Raises StoreError if there is no such run."""
        return self.made.folder / EXTRAS / self.load(run_id).run_id

    def file(self, run_id: str, name: str) -> Path:
        """A video or a picture of a run. Raises StoreError for any other file."""
        if name not in FILES:
            raise StoreError("A run has no file {name!r}.", name=name)
        place = self.extras(run_id) if name in EXTRA_FILES else self.load(run_id).folder
        if not (place / name).is_file():
            raise StoreError("{name} of run {run_id} was not made yet.", name=name, run_id=run_id)
        return place / name
