"""Record what other methods come to on a recorded run's prompt and noise, at several settings each.

    python tools/record_curves.py [NAME]

The speedups are what the calls say, each at the median of its kind (teacache/runs/speed.py), so that they do
not depend on what else the machine did, as those of the run's ladder are: both are curves of one figure.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teacache.runs.process import settle  # noqa: E402

if __name__ == "__main__":
    settle()  # as the page does, before torch takes any memory: the times are shown there

from teacache.models.loading import load  # noqa: E402
from teacache.runs.adapters import checked  # noqa: E402
from teacache.runs.comparison import Run  # noqa: E402
from teacache.runs.fidelity import fidelity  # noqa: E402
from teacache.runs.request import Checked  # noqa: E402
from teacache.runs.speed import speed  # noqa: E402
from teacache.runs.store import Store  # noqa: E402
from teacache.runs.stored import StoredRun  # noqa: E402
from teacache.study.clips import last, sample  # noqa: E402
from teacache.study.methods import METHODS, at_share, cost  # noqa: E402
from tools.record_runs import RUNS, TAKES  # noqa: E402
from ui.library import curves  # noqa: E402
from ui.screen.state import short  # noqa: E402

BESIDE = ("naive", "uniform", "fewer_steps")
SHARES = (0.7, 0.5, 0.36, 0.26, 0.2, 0.14)  # of the calls


def uncached_run(pipe: Any, run: StoredRun) -> Run:
    """A run again without the cache; the pipeline then goes by its rules."""
    pipe.teacache_settings = run.request.settings
    return sample(pipe, checked(pipe, run.request), run.request.settings.replaced(threshold=0), metered=True)


def record(pipe: Any, run: StoredRun, uncached: Run) -> Iterator[curves.Point]:
    """Every method at its settings, on a run's prompt, noise and rules."""
    for name in BESIDE:
        for share in SHARES:
            yield _point(pipe, checked(pipe, run.request), uncached, name, share)


def _point(pipe: Any, request: Checked, uncached: Run, name: str, share: float) -> curves.Point:
    values, made = last(at_share(METHODS[name], pipe, request, uncached.trace, share))
    seconds = uncached.timings.denoising, made.timings.denoising
    by_medians = speed(uncached.trace, made.trace, seconds=seconds).by_medians
    if by_medians is None:
        raise RuntimeError(f"The calls of {name} were not timed.")
    return curves.Point(
        method=name,
        values={knob: short(value) for knob, value in values.items()},
        share=short(cost(pipe, request, made).share),
        measured=short(by_medians),
        psnr=short(fidelity(made.video, uncached.video).psnr),
    )


def main() -> None:
    """Record the curves of one run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "name", nargs="?", default=TAKES[0].name, help="of a recorded run (default: the first)"
    )
    run = Store(RUNS).load(parser.parse_args().name)
    pipe, made = load(run.request.model), []
    for point in record(pipe, run, uncached_run(pipe, run)):
        print(point, flush=True)
        made.append(point)
    curves.save(run.place, made)


if __name__ == "__main__":
    main()
