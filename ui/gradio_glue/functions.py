"""The functions of a page as the door knows them. Knows the insides of a page's list of functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

from ui.gradio_glue.files import takes_file


@dataclass(frozen=True)
class Function:
    """What the door knows of a function of the page."""

    id: int
    name: str
    inputs: int  # values that a page sends with a call
    named: int  # of these, values that a program sends: all but the page's own states
    most: int  # bytes of a call's body
    queue: str  # where its calls wait for each other; empty where they do not
    names: tuple[str, ...] = ()  # of the values that a program sends
    files: tuple[bool, ...] = ()  # of its inputs: whether it is a file
    named_files: tuple[bool, ...] = ()  # the same of those that a program sends


def functions_of(page: Any, most: Mapping[str, int], *, else_most: int) -> dict[int, Function]:
    """The functions of a page by their number. `most`: bytes of a call by the function's name."""
    return {
        fn._id: Function(
            id=fn._id,
            name=fn.api_name or "",
            inputs=len(fn.inputs),
            named=sum(not component.skip_api for component in fn.inputs),
            most=most.get(fn.api_name, else_most),
            queue=fn.concurrency_id if fn.queue else "",
            names=tuple(signature(fn.fn).parameters) if fn.api_name and fn.fn else (),
            files=tuple(map(takes_file, fn.inputs)),
            named_files=tuple(takes_file(component) for component in fn.inputs if not component.skip_api),
        )
        for fn in page.fns.values()
    }
