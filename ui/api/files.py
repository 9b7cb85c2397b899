"""The files that an answer of the endpoints brings along."""

from __future__ import annotations

from teacache.errors import Phrase, StoreError, TeaCacheError
from teacache.runs.files import sentences, whole
from ui.screen.shown import ShownRun, has_files

FILES = ("stacked", "uncached", "cached")  # labels of the answer's videos, pictures or sounds

NO_FILES = (None,) * (len(FILES) + 1)


def files_of(run: ShownRun) -> tuple[tuple[str | None, ...], TeaCacheError | None]:
    """The three videos, pictures or sounds, and the cached trace as a file; and why one is missing."""
    if not has_files(run):
        return NO_FILES, None
    trace = run.place / "trace.json"
    what = Phrase(
        "The trace of run {run_id} could not be written in {folder}", run_id=run.run_id, folder=run.folder
    )
    files = tuple(map(str, run.made))
    try:
        with sentences(what), whole(trace) as unfinished:
            run.cached.save(unfinished)
    except StoreError as error:
        return (*files, None), error
    return (*files, str(trace)), None
