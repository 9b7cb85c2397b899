"""Plans schedules from a few prompts, for use on all others.

The errors of spans lead to two paths through the steps (paths.py), a beam (search.py) to others; swaps make
them better by estimate. The best by estimate are run on all the prompts; from the winner swaps go on, now by
runs: all on a few prompts, the best of these on the others. What does best is the plan. New prompts then
follow it without any decision. What was computed is kept in a folder, so that an interrupted plan goes on.
Knows pipelines through loops; nothing of pages.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from teacache.errors import RequestError
from teacache.method.planned import Planned
from teacache.runs.fidelity import psnr
from teacache.runs.request import Request
from teacache.study.book import Book
from teacache.study.loop import Loop, taken_apart
from teacache.study.paths import best_path
from teacache.study.profile import Profile, grid, growth, profile
from teacache.study.schedules import Schedule
from teacache.study.search import Score, beam, climbed, swaps
from teacache.study.walk import Reuse, cost, taking_apart, walk

REUSES = (Reuse(order=1, reach=0.25), Reuse(order=1, reach=0.5))
_KEEP = 14  # residuals of the first steps: good schedules begin by computing
_TINY = 1e-12  # of a squared error: below it nothing can be seen
_AROUND = 2  # steps that a swap may move a computed step by, once runs are made
_SCOUTS = 2  # prompts that every swap is run on before the best of them are run on all
T = TypeVar("T")
Choice = tuple[Reuse, Schedule]


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How far a plan is: steps computed, of how many."""

    done: int
    total: int


def plan(
    pipe: Any, requests: Sequence[Request], computed: int, **how: Any
) -> Generator[Planning, None, Planned]:
    """The schedule of `computed` steps alone; all else is as `plans` has it."""
    (result,) = yield from plans(pipe, requests, [computed], **how)
    return result


def plans(
    pipe: Any,
    requests: Sequence[Request],
    budgets: Sequence[int],
    *,
    reuses: Sequence[Reuse] = REUSES,
    trials: int = 4,
    rounds: int = 2,
    also: Iterable[Schedule] = (),
    folder: Path | None = None,
) -> Generator[Planning, None, list[Planned]]:
    """For each budget, the schedule of so many computed steps that does best on these requests.

    The requests share model and steps. By each way to reuse the `trials` best by estimate are run on all of
    them, and those of `also` that compute as many steps; then swaps from the winner, up to `rounds` times as
    long as that helps. Yields after every computed step; closed there, it stops, and `folder` lets it go on
    another time. Raises RequestError for requests that cannot be run and budgets that no run can have.
    """
    if not requests:
        raise RequestError("There is no prompt to plan on: give at least one.")
    book = Book(folder and folder / "plan.json")
    with taking_apart(pipe) as parts:
        count = _Count()
        prompts: list[_Prompt] = []
        for request in requests:
            loop = taken_apart(pipe, request, parts, keep=_KEEP)
            prompts.append(_Prompt(loop))
            book.write(distances_of(request), loop.distances)
            runs = len(requests) * (len(reuses) + rounds) * trials * sum(budgets)
            scouting = rounds * _SCOUTS * sum(_AROUND * budget**2 for budget in budgets)
            count.total = len(requests) * loop.steps + _growth_cost(loop.steps) + runs + scouting
            yield count.on(loop.steps)
        growing = yield from count.over(grown(prompts[0].loop, book))
        profiles = [profile(prompt.loop, growing) for prompt in prompts]
        trying, schedules = _Trying(prompts, profiles, book), list(also)
        planned: list[Planned] = []
        for budget in budgets:
            alike = (prompts[0].loop.steps, budget)
            more = [schedule for schedule in schedules if (len(schedule), sum(schedule)) == alike]
            chosen = yield from count.over(trying.best(budget, reuses, max(1, trials), rounds, more))
            planned.append(_planned(prompts, chosen, trying, count.done))
    return planned


def _planned(prompts: Sequence[_Prompt], chosen: Choice, trying: _Trying, cost: int) -> Planned:
    reuse, schedule = chosen
    request = prompts[0].loop.request
    return Planned(
        schedule=schedule,
        reuse=reuse.kept,
        order=reuse.order,
        reach=reuse.reach,
        model=request.model,
        guidance_scale=request.guidance_scale,
        prompts=len(prompts),
        cost=cost,
        quality=round(trying.quality[chosen], 2),
        source=f"python -m teacache plan: {trying.count(sum(schedule))} schedules run",
    )


def proposals(profiles: Sequence[Profile], computed: int, reuse: Reuse, count: int) -> list[Schedule]:
    """The `count` schedules with the smallest estimated errors, in dB over the prompts' mean: where swaps
    from the minimax path, the shortest path and a beam end, and what lies around.
    """
    score = _estimate(profiles, reuse)
    spans = np.mean([one.spans() for one in profiles], axis=0)
    starts = [best_path(spans, computed, path) for path in ("minimax", "shortest")]
    starts += beam(len(spans) - 1, computed, score)[:1]
    tops = dict.fromkeys(climbed(start, score) for start in starts)
    best = min(tops, key=score)
    around = set(swaps(best, far=_AROUND)) - set(tops)
    return [*sorted(tops, key=score), *sorted(around, key=score)][:count]


