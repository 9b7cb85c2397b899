"""(d) The paper's figures 1 and 8 for this device: quality against latency, and latency against size.

Figure 1 needs trained weights: it is drawn for Shapes, the model that ships, against PAB as in the paper.
Figure 8 needs none: Open-Sora at the paper's sizes, with random weights and as many computed calls as its
speedup implies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from benchmarks.gpu.parts import Where
from benchmarks.rounds import Rounds
from benchmarks.subjects import SUBJECTS, Size, Subject
from benchmarks.table import Row
from teacache.models.catalog import CARDS
from teacache.study.schedules import fixed, uniform

PROMPT = "a red ball bouncing on a blue background"
THRESHOLDS = (0.5, 1.0, 1.5, 2.0)  # times the model's own, as the paper's .1, .15, .2, .25 are about Latte's
SIZES = ((48, 480, 854), (192, 480, 854), (240, 360, 640), (48, 720, 1280))  # figure 8
STEPS = 8  # of figure 8: the ratio of latencies is that of any number of steps
FAST = 2.25  # the paper's speedup of Open-Sora 1.2 at the fast threshold


def quality(where: Where, *, steps: int | None = None) -> Sequence[Row]:
    """Figure 1: PSNR against seconds, TeaCache and PAB, on Shapes."""
    from teacache.models import load
    from teacache.runs import Request
    from teacache.runs.fidelity import psnr
    from teacache.study.clips import last, sample
    from teacache.study.figures.frontier import Curve, Point, frontier
    from teacache.study.methods import METHODS

    pipe, card = load("shapes", device=str(where.device)), CARDS["shapes"]
    request = Request(prompt=PROMPT, steps=steps, settings=card.settings()).checked(card)
    sample(pipe, replace(request, steps=4))  # warms up
    uncached = sample(pipe, request)
    curves, rows = {"TeaCache": [], "PAB": []}, []
    for factor in THRESHOLDS:
        run = sample(pipe, request, card.settings(factor * card.threshold))
        curves["TeaCache"].append((f"{factor * card.threshold:.3g}", run))
    for values in METHODS["pab"].ladder[: len(THRESHOLDS)]:
        run = last(METHODS["pab"].running(pipe, request, values))
        curves["PAB"].append((" ".join(f"{value:g}" for value in values.values()), run))
    points = {name: [] for name in curves}
    for name, runs in curves.items():
        for text, run in runs:
            near = psnr(run.video, uncached.video)
            seconds = run.timings.denoising
            points[name].append(Point(cost=seconds, quality=float(near), text=text))
            note = f"{seconds:.2f} s"
            rows.append(Row(name=f"{name} at {text}: PSNR", value=float(near), unit="dB", note=note))
    drawn = frontier([Curve(name=name, points=dots) for name, dots in points.items()])
    drawn.write_html(where.folder / "figure-1.html", include_plotlyjs=True)
    base = Row(name="no cache", value=uncached.timings.denoising, unit="s", note=f"{request.steps} steps")
    return [base, *rows]


@dataclass(frozen=True)
class _Sized:
    """As `latency_by_size` takes it."""

    size: tuple[int, int, int]
    method: str
    seconds: float


def sizes(
    where: Where, cases: Sequence[tuple[int, int, int]] = SIZES, *, steps: int = STEPS
) -> Sequence[Row]:
    """Figure 8: seconds without and with the cache, by size."""
    from teacache.study.figures.sizes import latency_by_size

    subject, rows, drawn = SUBJECTS["opensora"], [], []
    pipe = subject.build(where.scale, where.device, where.dtype)
    schedule = fixed(uniform(steps, max(1, round(steps / FAST))))
    settings = schedule.replaced(variant=CARDS["opensora"].settings().variant)
    for size in cases:
        rounds = Rounds(pipe, _caller(subject, pipe, where, size, steps))
        try:
            for _ in range(2):  # the first one warms up
                rounds.forget()
                rounds.once({"uncached": None, "teacache": settings})
        except torch.OutOfMemoryError:
            rows.append(Row(name=_named(size), value=None, unit="s", note="more memory than there is"))
            continue
        plain, cached = rounds.seconds["uncached"][0], rounds.seconds["teacache"][0]
        drawn += [_Sized(size, "uncached", plain), _Sized(size, "teacache", cached)]
        note = f"{cached:.2f} s with {sum(schedule.schedule)} of {steps} steps computed"
        rows += [
            Row(name=f"{_named(size)}: no cache", value=plain, unit="s", note=note),
            Row(name=f"{_named(size)}: times faster", value=plain / cached, note=_ideal(rounds)),
        ]
    latency_by_size(drawn).write_html(where.folder / "figure-8.html", include_plotlyjs=True)
    return rows


def _caller(subject: Subject, pipe: Any, where: Where, size: tuple[int, int, int], steps: int) -> Any:
    frames, height, width = size
    shape: Size = replace(subject.sizes[where.scale], frames=frames, height=height, columns=width)
    sized = replace(subject, sizes={where.scale: shape})
    arguments = sized.arguments(pipe, where.scale, steps)
    return lambda: pipe(**arguments, generator=torch.Generator("cpu").manual_seed(0))


def _ideal(rounds: Rounds) -> str:
    trace = rounds.traces["teacache"][0]
    return f"ideal {len(trace.records) / trace.computed_calls:.2f}"


def _named(size: tuple[int, int, int]) -> str:
    frames, height, width = size
    return f"{frames} frames, {height}x{width}"
