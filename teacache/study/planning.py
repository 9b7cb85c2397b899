"""Plans a schedule from a few prompts, for use on all others.

The errors of spans lead to two paths through the steps (paths.py); swaps make the better one better, first by
estimate and then by runs of the same prompts, and what did best there is the plan. New prompts then follow it
without any decision. What was computed is kept in a folder, so that an interrupted plan goes on. Knows
pipelines through loops; nothing of pages.
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teacache.errors import RequestError
from teacache.method.planned import Planned
from teacache.runs.fidelity import fidelity
from teacache.runs.request import Request
from teacache.study.loop import Loop, taken_apart
from teacache.study.paths import best_path
from teacache.study.profile import Profile, grid, growth, profile
from teacache.study.schedules import Schedule
from teacache.study.search import climbed, swaps
from teacache.study.walk import Reuse, cost, taking_apart, walk

ORDER_1 = Reuse(order=1)
_KEEP = 14  # residuals of the first steps: good schedules begin by computing
_TINY = 1e-12  # of a squared error: below it nothing can be seen


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How far a plan is: steps computed, of how many."""

    done: int
    total: int


Steps = Generator[Planning, None, Any]


def plan(
    pipe: Any,
    requests: Sequence[Request],
    computed: int,
    *,
    reuse: Reuse = ORDER_1,
    trials: int = 4,
    folder: Path | None = None,
) -> Generator[Planning, None, Planned]:
    """The schedule of `computed` steps that does best on these requests, which share model and steps.

    `trials` schedules are run on all of them, the winner is taken: 1 trusts the estimate. Yields after every
    computed step; closed there, it stops, and `folder` lets it go on another time. Raises RequestError for
    requests that cannot be run and budgets that no run can have.
    """
    if not requests:
        raise RequestError("There is no prompt to plan on: give at least one.")
    book = _Book(folder)
    with taking_apart(pipe) as held:
        loops = []
        for request in requests:
            loops.append(taken_apart(pipe, request, held, keep=_KEEP))
            steps = loops[0].steps
            total = len(requests) * steps + _growth_cost(steps) + trials * computed * len(requests)
            yield Planning(done=steps * len(loops), total=total)
        count = _Count(steps * len(loops), total)
        grown = yield from count.over(_grown(loops[0], book))
        profiles = [profile(loop, grown) for loop in loops]
        found = proposals(profiles, computed, reuse, trials)
        scores = yield from count.over(_tried(loops, found, reuse, book))
        best = min(found, key=lambda schedule: scores[schedule])
        quality = yield from count.over(_quality(loops, best, reuse))
    return Planned(
        schedule=best,
        reuse=reuse.kept,
        order=reuse.order,
        reach=reuse.reach,
        model=loops[0].request.model,
        guidance_scale=loops[0].request.guidance_scale,
        prompts=len(loops),
        cost=count.done,
        quality=round(quality, 2),
        source=f"python -m teacache plan: {len(found)} schedules tried",
    )


def proposals(profiles: Sequence[Profile], computed: int, reuse: Reuse, count: int) -> list[Schedule]:
    """The `count` schedules with the smallest estimated errors, in dB over the prompts' mean: where swaps
    from the minimax and from the shortest path end, and what lies around.
    """

    def score(schedule: Schedule) -> float:
        return _mean_db([one.error(schedule, reuse) for one in profiles])

    spans = np.mean([one.spans() for one in profiles], axis=0)
    starts = [best_path(spans, computed, path) for path in ("minimax", "shortest")]
    tops = dict.fromkeys(climbed(start, score) for start in starts)
    best = min(tops, key=score)
    around = sorted(set(swaps(best, far=2)) - set(tops), key=score)
    return [*sorted(tops, key=score), *around][: max(1, count)]


def _grown(loop: Loop, book: _Book) -> Generator[None, None, np.ndarray]:
    known = book.read("growth")
    if known is None:
        known = (yield from growth(loop)).tolist()
        book.write("growth", known)
    return np.array(known)


def _growth_cost(steps: int) -> int:
    return cost([tuple(n != step for n in range(steps)) for step in grid(steps)])


def _tried(
    loops: Sequence[Loop], schedules: Sequence[Schedule], reuse: Reuse, book: _Book
) -> Generator[None, None, dict[Schedule, float]]:
    """The mean error of each in dB, from runs; one alone is not run."""
    if len(schedules) == 1:
        return {schedules[0]: 0.0}
    errors: dict[Schedule, list[float]] = {schedule: [] for schedule in schedules}
    for loop in loops:
        missing = []
        for schedule in schedules:
            known = book.read(_key(loop, schedule, reuse))
            if known is None:
                missing.append(schedule)
            else:
                errors[schedule].append(known)
        for done in walk(loop, missing, reuse):
            if done is None:
                yield
                continue
            error = float((done[1] - loop.final).float().pow(2).mean())
            book.write(_key(loop, done[0], reuse), error)
            errors[done[0]].append(error)
    return {schedule: _mean_db(found) for schedule, found in errors.items()}


def _quality(loops: Sequence[Loop], schedule: Schedule, reuse: Reuse) -> Generator[None, None, float]:
    """Mean PSNR in dB of the decoded clips."""
    found = []
    for loop in loops:
        for done in walk(loop, [schedule], reuse):
            if done is None:
                yield
            else:
                found.append(fidelity(loop.decode(done[1]), loop.decode(loop.final)).psnr)
    return float(np.mean(found))


def _mean_db(errors: Sequence[float]) -> float:
    return float(np.mean([10 * math.log10(error + _TINY) for error in errors]))


def _key(loop: Loop, schedule: Schedule, reuse: Reuse) -> str:
    bits = "".join(str(int(computed)) for computed in schedule)
    return f"{loop.request.prompt}/{loop.request.seed}/{reuse.name}/{reuse.reach:g}/{bits}"


@dataclass
class _Count:
    """Counts computed steps while a part of the plan goes on."""

    done: int
    total: int

    def over(self, part: Generator[None, None, Any]) -> Steps:
        """The part's own result; yields how far the whole is."""
        while True:
            try:
                next(part)
            except StopIteration as end:
                return end.value
            self.done += 1
            self.total = max(self.total, self.done)
            yield Planning(done=self.done, total=self.total)


@dataclass(frozen=True)
class _Book:
    """Numbers that were computed before, in a file; without a folder only in vain."""

    folder: Path | None

    def read(self, key: str) -> Any:
        """None where it is not known."""
        return self._all().get(key)

    def write(self, key: str, value: Any) -> None:
        """Kept at once."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self._all() | {key: value}), encoding="utf-8")
        unfinished.replace(self._path)

    @property
    def _path(self) -> Path:
        return self.folder / "plan.json"

    def _all(self) -> dict[str, Any]:
        if self.folder is None or not self._path.exists():
            return {}
        return json.loads(self._path.read_text(encoding="utf-8"))
