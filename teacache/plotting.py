"""What a command draws: the name of the file is checked before the work, the figure is written after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from teacache.errors import RequestError
from teacache.method.trace import Trace


def checked(path: Path | None) -> Path | None:
    """The name of the file to write, where one is wanted. Raises RequestError where that cannot be a page."""
    if path is None:
        return None
    if path.suffix != ".html":
        raise RequestError("The figure is written as a page: give a name that ends in .html.")
    if not path.absolute().parent.is_dir():
        raise RequestError(f"There is no folder {path.parent} to write the figure into: make it first.")
    return path


def write(figure: Any, path: Path) -> str:
    """Write a plotly figure as a page that needs no network, and say where it is. Raises RequestError."""
    try:
        figure.write_html(path, include_plotlyjs=True)
    except OSError as error:
        raise RequestError(f"The figure could not be written to {path}: {error.strerror}.") from error
    return f"the figure is in {path}"


def plot(trace: Trace, uncached: Trace | None, path: Path, *, own: bool = True) -> str:
    """Draw a run into a page, and say where it is; see `teacache.study.figure`. Raises RequestError."""
    from teacache.study.figures.run import figure  # plotly takes a second

    return write(figure(trace, uncached, own=own), path)
