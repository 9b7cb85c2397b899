"""Fits the rescaling polynomial of a model to traces of uncached runs, and says how good it is.

Their procedure (ali-vilab/TeaCache issues 2 and 20, and the paper's section 3.3): run some 70 prompts
uncached, take every pair of consecutive calls of a branch, x = relative L1 distance of the indicator, y =
that of the model's output, pool all pairs and fit a polynomial of degree 4 by least squares. Knows traces;
knows no pipelines and no tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

import numpy as np

from teacache.errors import Phrase, RequestError
from teacache.method.settings import MAX_DEGREE, Settings
from teacache.method.trace import Trace
from teacache.models.catalog import Calibration
from teacache.runs.limits import whole
from teacache.study.budget import threshold_for_budget

DEGREE = 4
# So many times fewer computed calls, on average over prompts. The slider starts at the first, so high that
# hardly a prompt stays under two; at the second the video breaks.
USUAL_SPEEDUP, LARGEST_SPEEDUP = 2.3, 14.0


# Steps that are always computed at the start and at the end, where a variant is used with others than one
# each: ali-vilab/TeaCache at 7c10efc, TeaCache4Wan2.1/teacache_generate.py with use_ret_steps.
FORCED = {"authors_retention": (5, 0)}


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A polynomial and everything that tells whether to trust it."""

    coefficients: tuple[float, ...]  # highest power first
    r2: float  # explained share of the variance of y; 0: no better than a constant
    r2_by_degree: tuple[float, ...]  # of degree 1, 2, ... on the same pairs
    pearson: float  # correlation of x and y
    spearman: float  # correlation of their ranks
    pairs: int
    prompts: int  # number of traces
    input_range: tuple[float, float]  # smallest and largest x
    output_range: tuple[float, float]
    lowest: float  # smallest estimate over the input range: below 0 the sum can shrink
    steps: int
    guidance_scale: float
    variant: str = "default"  # of the architecture: what was compared

    @property
    def forced(self) -> tuple[int, int]:
        """How many steps are always computed at the start, and at the end."""
        return FORCED.get(self.variant, (1, 1))

    def settings(self, threshold: float) -> Settings:
        """TeaCache with this polynomial."""
        first, last = self.forced
        return Settings(
            threshold=threshold,
            first_steps=first,
            last_steps=last,
            coefficients=self.coefficients,
            input_range=self.input_range,
            variant=self.variant,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, one key per field."""
        values = vars(self).items()
        return {name: list(cast(tuple[Any, ...], v)) if isinstance(v, tuple) else v for name, v in values}


def fit(traces: Sequence[Trace], degree: int = DEGREE) -> Fit:
    """Fit a polynomial to all consecutive pairs of all branches of some uncached runs of one model.

    Raises RequestError for a degree out of range, if the traces do not belong together, or if they hold too
    few pairs.
    """
    degree = checked_degree(degree)
    steps, guidance = _what_they_share(traces)
    x, y = pairs(traces)
    if len(np.unique(x)) <= degree:
        raise RequestError(
            "A polynomial of degree {degree} needs more than {degree} different pairs, but these "
            "{count} traces hold {found}: give traces of uncached runs with more steps.",
            degree=degree,
            count=len(traces),
            found=len(np.unique(x)),
        )
    input_range = (float(x.min()), float(x.max()))
    polynomials = [np.polyfit(x, y, power) for power in range(1, degree + 1)]
    return Fit(
        coefficients=tuple(float(c) for c in polynomials[-1]),
        r2=explained(np.polyval(polynomials[-1], x), y),
        r2_by_degree=tuple(explained(np.polyval(coefficients, x), y) for coefficients in polynomials),
        pearson=correlation(x, y),
        spearman=correlation(ranks(x), ranks(y)),
        pairs=len(x),
        prompts=len(traces),
        input_range=input_range,
        output_range=(float(y.min()), float(y.max())),
        lowest=float(np.polyval(polynomials[-1], np.linspace(*input_range, 1001)).min()),
        steps=steps,
        guidance_scale=guidance,
        variant=traces[0].settings.variant,
    )


def checked_degree(degree: object) -> int:
    """A degree that TeaCache takes a polynomial of; to be asked before any run. Raises RequestError."""
    why = Phrase("the method's authors use {usual}", usual=DEGREE)
    return whole(Phrase("The degree"), degree, (1, MAX_DEGREE), why)


def calibration(fitted: Fit, traces: Sequence[Trace], source: str) -> Calibration:
    """The fit as the catalog keeps it, with the two thresholds that its slider starts and ends at."""
    calls = float(np.mean([len(trace.records) for trace in traces]))
    usual, largest = (
        threshold_for_budget(traces, fitted.settings(1.0), calls / speedup).threshold
        for speedup in (USUAL_SPEEDUP, LARGEST_SPEEDUP)
    )
    return Calibration(
        coefficients=fitted.coefficients,
        r2=round(fitted.r2, 4),
        pairs=fitted.pairs,
        prompts=fitted.prompts,
        input_range=fitted.input_range,
        steps=fitted.steps,
        guidance_scale=fitted.guidance_scale,
        threshold=usual,
        threshold_max=largest,
        source=source,
        variant=fitted.variant,
        first_steps=fitted.forced[0],
        last_steps=fitted.forced[1],
    )


def pairs(traces: Sequence[Trace], signal: str = "indicator_distance") -> tuple[np.ndarray, np.ndarray]:
    """Distances (N,) of a signal and of the output, wherever both are known and the output's is exact."""
    measured = [
        (getattr(record, signal), record.output_distance)
        for trace in traces
        for record in trace.records
        if record.output_distance_exact and getattr(record, signal) is not None
    ]
    table = np.array(measured, dtype=float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's coefficient; 0 where one of the two does not vary."""
    if len(x) < 2 or x.std() == 0 or y.std() == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def ranks(values: np.ndarray) -> np.ndarray:
    """Rank of each value, ties sharing their mean rank, so that `correlation` of ranks is Spearman's."""
    from scipy.stats import rankdata  # a slow import, needed by few

    return rankdata(values)


def explained(estimates: np.ndarray, y: np.ndarray) -> float:
    """Share of the variance of y (N,) that estimates (N,) explain (R2); 0 where y does not vary."""
    left = float(((y - estimates) ** 2).sum())
    whole = float(((y - y.mean()) ** 2).sum())
    return 1 - left / whole if whole else 0.0


def _what_they_share(traces: Sequence[Trace]) -> tuple[int, float]:
    """Steps and guidance of all. A polynomial holds for one model at one step count: others are refused."""
    if not traces:
        raise RequestError("There is no trace to fit: give at least one uncached run.")
    for name in ("model", "steps", "guidance_scale", "settings.variant"):
        values = {attrgetter(name)(trace) for trace in traces}
        if len(values) > 1:
            some = ", ".join(sorted(map(str, values))[:4])
            what = name.removeprefix("settings.")
            raise RequestError(
                "The traces differ in {what} ({some}): fit each group of its own.",
                what=Phrase(what),
                some=some,
            )
    return traces[0].steps, traces[0].guidance_scale or 1.0
