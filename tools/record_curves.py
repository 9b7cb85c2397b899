"""Record what other methods come to on a recorded run's prompt and noise, at several settings each.

    python tools/record_curves.py [NAME]

The speedups are what the calls say, each at the median of its kind (teacache/runs/speed.py), so that they do
not depend on what else the machine did. Those of the run's ladder are timed in the same way: both are curves
of one figure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
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
from teacache.study.clips import sample  # noqa: E402
from teacache.study.methods import METHODS, cost  # noqa: E402
from tools.record_runs import RUNS, TAKES  # noqa: E402
from ui.teach import curves, ladder  # noqa: E402

BESIDE = ("naive", "uniform", "fewer_steps")
SHARES = (0.7, 0.5, 0.36, 0.26, 0.2, 0.14)  # of the calls


def uncached_run(pipe: Any, run: StoredRun) -> Run:
    """A run again without the cache; the pipeline then goes by its rules."""
    pipe.teacache_settings = run.request.settings
    return sample(pipe, checked(pipe, run.request), run.request.settings.replaced(threshold=0), metered=True)


def record(pipe: Any, run: StoredRun, uncached: Run) -> Iterator[curves.Point]:
    """Every method at its settings, on a run's prompt, noise and rules."""
    request = checked(pipe, run.request)
    for name in BESIDE:
        aim = METHODS[name].aim
        if aim is None:
            raise AssertionError(f"{name} cannot aim at a share")
        for share in SHARES:
            values = aim(pipe, uncached.trace, share)
            yield _point(pipe, request, uncached, name, values)


def _point(
    pipe: Any, request: Checked, uncached: Run, name: str, values: Mapping[str, float]
) -> curves.Point:
    made = METHODS[name].run(pipe, request, values)
    seconds = uncached.timings.denoising, made.timings.denoising
    by_medians = speed(uncached.trace, made.trace, seconds=seconds).by_medians
    if by_medians is None:
        raise RuntimeError(f"The calls of {name} were not timed.")
    return curves.Point(
        method=name,
        values={knob: _short(value) for knob, value in values.items()},
        share=_short(cost(pipe, request, made).share),
        measured=_short(by_medians),
        psnr=_short(fidelity(made.video, uncached.video).psnr),
    )


def time_ladder(pipe: Any, run: StoredRun, uncached: Run) -> None:
    """Write the speedups of a run's ladder anew; its seconds are the run's own uncached ones over them."""
    kept = ladder.read(run.place)
    for rung in kept["rungs"] if kept else ():
        values = {"threshold": rung["threshold"]}
        point = _point(pipe, checked(pipe, run.request), uncached, "teacache", values)
        print(point, flush=True)
        rung |= {"measured": point.measured, "seconds": _short((run.seconds[0] or 0) / point.measured)}
    if kept:
        (run.place / ladder.RECORD).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def main() -> None:
    """Record the curves of one run, by default of the one that is on screen when the page opens."""
    run = Store(RUNS).load(sys.argv[1] if len(sys.argv) > 1 else TAKES[0].name)
    pipe, made = load(run.request.model), []
    uncached = uncached_run(pipe, run)
    time_ladder(pipe, run, uncached)
    for point in record(pipe, run, uncached):
        print(point, flush=True)
        made.append(point)
    curves.save(run.place, made)


if __name__ == "__main__":
    main()
