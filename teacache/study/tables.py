"""Results as text: markdown tables for a model's card and for the terminal. Runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from teacache.study.ablation import Mean, Name
from teacache.study.calibrate import Fit
from teacache.study.indicators import PAPER, WORDS
from teacache.study.markdown import markdown
from teacache.study.signals import Correlation, Facts
from teacache.study.sweep import METHODS, Plan, Row

TITLES = {
    "teacache": "TeaCache",
    "naive": "TeaCache, no polynomial",
    "uniform": "uniform reuse",
    "fewer_steps": "fewer steps",
}


def signals_table(found: Sequence[Mean]) -> str:
    """How near each signal came at one cost, the nearest first, and what the paper measured."""
    words: dict[Name, str] = {**WORDS, "uniform": "even intervals"}
    header = ["decided by", "computed calls", "error of the latents", "PSNR dB", "SSIM", "nearest"]
    lines = [
        [
            words[mean.name],
            f"{mean.computed_calls:g}",
            f"{mean.error:.4f}",
            f"{mean.psnr:.2f}",
            f"{mean.ssim:.4f}",
            f"{mean.won} of {mean.prompts}",
        ]
        for mean in found
    ]
    theirs = "; ".join(
        f"{model} " + ", ".join(f"{words[name]} {psnr:.2f}" for name, psnr in by_name.items())
        for model, by_name in PAPER.items()
    )
    note = f"The paper, table 2, PSNR dB, without the polynomial as here: {theirs}."
    return f"{markdown(header, lines)}\n\n{note}"


def quality_table(rows: Sequence[Row]) -> str:
    """Mean quality per budget and method, with the difference to "fewer steps" and its standard error."""
    budgets = sorted({row.budget for row in rows}, reverse=True)
    header = [
        "budget",
        "method",
        "computed calls",
        "PSNR dB",
        "object PSNR dB",
        "SSIM",
        "against fewer steps dB",
    ]
    lines = []
    for budget in budgets:
        for method in METHODS:
            group = [row for row in rows if row.budget == budget and row.method == method]
            if group:
                lines.append(_quality_line(budget, group, _partners(rows, group)))
    return markdown(header, lines)


def facts_table(facts: Facts) -> str:
    """How well each signal foretells the output's change."""
    header = ["signal", "Pearson", "Spearman", "inner Pearson", "inner Spearman"]
    return markdown(header, [[name, *_numbers(found)] for name, found in facts.correlations.items()])


def facts_lines(facts: Facts) -> str:
    """The output's change over the steps, in two sentences."""
    change = facts.output_change
    at = sorted({1, 5, *range(10, len(change), 10), len(change)})
    shown = ", ".join(f"{step}: {change[step - 1]:.3f}" for step in at if step <= len(change))
    return (
        f"Output change by step ({facts.runs} runs): {shown}; largest over smallest {facts.ratio:.0f}. "
        f"Between prompts the indicator's distance differs by {facts.between_prompts:.0%} at the same step."
    )


def fit_lines(fit: Fit) -> str:
    """A fit as a person would want to read it."""
    by_degree = ", ".join(f"{degree}: {r2:.3f}" for degree, r2 in enumerate(fit.r2_by_degree, 1))
    low, high = fit.input_range
    return "\n".join(
        [
            f"coefficients  {', '.join(f'{c:.9g}' for c in fit.coefficients)}",
            f"R2            {fit.r2:.3f} (by degree {by_degree})",
            f"correlation   Pearson {fit.pearson:+.3f}, Spearman {fit.spearman:+.3f}",
            f"fitted on     {fit.pairs} pairs of {fit.prompts} prompts, {fit.steps} steps, "
            f"guidance {fit.guidance_scale:g}",
            f"input range   {low:.4g} to {high:.4g}; smallest estimate in it {fit.lowest:.4g}",
        ]
    )


def sweep_report(plan: Plan, rows: Sequence[Row], facts: Facts) -> str:
    """Everything that a sweep found out, for a model's card."""
    setup = plan.setup
    shift = "" if setup.flow_shift is None else f", flow shift {setup.flow_shift:g}"
    title = (
        f"{setup.model}: {setup.steps} steps, guidance {setup.guidance_scale:g}{shift}, {facts.runs} prompts"
    )
    chosen = [
        f"{TITLES[method]}: " + ", ".join(f"{found.threshold:g} for {n}" for n, found in by_budget.items())
        for method, by_budget in plan.thresholds.items()
    ]
    parts = [
        f"### {title}",
        quality_table(rows),
        f"Thresholds, chosen on {plan.fit.prompts} other prompts. " + "; ".join(chosen) + ".",
        facts_lines(facts),
        facts_table(facts),
        "```\n" + fit_lines(plan.fit) + "\n```",
    ]
    return "\n\n".join(parts)


def _quality_line(budget: int, group: Sequence[Row], partners: Sequence[Row]) -> list[str]:
    calls = group[0].calls if group[0].method != "fewer_steps" else group[0].computed
    return [
        f"{budget}",
        TITLES[group[0].method],
        f"{_mean(group, lambda row: row.computed):.1f} of {calls}",
        f"{_mean(group, lambda row: row.psnr):.2f}",
        f"{_mean(group, lambda row: row.object_psnr):.2f}",
        f"{_mean(group, lambda row: row.ssim):.4f}",
        _difference(group, partners),
    ]


def _partners(rows: Sequence[Row], group: Sequence[Row]) -> list[Row]:
    """The rows of "fewer steps" on the same prompts at the same budget."""
    found = {r.index: r for r in rows if r.method == "fewer_steps" and r.budget == group[0].budget}
    return [found[row.index] for row in group if row.index in found]


def _difference(group: Sequence[Row], partners: Sequence[Row]) -> str:
    """Mean and standard error of the paired difference in PSNR."""
    if len(partners) != len(group) or group[0].method == "fewer_steps":
        return "-"
    gaps = np.array([mine.psnr - other.psnr for mine, other in zip(group, partners, strict=True)])
    error = gaps.std(ddof=1) / np.sqrt(len(gaps)) if len(gaps) > 1 else float("nan")
    return f"{gaps.mean():+.2f} ± {error:.2f}"


def _mean(group: Sequence[Row], value: Callable[[Row], float | None]) -> float:
    known = [found for found in map(value, group) if found is not None]
    return float(np.mean(known)) if known else float("nan")


def _numbers(found: Correlation) -> list[str]:
    values = (found.pearson, found.spearman, found.inner_pearson, found.inner_spearman)
    return ["-" if value is None else f"{value:+.2f}" for value in values]
