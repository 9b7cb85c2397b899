"""Latency against size: the same prompt at other numbers of frames and resolutions (figure 8 of the paper).

Every size is run by every method from its own noise; nothing is judged, since clips of another size are other
clips. A size that the model, or the memory, cannot carry is a row with the reason. Knows pipelines.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from teacache.errors import RequestError, TeaCacheError
from teacache.runs.adapters import checked
from teacache.runs.comparison import Run
from teacache.runs.request import Checked, Request
from teacache.study.clips import sampling
from teacache.study.markdown import markdown
from teacache.study.methods import METHODS, cost

Size = tuple[int, int, int]  # frames, height, width
UNCACHED = "uncached"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One size by one method."""

    size: Size
    method: str  # a name of METHODS, or "uncached"
    seconds: float | None  # denoising, median of the repeats; None: it could not be run
    share: float | None = None  # of the uncached run's FLOPs
    reason: str = ""  # why it could not be run

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"size": list(self.size)}


def read_size(text: str) -> Size:
    """ "16x256x256": frames, height, width. Raises RequestError for anything else."""
    parts = text.lower().split("x")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise RequestError(
            "{text!r} is no size: give frames, height and width, such as 16x256x256.", text=text
        )
    frames, height, width = (int(part) for part in parts)
    return frames, height, width


def latency(
    pipe: Any,
    request: Request,
    sizes: Sequence[Size],
    *,
    methods: Sequence[str] = ("teacache",),
    repeats: int = 1,
) -> Iterator[Row | None]:
    """A row for every size and method, smallest size first; None at every call.

    TeaCache goes by the request's settings, other methods by the bold setting of their card. Repeats take
    turns, so that a slow minute counts for all methods of a size.
    """
    for size in sorted(set(sizes), key=lambda size: size[0] * size[1] * size[2]):
        try:
            yield from _of_size(pipe, request, size, (UNCACHED, *methods), repeats)
        except TeaCacheError as error:
            yield Row(size=size, method=UNCACHED, seconds=None, reason=str(error))


def _of_size(
    pipe: Any, request: Request, size: Size, methods: Sequence[str], repeats: int
) -> Iterator[Row | None]:
    frames, height, width = size
    sized = checked(pipe, replace(request, frames=frames, height=height, width=width))
    runs: dict[str, list[Run]] = {method: [] for method in methods}
    for _ in range(repeats):
        for method in methods:
            runs[method].append((yield from _run(pipe, sized, method)))
    for method, takes in runs.items():
        seconds = median(run.timings.denoising for run in takes)
        yield Row(size=size, method=method, seconds=seconds, share=cost(pipe, sized, takes[0]).share)


def _run(pipe: Any, request: Checked, method: str) -> Generator[None, None, Run]:
    if method == UNCACHED:
        return (yield from sampling(pipe, request, metered=True))
    if method == "teacache":
        return (yield from sampling(pipe, request, request.settings, metered=True))
    if method not in METHODS:
        names = ", ".join(METHODS)
        raise RequestError("There is no method {name!r}: choose from {known}.", name=method, known=names)
    chosen = METHODS[method]
    return (yield from chosen.running(pipe, request, chosen.values("fast")))


def table(rows: Sequence[Row]) -> str:
    """The rows as a markdown table."""
    uncached = {row.size: row.seconds for row in rows if row.method == UNCACHED}
    return markdown(
        ["frames x height x width", "method", "seconds", "times faster", "FLOPs"],
        [_cells(row, uncached.get(row.size)) for row in rows],
    )


def _cells(row: Row, uncached: float | None) -> list[str]:
    size = "x".join(map(str, row.size))
    if row.seconds is None:
        return [size, row.method, row.reason, "", ""]
    faster = "" if not uncached else f"{uncached / row.seconds:.2f}"
    return [size, row.method, f"{row.seconds:.2f}", faster, f"{row.share:.0%}"]
