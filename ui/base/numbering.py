"""Values for a part of the page are numbered, so that two equal ones still differ for the browser."""

from __future__ import annotations

from itertools import count

_numbers = count(1)


def next_number() -> int:
    """Another one for every value, whichever part it is for."""
    return next(_numbers)
