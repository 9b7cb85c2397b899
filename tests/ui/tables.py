"""A what-if table read as the page reads it, in Python."""

from __future__ import annotations

import re
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One schedule and the thresholds that give it: low < threshold <= high, None where open."""

    low: float
    high: float | None
    schedule: str  # 1 where computed
    reasons: tuple[str, ...]
    short: float | None
    sums: tuple[float, ...]
    turns: list[list]


def unrolled(table: dict[str, Any]) -> list[Row]:
    """Every row whole: each tells only what differs from the row before."""
    calls: dict[int, str] = {}
    sums: dict[int, float] = {}
    found = []
    for low, high, news, turns, *short in table["rows"]:
        told = re.findall(r"(\d+)(\D)(\S+)", news)
        calls |= {int(call): letter for call, letter, _ in told}
        sums |= {int(call): float(total) for call, _, total in told}
        letters = [calls[i] for i in range(len(calls))]
        reasons = tuple(table["reasons"][letter.lower()] for letter in letters)
        schedule = "".join(str(int(letter.isupper())) for letter in letters)
        totals = tuple(sums[i] for i in range(len(sums)))
        found.append(Row(low, high, schedule, reasons, *(short or [None]), totals, turns))
    return found


def row_for(table: dict[str, Any], threshold: float) -> Row:
    """The one row that holds a threshold."""
    rows = unrolled(table)
    (found,) = [row for row in rows if row.low < threshold and (row.high is None or threshold <= row.high)]
    return found
