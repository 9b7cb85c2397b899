"""A page against the page of another checkout."""

from __future__ import annotations

import pytest

from benchmarks import against


class Fake:
    def __init__(self, name: str, seconds: float, order: list[str]):
        self.name, self.seconds, self.order = name, seconds, order

    def run(self, seed: int) -> float:
        self.order.append(self.name)
        return self.seconds


def test_both_pages_take_turns_at_going_first():
    order: list[str] = []
    ours, theirs = Fake("ours", 3.0, order), Fake("theirs", 2.0, order)
    ratios = [against._ratio(ours, theirs, seed) for seed in range(2)]
    assert order == ["theirs", "ours", "ours", "theirs"]
    assert ratios == [pytest.approx(1.5)] * 2
