"""Files that are written whole or not at all, and the system's refusals as one sentence. Knows no runs."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import secrets
from collections.abc import Iterator
from pathlib import Path

from teacache.errors import Phrase, StoreError, VideoError
from teacache.runs.video import FULL

UNFINISHED = ".unfinished-"  # a leading dot: never a run id
HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:8]  # this machine
_FULL = Phrase("the disk is full, so free some space and try again")


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; what was written takes its place in one step, or leaves nothing."""
    unfinished = path.with_name(unfinished_name(path.name))
    try:
        yield unfinished
        sync(unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def unfinished_name(name: str = "") -> str:
    """A name for something that is being written; it tells who writes, for whoever finds it afterwards."""
    return f"{UNFINISHED}{HOST}-{os.getpid()}-{secrets.token_hex(4)}-{name}"


def sync(path: Path) -> None:
    """Wait until the bytes of a file are on the disk: a rename may reach it before they do."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def sentences(what: Phrase) -> Iterator[None]:
    """Turn the system's refusals into one sentence that begins with `what`."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise StoreError("{what}: {reason}.", what=what, reason=reason(error)) from error
    except ValueError as error:  # a figure that is not a number: strict JSON has no word for it
        raise StoreError("{what}: {reason}.", what=what, reason=error) from error
    except VideoError as error:
        if FULL in str(error):  # ffmpeg met the full disk before we did
            raise StoreError("{what}: {reason}.", what=what, reason=_FULL) from error
        raise


def reason(error: OSError) -> str | Phrase:
    """Why the system refused, and what helps."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Phrase("the folder may not be written or read, so choose another with TEACACHE_RUNS_DIR")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return Phrase("a file is in the place of the folder, so choose another with TEACACHE_RUNS_DIR")
    return (error.strerror or str(error)).rstrip(".").lower()
