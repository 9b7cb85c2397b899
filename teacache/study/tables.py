"""Results as text: markdown tables for a model's card and for the terminal. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from teacache.study.ablation import Mean, Name
from teacache.study.calibrate import Fit
from teacache.study.indicators import PAPER, WORDS
from teacache.study.markdown import markdown
from teacache.study.signals import Correlation, Facts


def signals_table(averages: Sequence[Mean]) -> str:
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
        for mean in averages
    ]
    theirs = "; ".join(
        f"{model} " + ", ".join(f"{words[name]} {psnr:.2f}" for name, psnr in by_name.items())
        for model, by_name in PAPER.items()
    )
    note = f"The paper, table 2, PSNR dB, without the polynomial as here: {theirs}."
    return f"{markdown(header, lines)}\n\n{note}"


def facts_table(facts: Facts) -> str:
    """How well each signal foretells the output's change."""
    header = ["signal", "Pearson", "Spearman", "inner Pearson", "inner Spearman"]
    return markdown(
        header, [[name, *_numbers(correlation)] for name, correlation in facts.correlations.items()]
    )


def facts_lines(facts: Facts) -> str:
    """The output's change over the steps, in two sentences."""
    change = facts.output_change
    at = sorted({1, 5, *range(10, len(change), 10), len(change)})
    changes = ", ".join(f"{step}: {change[step - 1]:.3f}" for step in at if step <= len(change))
    return (
        f"Output change by step ({facts.runs} runs): {changes}; largest over smallest {facts.ratio:.0f}. "
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


def _numbers(correlation: Correlation) -> list[str]:
    values = (
        correlation.pearson,
        correlation.spearman,
        correlation.inner_pearson,
        correlation.inner_spearman,
    )
    return ["-" if value is None else f"{value:+.2f}" for value in values]
