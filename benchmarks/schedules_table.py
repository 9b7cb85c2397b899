"""The rows of the bench of schedules, and the table that says how far our best comes. Knows numbers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from teacache.study.markdown import markdown

METHODS = ("teacache", "uniform", "planned")
HEAD = ("computed", "prompts", *METHODS, "gain", "least gain", "searched", "best found", "of the way")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One clip, judged against the uncached clip of the same noise."""

    index: int  # of the evaluation prompt
    prompt: str
    method: str
    budget: int
    computed: int
    order: int = 0
    reach: float = 0.5
    psnr: float  # dB
    ssim: float
    schedule: str

    def replaced(self, **changes: Any) -> Row:
        """The row with other values."""
        return replace(self, **changes)


def table(rows: Sequence[Row]) -> str:
    """By budget: mean PSNR with the computed steps, the gain of planned over TeaCache, and the way to the
    best found on these very prompts, over the prompts that each column has.
    """
    budgets = sorted({row.budget for row in rows}, reverse=True)
    return markdown(list(HEAD), [_line(budget, _by_prompt(rows, budget)) for budget in budgets])


def _by_prompt(rows: Sequence[Row], budget: int) -> dict[int, dict[str, Row]]:
    """For each prompt its best row of each method, at this budget."""
    best: dict[int, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row.budget == budget:
            other = best[row.index].get(row.method)
            best[row.index][row.method] = row if other is None or row.psnr > other.psnr else other
    return best


def _line(budget: int, prompts: Mapping[int, Mapping[str, Row]]) -> list[str]:
    both = [mine for mine in prompts.values() if {"teacache", "planned"} <= set(mine)]
    gains = np.array([mine["planned"].psnr - mine["teacache"].psnr for mine in both])
    cells = [_cell([mine[name] for mine in prompts.values() if name in mine]) for name in METHODS]
    numbers = [f"{gains.mean():+.2f}", f"{gains.min():+.2f}"] if both else ["-", "-"]
    return [str(budget), str(len(both)), *cells, *numbers, *_way(both)]


def _cell(rows: Sequence[Row]) -> str:
    if not rows:
        return "-"
    psnr, computed = (np.mean([getattr(row, name) for row in rows]) for name in ("psnr", "computed"))
    return f"{psnr:.2f} ({computed:.1f}; {len(rows)})"


def _way(prompts: Sequence[Mapping[str, Row]]) -> list[str]:
    """On how many a search was made, the mean of the best found there, how far of the way planned comes."""
    tried = [mine for mine in prompts if {"searched", "candidate"} & set(mine)]
    if not tried:
        return ["0", "-", "-"]
    best = np.mean([max(row.psnr for row in mine.values()) for mine in tried])
    ours, theirs = (np.mean([mine[name].psnr for mine in tried]) for name in ("planned", "teacache"))
    return [str(len(tried)), f"{best:.2f}", f"{100 * (ours - theirs) / max(best - theirs, 1e-9):.0f} %"]
