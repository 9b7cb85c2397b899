"""Record what tour and diagram need beside the runs: latents, residuals, where TeaCache loses its lead.

    python tools/record_lessons.py [SETUP ...] [--latents] [--residuals] [--out FOLDER]

Without a choice all of it. Nothing here is timed, so another program may run beside it; run it again after
tools/record_runs.py has recorded anew.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teacache.method.trace import Trace  # noqa: E402
from teacache.models.loading import load  # noqa: E402
from teacache.runs import watch  # noqa: E402
from teacache.runs.events import Previewed  # noqa: E402
from teacache.runs.fidelity import fidelity  # noqa: E402
from teacache.runs.generate import generate  # noqa: E402
from teacache.runs.request import Request  # noqa: E402
from teacache.runs.store import Store  # noqa: E402
from teacache.study.calibrate import correlation, pairs  # noqa: E402
from teacache.study.clips import sample  # noqa: E402
from teacache.study.collect import shift_scheduler  # noqa: E402
from teacache.study.replay import threshold_for_speedup  # noqa: E402
from teacache.study.rivals import computed_steps, fewer_steps, uniform_reuse  # noqa: E402
from tools.record_runs import RUNS, TAKES  # noqa: E402
from ui.library import latents, limits, residuals  # noqa: E402

MODEL = "shapes"  # whose limits are measured, on its takes


@dataclass(frozen=True)
class Setup:
    """One way to sample that is not the usual one; the threshold is chosen for the speedup."""

    name: str
    steps: int = 50
    speedup: float = 2.0
    guidance: float = 3.0
    shift: float = 1.0
    prompts: int = 7  # of the takes


SETUPS = (
    Setup("usual", prompts=4),
    Setup("few_steps", steps=6),
    Setup("no_guidance", guidance=1.0),
    Setup("shift", shift=3.0, prompts=4),
)


@contextmanager
def inputs(transformer: Any, wanted: list[int]) -> Iterator[dict[int, np.ndarray]]:
    """Step -> picture of what the model gets there; calls of one step have one timestep."""
    pictures: dict[int, np.ndarray] = {}
    timesteps: dict[float, None] = {}

    def look(_module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        timesteps[float(kwargs["timestep"].flatten()[0])] = None
        step = len(timesteps) - 1
        if step in wanted:
            states = kwargs["hidden_states"] if "hidden_states" in kwargs else args[0]
            pictures[step] = latents.picture(states[0].float().cpu().numpy())

    handle = transformer.register_forward_pre_hook(look, with_kwargs=True)
    try:
        yield pictures
    finally:
        handle.remove()


def add_latents(pipe: Any, request: Request, folder: Path) -> None:
    """Keep what the steps of a recorded run's uncached lane were given."""
    with inputs(pipe.transformer, latents.moments(request.steps)) as pictures:
        sample(pipe, request)
    latents.save(folder, pictures)


def add_residuals(pipe: Any, request: Request, folder: Path) -> None:
    """Keep samples of what a recorded run kept at its computed steps."""
    samples: dict[int, np.ndarray] = {}
    with closing(generate(pipe, request, preview_every=1)) as events:
        for event in events:
            glimpse = event.glimpse if isinstance(event, Previewed) else None
            if glimpse is not None and glimpse.residual is not None:
                samples.setdefault(glimpse.kept, glimpse.residual)
    residuals.save(folder, samples)


def measure(pipe: Any, setup: Setup) -> limits.Limit:
    """TeaCache and the usual rivals at the same number of computed steps, over the prompts of the takes."""
    shift_scheduler(pipe, setup.shift)
    noises = list(dict.fromkeys((take.prompt, take.seed) for take in TAKES))[: setup.prompts]
    rows = [_row(pipe, setup, prompt, seed) for prompt, seed in noises]
    names = rows[0].psnr.keys()
    best = Counter(max(names, key=row.psnr.__getitem__) for row in rows)
    return limits.Limit(
        name=setup.name,
        steps=setup.steps,
        guidance=setup.guidance,
        shift=setup.shift,
        computed=round(fmean(row.computed for row in rows)),
        prompts=len(rows),
        psnr={name: round(fmean(row.psnr[name] for row in rows), 2) for name in names},
        first={name: best[name] for name in names},
        spread=round(fmean(row.spread for row in rows), 1),
        correlation=round(fmean(row.correlation for row in rows), 2),
    )


@dataclass(frozen=True)
class _Row:
    """One prompt in one setup."""

    computed: int  # steps
    psnr: dict[str, float]
    spread: float
    correlation: float


def _row(pipe: Any, setup: Setup, prompt: str, seed: int) -> _Row:
    card = pipe.teacache_card
    settings = card.settings(naive=False)
    request = Request(
        model=card.name, prompt=prompt, seed=seed, steps=setup.steps, guidance_scale=setup.guidance
    ).checked(card)
    uncached = sample(pipe, request)
    threshold = threshold_for_speedup(uncached.trace, setup.speedup, settings)
    cached = sample(pipe, request, settings.replaced(threshold=threshold))
    computed = computed_steps(cached.trace)
    clips = {
        "teacache": cached,
        "uniform": uniform_reuse(pipe, request, computed),
        "fewer_steps": fewer_steps(pipe, request, computed),
    }
    psnr = {name: fidelity(run.video, uncached.video).psnr for name, run in clips.items()}
    row = _Row(computed, psnr, *_shape(uncached.trace))
    print(f"{setup.name}: {prompt}: {row}", flush=True)
    return row


def _shape(trace: Trace) -> tuple[float, float]:
    """The largest over the smallest change of the output, and how well the indicator knows of it."""
    indicator, output = pairs([trace])
    return float(output.max() / output.min()), correlation(indicator, output)


def main() -> None:
    """Record what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [setup.name for setup in SETUPS]
    parser.add_argument("setups", nargs="*", choices=[*names, []], help="only these (default: all)")
    parser.add_argument("--latents", action="store_true", help="the latents of every recorded run alone")
    parser.add_argument("--residuals", action="store_true", help="their residuals alone")
    parser.add_argument("--out", type=Path, default=RUNS)
    options = parser.parse_args()
    load_once = cache(load)
    everything = not (options.latents or options.residuals or options.setups)
    watch.affordable = lambda *spent: True  # a look after every step: nobody waits for these runs
    for run in Store(options.out).list():
        pipe = load_once(run.request.model)
        if options.latents or everything:
            add_latents(pipe, run.request, run.folder)
        if options.residuals or everything:
            add_residuals(pipe, run.request, run.folder)
    for setup in SETUPS:
        if setup.name in options.setups or everything:
            limits.add(options.out, measure(load_once(MODEL), setup), order=names)


if __name__ == "__main__":
    main()
