"""Finished comparisons made of invented numbers, for tests that need one to store or show, not to run."""

from __future__ import annotations

import numpy as np

from teacache.method.gate import Settings
from teacache.method.trace import StepRecord, Trace
from teacache.runs.comparison import Comparison, Fidelity, Rival, Run, Timings
from teacache.runs.request import Request

FRAMES, SIDE = 6, 32


def clip(seed: int = 0, *, frames: int = FRAMES, side: int = SIDE) -> np.ndarray:
    """A smooth moving picture, (F, side, side, 3) uint8: noise would test the codec's bit rate."""
    rng = np.random.default_rng(seed)
    y, x, t = np.meshgrid(*(np.linspace(0, 1, n) for n in (side, side, frames)), indexing="ij")
    waves = [0.5 + 0.45 * np.sin(3 * (a * x + b * y) + 4 * t + c) for a, b, c in rng.uniform(0.3, 2, (3, 3))]
    return (np.stack(waves, axis=-1).transpose(2, 0, 1, 3) * 255).round().astype(np.uint8)


def trace(schedule: tuple[bool, ...] = (True, True, False, True), threshold: float = 0.1) -> Trace:
    records = tuple(
        StepRecord(
            call=i,
            step=i,
            timestep=999.0 - i,
            branch="batched",
            indicator_distance=None if i == 0 else 0.05,
            computed=computed,
            reason="threshold" if computed else "below_threshold",
            seconds=1.0 if computed else 0.1,
        )
        for i, computed in enumerate(schedule)
    )
    return Trace(
        model="shapes",
        pipeline="LattePipeline",
        prompt="a red ball",
        seed=0,
        steps=len(schedule),
        size=(FRAMES, SIDE, SIDE),
        guidance_scale=3.0,
        settings=Settings(threshold=threshold),
        records=records,
    )


def fidelity() -> Fidelity:
    return Fidelity(
        psnr=30.0, ssim=0.9, lpips=None, lpips_reason="not here", psnr_frames=(30.0,), ssim_frames=(0.9,)
    )


def rival(name: str = "uniform", seconds: float = 0.3) -> Rival:
    return Rival(name=name, computed_calls=3, calls=4, seconds=seconds, fidelity=fidelity())


def comparison(run_id: str = "run-1", created: str = "2026-01-02T03:04:05Z") -> Comparison:
    request = Request(
        prompt="a red ball", steps=4, guidance_scale=3.0, frames=FRAMES, height=SIDE, width=SIDE
    )
    uncached = Run(
        trace=trace((True,) * 4, 0.0), video=clip(0), timings=Timings(text=0.1, denoising=4.0, decoding=0.5)
    )
    cached = Run(
        trace=trace(), video=clip(1), timings=Timings(text=0.1, denoising=3.2, decoding=0.5, decision=0.01)
    )
    return Comparison(
        run_id=run_id,
        created=created,
        request=request,
        fps=8,
        uncached=uncached,
        cached=cached,
        fidelity=fidelity(),
        baseline_reused=False,
    )
