"""A runs folder kept tidy: what a killed process left goes, and the oldest runs make room for the newest.

Knows the names of files and folders; nothing of what is in them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from teacache.runs.files import HOST, UNFINISHED, unfinished_name

RECORD = "run.json"  # every run's folder has one
EXTRAS = ".extras"  # beside the runs: more files of each, in a folder of its name
LONG = 3600.0  # seconds; nothing takes as long to write
_OWNER = re.compile(re.escape(UNFINISHED) + r"(?P<host>\w+)-(?P<pid>\d+)-")
_log = logging.getLogger(__name__)


def sweep(folder: Path) -> int:
    """Remove what was being written when its process ended; returns how many files and folders.

    Called before anything is written: so nothing of this process is under way yet.
    """
    left = [place for place in _unfinished(folder) if _is_left(place)]
    for place in left:
        _log.info("%s was left by a run that was never finished", place.name)
        _remove(place)
    return len(left)


def come_last(run: Path, others: Iterable[Path]) -> None:
    """Date a file after all others: the clock may have been set back, and the oldest are the first to go."""
    newest = max((_dated(other) for other in others if other != run), default=0)
    if _dated(run) <= newest:
        os.utime(run, ns=(newest + 1, newest + 1))


def records(folder: Path) -> list[Path]:
    """The records of all runs in a folder."""
    return [place for place in folder.glob(f"*/{RECORD}") if not place.parent.name.startswith(".")]


def make_room(folder: Path, *, most: int | None = None, most_bytes: int | None = None) -> list[str]:
    """Remove the oldest runs beyond `most`, or beyond so many bytes; returns their ids, the oldest first.

    The newest run stays whatever it takes. A run goes from the list in one step, with its extra files.
    """
    if most is None and most_bytes is None:
        return []
    count, total = 0, 0
    gone: list[str] = []
    for place in _newest_first(folder):
        total += _size(place) + _size(folder / EXTRAS / place.name)
        fits = count == 0 or not (count >= (most or count + 1) or total > (most_bytes or total))
        if fits and not gone:
            count += 1
        else:
            gone.append(place.name)
    for run_id in reversed(gone):
        for place in (folder / run_id, folder / EXTRAS / run_id):
            _remove(place)
    return gone[::-1]


def _newest_first(folder: Path) -> list[Path]:
    newest = sorted(records(folder), key=lambda record: (_dated(record), record.parent.name), reverse=True)
    return [record.parent for record in newest if record.exists()]


def _dated(file: Path) -> int:
    """When a file was written, in nanoseconds; 0 where it is gone."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _unfinished(folder: Path) -> list[Path]:
    """Beside the runs, within them and within their extras."""
    places = (folder, *folder.glob("*/"), *folder.glob(f"{EXTRAS}/*/"))
    return [place for one in places for place in one.glob(UNFINISHED + "*")]


def _is_left(place: Path) -> bool:
    owner = _OWNER.match(place.name)
    if owner is None or owner["host"] != HOST:  # of before the names said so, or of another machine
        with contextlib.suppress(OSError):
            return time.time() - place.stat().st_mtime > LONG
        return False
    pid = int(owner["pid"])
    return pid == os.getpid() or not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def _size(place: Path) -> int:
    """Bytes of all files in a folder."""
    total = 0
    for file in place.glob("*"):
        with contextlib.suppress(OSError):
            total += file.stat().st_size
    return total


def _remove(place: Path) -> None:
    """Take a file or a folder away in one step, then its parts."""
    try:
        if not place.exists():
            return
        if place.is_dir():
            going = place.with_name(unfinished_name(place.name))
            place = place.rename(going)
            shutil.rmtree(place)
        else:
            place.unlink()
    except OSError as error:
        _log.warning("%s could not be removed: %s", place.name, error)
