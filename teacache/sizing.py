"""The command `sizes`: latency against size, as a table and, where asked, as a figure in a file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from teacache.plotting import checked, write
from teacache.runs import Request
from teacache.study.sizes import Row, latency, read_size, table

Report = Callable[[int, int], None]


def sizes(
    options: Namespace, load: Callable[[Namespace], Any], bar: Callable[[str], AbstractContextManager[Report]]
) -> tuple[Any, str]:
    """JSON values and text. Raises RequestError for what is no size, before the model is read."""
    wanted = [read_size(text) for text in options.sizes]
    methods = ("teacache", *options.methods)
    figure = checked(options.figure)
    pipe = load(options)
    card = pipe.teacache_card
    request = Request(
        model=card.name,
        prompt=options.prompt,
        seed=options.seed,
        steps=options.steps,
        settings=card.settings(options.threshold),
    )
    rows: list[Row] = []
    with bar("runs") as report:
        for row in latency(pipe, request, wanted, methods=methods, repeats=options.repeats):
            rows += [] if row is None else [row]
            report(len(rows), len(wanted) * (1 + len(methods)))
    text = table(rows)
    if figure is not None:
        text += "\n" + write(_drawn(rows), figure)
    return [row.to_json() for row in rows], text


def _drawn(rows: list[Row]) -> Any:
    from teacache.study.figures import latency_by_size
    from teacache.study.methods import METHODS

    names = {name: method.title for name, method in METHODS.items()} | {"uncached": "Uncached"}
    return latency_by_size(rows, names=names)
