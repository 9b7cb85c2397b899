"""A sweep in words: markdown for a model's card and for the terminal. Runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from teacache.study.calibrate import Fit
from teacache.study.markdown import markdown
from teacache.study.methods import METHODS
from teacache.study.signals import Facts
from teacache.study.sweep.plan import Plan
from teacache.study.sweep.rows import Row
from teacache.study.sweep.summary import Advice, Point, points
from teacache.study.tables import facts_lines, facts_table, fit_lines

_HEADER = ("method", "knob", "budget", "computed", "speedup", "PSNR dB", "95 % over prompts",
           "object PSNR dB", "SSIM", "against fewer steps dB")  # fmt: skip


def title_of(method: str) -> str:
    """A method's name as it is shown."""
    return METHODS[method].title if method in METHODS else method


def quality_table(rows: Sequence[Row]) -> str:
    """Every method at every level: its cost, its quality, and the gain over fewer steps with its error."""
    return markdown(_HEADER, [_line(point, rows) for point in points(rows)])


def sweep_report(
    plan: Plan, rows: Sequence[Row], facts: Facts, advice: Sequence[Advice], fitted: Fit | None = None
) -> str:
    """Everything that a sweep found out, for a model's card."""
    setup = plan.setup
    shift = "" if setup.flow_shift is None else f", flow shift {setup.flow_shift:g}"
    title = (
        f"{setup.model}: {setup.steps} steps, guidance {setup.guidance_scale:g}{shift}, "
        f"{len(plan.prompts)} prompts"
    )
    parts = [
        f"### {title}",
        quality_table(rows),
        "\n".join(f"- {one.text}" for one in advice),
        facts_lines(facts),
        facts_table(facts),
        "" if fitted is None else "```\n" + fit_lines(fitted) + "\n```",
    ]
    return "\n\n".join(part for part in parts if part)


def _line(point: Point, rows: Sequence[Row]) -> list[str]:
    group = [row for row in rows if (row.method, row.values) == (point.method, point.values)]
    return [
        title_of(point.method),
        f"{point.knob:.4g}",
        "-" if point.budget is None else f"{point.budget}",
        f"{point.share:.1%}",
        "-" if point.speedup is None else f"{point.speedup:.2f}",
        f"{point.psnr.mean:.2f}",
        f"{point.psnr.low:.1f} to {point.psnr.high:.1f}",
        f"{_mean(group, lambda row: row.object_psnr):.2f}",
        f"{point.ssim:.4f}",
        _difference(group, _partners(rows, group)),
    ]


def _partners(rows: Sequence[Row], group: Sequence[Row]) -> list[Row]:
    """The rows of fewer steps on the same prompts and noises at the same budget."""
    partners = {
        (row.index, row.seed): row
        for row in rows
        if row.method == "fewer_steps" and row.budget == group[0].budget and row.budget is not None
    }
    return [partners[row.index, row.seed] for row in group if (row.index, row.seed) in partners]


def _difference(group: Sequence[Row], partners: Sequence[Row]) -> str:
    """Mean and standard error of the paired difference in PSNR."""
    if len(partners) != len(group) or group[0].method == "fewer_steps":
        return "-"
    gaps = np.array([mine.psnr - other.psnr for mine, other in zip(group, partners, strict=True)])
    error = gaps.std(ddof=1) / np.sqrt(len(gaps)) if len(gaps) > 1 else float("nan")
    return f"{gaps.mean():+.2f} ± {error:.2f}"


def _mean(group: Sequence[Row], value: Callable[[Row], float | None]) -> float:
    numbers = [number for number in map(value, group) if number is not None]
    return float(np.mean(numbers)) if numbers else float("nan")
