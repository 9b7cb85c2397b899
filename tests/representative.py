"""Tests over everything that exists: `make test` takes one of each kind, `make exhaustive` the others."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pytest


def one_of_each(things: Iterable[Any], kinds: Callable[[Any], Iterable[Hashable]]) -> list[Any]:
    """A test's parameters: what shows a kind for the first time as it is, all else marked exhaustive."""
    known: set[Hashable] = set()
    params = []
    for thing in things:
        new = set(kinds(thing)) - known
        values = thing if isinstance(thing, tuple) else (thing,)
        params.append(pytest.param(*values, marks=[] if new else [pytest.mark.exhaustive]))
        known |= new
    return params


def first_of(*things: Any) -> list[Any]:
    """A test's parameters where any one shows the kind: the first as it is, the others marked exhaustive."""
    return one_of_each(things, lambda _: {"the kind"})