def _estimate(profiles: Sequence[Profile], reuse: Reuse) -> Score:
    def score(schedule: Schedule) -> float:
        errors = np.array([one.error(schedule, reuse) for one in profiles])
        return float(np.mean(10 * np.log10(errors + _TINY)))

    return score


@dataclass(frozen=True)
class _Prompt:
    """A loop, and the clip that its uncached run ends with, which is decoded once."""

    loop: Loop
    clips: list[np.ndarray] = field(default_factory=list)

    def quality(self, latents: Any) -> float:
        """PSNR in dB of the decoded clip."""
        if not self.clips:
            self.clips.append(self.loop.decode(self.loop.final) / 255.0)
        return psnr(self.loop.decode(latents) / 255.0, self.clips[0])


@dataclass
class _Trying:
    """Runs schedules on all prompts, each once; what is known is not run again."""

    prompts: Sequence[_Prompt]
    profiles: Sequence[Profile]
    book: Book
    quality: dict[Choice, float] = field(default_factory=dict)  # mean PSNR in dB

    def best(
        self,
        computed: int,
        reuses: Sequence[Reuse],
        trials: int,
        rounds: int,
        also: Sequence[Schedule] = (),
    ) -> Generator[None, None, Choice]:
        """The best of what is proposed and of `also`, then of what swaps lead to from the best so far."""
        for reuse in reuses:
            yield from self.run(reuse, [*proposals(self.profiles, computed, reuse, trials), *also])
        best = self._leader(computed)
        for _ in range(rounds):
            better = yield from self._scouted(*best)
            yield from self.run(best[0], better[:trials])
            if self._leader(computed) == best:
                break
            best = self._leader(computed)
        return best

    def _scouted(self, reuse: Reuse, schedule: Schedule) -> Generator[None, None, list[Schedule]]:
        """The swaps from a schedule that do better on the first prompts, the best first."""
        schedules = [schedule, *swaps(schedule, _AROUND)]
        by_prompt: list[dict[Schedule, float]] = []
        for prompt in self.prompts[:_SCOUTS]:
            by_prompt.append((yield from self._on(prompt, reuse, schedules)))
        means = {each: float(np.mean([qualities[each] for qualities in by_prompt])) for each in schedules}
        better = [each for each in schedules if means[each] > means[schedule]]
        return sorted(better, key=means.__getitem__, reverse=True)

    def count(self, computed: int) -> int:
        """How many schedules of so many computed steps were run."""
        return sum(sum(schedule) == computed for _, schedule in self.quality)

    def _leader(self, computed: int) -> Choice:
        mine = [choice for choice in self.quality if sum(choice[1]) == computed]
        return max(mine, key=self.quality.__getitem__)

    def run(self, reuse: Reuse, schedules: Iterable[Schedule]) -> Generator[None, None, None]:
        """A pause after every computed step."""
        missing = [schedule for schedule in schedules if (reuse, schedule) not in self.quality]
        by_prompt: list[dict[Schedule, float]] = []
        for prompt in self.prompts:
            by_prompt.append((yield from self._on(prompt, reuse, missing)))
        for schedule in missing:
            self.quality[reuse, schedule] = float(np.mean([qualities[schedule] for qualities in by_prompt]))

    def _on(
        self, prompt: _Prompt, reuse: Reuse, schedules: Sequence[Schedule]
    ) -> Generator[None, None, dict[Schedule, float]]:
        names = {schedule: _name(prompt.loop, schedule, reuse) for schedule in schedules}
        qualities = {schedule: self.book.read(name) for schedule, name in names.items()}
        missing = [schedule for schedule, quality in qualities.items() if quality is None]
        for done in walk(prompt.loop, missing, reuse):
            if done is None:
                yield
                continue
            schedule, latents = done
            qualities[schedule] = prompt.quality(latents)
            self.book.write(names[schedule], qualities[schedule])
        return qualities


def grown(loop: Loop, book: Book) -> Generator[None, None, np.ndarray]:
    """`growth` of this loop, or what the book knows of an earlier one: it hardly depends on the prompt."""
    curve = book.read("growth")
    if curve is None:
        curve = (yield from growth(loop)).tolist()
        book.write("growth", curve)
    return np.array(curve)


def distances_of(request: Request) -> str:
    """The name under which a book keeps the indicator's distances of an uncached run, step by step."""
    return f"{request.prompt}/{request.seed}/distances"


def _growth_cost(steps: int) -> int:
    return cost([tuple(n != step for n in range(steps)) for step in grid(steps)])


def _name(loop: Loop, schedule: Schedule, reuse: Reuse) -> str:
    bits = "".join(str(int(computed)) for computed in schedule)
    return f"{loop.request.prompt}/{loop.request.seed}/{reuse.name}/{reuse.reach:g}/{bits}/dB"


@dataclass
class _Count:
    """Counts computed steps while a part of the plan goes on."""

    done: int = 0
    total: int = 0

    def on(self, steps: int = 1) -> Planning:
        """So many more are done."""
        self.done += steps
        self.total = max(self.total, self.done)
        return Planning(done=self.done, total=self.total)

    def over(self, part: Generator[None, None, T]) -> Generator[Planning, None, T]:
        """The part's own result; yields how far the whole is."""
        while True:
            try:
                next(part)
            except StopIteration as end:
                return end.value
            yield self.on()
