"""From the error of every span to a schedule: the path through a graph whose nodes are steps.

A node is a step that is computed; an edge from i to j reuses all steps between them and costs the error that
this span alone does to the final output. A schedule of b computed steps is a path of b nodes from step 0 to
the end. Minimax (LeMiCa, arXiv 2511.00090) keeps the worst span small, the shortest path (DPCache,
arXiv 2602.22654) the sum of all. Knows numbers only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from teacache.errors import RequestError
from teacache.study.schedules import Schedule, refuse_impossible

Path = Literal["minimax", "shortest"]
_Cost = tuple[float, float]  # the largest and the sum of the spans' errors
_RULES: dict[Path, Callable[[_Cost], tuple[float, ...]]] = {
    "minimax": lambda cost: cost,  # of two with the same worst span, the smaller sum
    "shortest": lambda cost: cost[::-1],
}


def best_path(spans: np.ndarray, computed: int, path: Path) -> Schedule:
    """The schedule of `computed` steps whose spans cost least.

    `spans` (N + 1, N + 1): [i, j] is the error when the steps between the computed steps i and j are reused;
    j = N is the end; inf where a span is not to be taken. Raises RequestError where no path has that length.
    """
    steps, rule = len(spans) - 1, _RULES[path]
    refuse_impossible(steps, computed)
    best: dict[int, tuple[_Cost, tuple[int, ...]]] = {0: ((0.0, 0.0), (0,))}  # by last computed step
    for _ in range(computed - 1):
        longer: dict[int, tuple[_Cost, tuple[int, ...]]] = {}
        for i, (cost, nodes) in best.items():
            for j in range(i + 1, steps):
                candidate = _with(cost, spans[i, j]), (*nodes, j)
                if j not in longer or rule(candidate[0]) < rule(longer[j][0]):
                    longer[j] = candidate
        best = longer
    ends = [(_with(cost, spans[i, steps]), nodes) for i, (cost, nodes) in best.items()]
    cost, nodes = min(ends, key=lambda end: rule(end[0]))
    if math.isinf(cost[0]):
        raise RequestError(
            "No schedule with {computed} of {steps} steps stays within the spans that were measured: "
            "measure longer ones.",
            computed=computed,
            steps=steps,
        )
    return tuple(step in nodes for step in range(steps))


def _with(cost: _Cost, error: float) -> _Cost:
    return max(cost[0], float(error)), cost[1] + float(error)
