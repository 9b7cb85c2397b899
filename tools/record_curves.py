"""Record what other methods come to on a recorded run's prompt and noise, at several settings each.

    python tools/record_curves.py [NAME] [--only METHOD ...]

All methods of the study that run on the model, TeaCache itself apart, whose curve is the run's ladder. The
speedups are what the calls say, each at the median of its kind, so that they depend little on what else the
machine did. Of methods that skip whole calls runs/speed.py has them, as of the ladder. Where parts of a call
are skipped, calls are of a kind that did the same share of the work, and those that did all of it say how
fast the machine was.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teacache.platform.process import settle  # noqa: E402

if __name__ == "__main__":
    settle()  # as the page does, before torch takes any memory: the times are shown there

from teacache.models.loading import load  # noqa: E402
from teacache.runs.adapters import checked  # noqa: E402
from teacache.runs.comparison import Run  # noqa: E402
from teacache.runs.fidelity import fidelity  # noqa: E402
from teacache.runs.speed import speed  # noqa: E402
from teacache.runs.store import Store  # noqa: E402
from teacache.runs.stored import StoredRun  # noqa: E402
from teacache.study.clips import sample  # noqa: E402
from teacache.study.methods import METHODS, Method, cost  # noqa: E402
from tools.record_runs import RUNS, TAKES  # noqa: E402
from ui.library import curves  # noqa: E402
from ui.screen.state import short  # noqa: E402

OURS = "teacache"
SHARES = (0.7, 0.5, 0.36, 0.26, 0.2, 0.14)  # of the calls


def uncached_run(pipe: Any, run: StoredRun) -> Run:
    """A run again without the cache; the pipeline then goes by its rules."""
    pipe.teacache_settings = run.request.settings
    return sample(pipe, checked(pipe, run.request), run.request.settings.replaced(threshold=0), metered=True)


def runs_on(pipe: Any, steps: int) -> list[str]:
    """The methods that can be set beside TeaCache."""
    return [name for name, one in METHODS.items() if name != OURS and one.why_not(pipe, steps) is None]


def record(pipe: Any, run: StoredRun, uncached: Run, names: list[str]) -> Iterator[curves.Point]:
    """Every method at its settings, on a run's prompt, noise and rules."""
    request = checked(pipe, run.request)
    for method in (METHODS[name] for name in names):
        for values in settings_of(method, pipe, uncached):
            cached = method.run(pipe, request, values)
            yield curves.Point(
                method=method.name,
                values={knob: short(value) for knob, value in values.items()},
                share=short(cost(pipe, request, cached).share),
                measured=short(times(uncached, cached, skips_calls=method.aim is not None)),
                psnr=short(fidelity(cached.video, uncached.video).psnr),
            )


def settings_of(method: Method, pipe: Any, uncached: Run) -> list[dict[str, float]]:
    """Those of its ladder, or what it says for each share, each once."""
    if method.aim is None:
        return [dict(values) for values in method.ladder]
    aimed = (method.aim(pipe, uncached.trace, share) for share in SHARES)
    return [dict(items) for items in dict.fromkeys(tuple(values.items()) for values in aimed)]


def times(uncached: Run, cached: Run, *, skips_calls: bool) -> float:
    """How many times as fast, as the head of this file says."""
    if not skips_calls:
        whole = median(record.seconds for record in uncached.trace.records)
        return by_kinds(uncached, whole) / by_kinds(cached, whole)
    seconds = uncached.timings.denoising, cached.timings.denoising
    speedup = speed(uncached.trace, cached.trace, seconds=seconds).by_medians
    if speedup is None:
        raise RuntimeError("The calls of a run were not timed.")
    return speedup


def by_kinds(run: Run, whole: float) -> float:
    """Seconds of denoising, had each call taken the median of those that did the same share of the work.

    All at the pace of a machine on which a call that does all of it takes `whole` seconds.
    """
    if run.work is None:
        raise RuntimeError("The work of this run was not counted.")
    kinds: dict[float, list[float]] = defaultdict(list)
    for share, record in zip(run.work.shares, run.trace.records, strict=True):
        kinds[round(share, 2)].append(record.seconds)
    outside = run.timings.denoising - sum(record.seconds for record in run.trace.records)
    seconds = sum(len(one) * median(one) for one in kinds.values()) + max(0.0, outside)
    return seconds * whole / median(kinds[1.0])


def main() -> None:
    """Record the curves of one run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "name", nargs="?", default=TAKES[0].name, help="of a recorded run (default: the first)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=METHODS, help="these methods; the others stay as they are"
    )
    options = parser.parse_args()
    run = Store(RUNS).load(options.name)
    pipe = load(run.request.model)
    names = runs_on(pipe, run.request.steps)
    wanted = [name for name in names if name in (options.only or names)]
    points = [point for point in curves.points(run.place) if point.method not in wanted]
    uncached = uncached_run(pipe, run)
    for point in record(pipe, run, uncached, wanted):
        print(point, flush=True)
        points.append(point)
        curves.save(run.place, sorted(points, key=lambda one: names.index(one.method)))


if __name__ == "__main__":
    main()
