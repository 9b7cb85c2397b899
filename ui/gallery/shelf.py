"""Which runs are public: a mark in the run's own folder, made when its maker asked for it. Knows no page."""

from __future__ import annotations

import logging

from teacache.errors import StoreError
from teacache.runs.stored import StoredRun
from ui.library.library import Library

PUBLIC = "public.txt"  # in the folder of a run, so that it goes where the run goes
MOST = 48  # runs that are shown, the newest
_SAYS = "Whoever made this run put it into the gallery.\n"
_log = logging.getLogger(__name__)


def publish(run: StoredRun) -> None:
    """Put a run on show. Raises StoreError where it has no folder, or that cannot be written."""
    if run.folder is None:
        raise StoreError("This run could not be stored, so it cannot be in the gallery.")
    try:
        (run.folder / PUBLIC).write_text(_SAYS, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            "Run {run_id} could not be put into the gallery: {reason}.",
            run_id=run.run_id,
            reason=error.strerror or type(error).__name__,
        ) from error


class Shelf:
    """The public runs of a library, which keeps what it has read."""

    def __init__(self, library: Library):
        self._library = library

    def runs(self) -> list[StoredRun]:
        """The newest public runs, the newest first; one that cannot be read is left out, and logged."""
        marks = sorted(
            self._library.made.folder.glob(f"*/{PUBLIC}"), reverse=True
        )  # ids begin with their time
        names = [mark.parent.name for mark in marks if self._library.made.is_name(mark.parent.name)][:MOST]
        return [run for name in names if (run := self._run(name)) is not None]

    def _run(self, name: str) -> StoredRun | None:
        try:
            run = self._library.load(name)
        except StoreError as error:
            _log.warning("not in the gallery: %s", error)
            return None
        return run if isinstance(run, StoredRun) else None  # no name of a folder is an upload's
