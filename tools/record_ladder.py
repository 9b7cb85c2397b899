"""Record a recorded run at other thresholds too: the clips and figures that the page's slider shows.

    python tools/record_ladder.py [NAME]

On the run's prompt and noise, beside its own uncached run. The seconds are what the calls say, each at the
median of its kind.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teacache.platform.process import settle  # noqa: E402

if __name__ == "__main__":
    settle()  # as the page does, before torch takes any memory: the times are shown there

from teacache.method.settings import Settings  # noqa: E402
from teacache.models.loading import load  # noqa: E402
from teacache.runs.store import Store  # noqa: E402
from teacache.runs.stored import StoredRun  # noqa: E402
from teacache.study.replay import threshold_for_speedup  # noqa: E402
from tools.record_runs import RUNS, TAKES, compared  # noqa: E402
from ui.library import ladder  # noqa: E402
from ui.screen.state import short  # noqa: E402

RUNGS, SLOWEST, LEAST_CALLS = 12, 1.1, 4  # thresholds, from a speedup to so many computed calls
# dB: the tour asks which rungs are above the one; nearer to it another machine might say otherwise of a rung.
FAITHFUL, MARGIN = 35, 0.3
SLOWER = 0.95

Recorded = tuple[ladder.Rung, np.ndarray]


def record(pipe: Any, run: StoredRun) -> Iterator[Recorded]:
    """The rungs with their clips (F, H, W, 3) uint8, from the slowest on; each schedule once."""
    seen = set()
    for speedup in np.geomspace(SLOWEST, len(run.uncached.records) / LEAST_CALLS, RUNGS):
        rung, clip = _plain_rung(pipe, run, speedup)
        if rung.schedule not in seen:
            seen.add(rung.schedule)
            yield rung, clip


def _plain_rung(pipe: Any, run: StoredRun, speedup: float) -> Recorded:
    """The rung of about this speedup, or the next slower one of which it is plain whether it is faithful."""
    settings = run.request.settings
    while True:
        threshold = threshold_for_speedup(run.uncached, speedup, settings)
        rung, clip = _rung(pipe, run, settings.replaced(threshold=threshold))
        if abs(rung.psnr - FAITHFUL) > MARGIN:
            return rung, clip
        speedup *= SLOWER


def _rung(pipe: Any, run: StoredRun, settings: Settings) -> Recorded:
    comparison = compared(pipe, replace(run.request, settings=settings))
    near, speedup = comparison.fidelity, comparison.speed.by_medians  # whatever else the machine did
    if speedup is None:
        raise RuntimeError("The calls of a run at another threshold were not timed.")
    rung = ladder.Rung(
        threshold=settings.threshold,
        schedule="".join(str(int(computed)) for computed in comparison.cached.trace.schedule),
        seconds=short(run.seconds[0] / speedup),
        measured=short(speedup),
        psnr=short(near.psnr),
        ssim=short(near.ssim),
        frames=tuple(short(value) for value in near.psnr_frames),
    )
    return rung, comparison.cached.video


def main() -> None:
    """Record the ladder of one run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "name", nargs="?", default=TAKES[0].name, help="of a recorded run (default: the first)"
    )
    run = Store(RUNS).load(parser.parse_args().name)
    rungs = []
    for rung, clip in record(load(run.request.model), run):
        print(f"threshold {rung.threshold:g}, measured {rung.measured:.2f}x, {rung.psnr:.1f} dB", flush=True)
        rungs.append((rung, clip))
    ladder.save(run.place, rungs)


if __name__ == "__main__":
    main()
