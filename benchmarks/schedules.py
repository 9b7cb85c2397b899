"""Planned schedules beside TeaCache and uniform reuse, on prompts that nothing was planned or tuned on.

`nice -n 10 python -m benchmarks.schedules --prompts 30`: a row goes to a file as soon as it is known, so that
it can be stopped and begun again; the table is printed after every prompt. TeaCache's thresholds are chosen
on calibration prompts, so that it computes as many steps on average; the planned schedules are those in
assets/schedules. "searched" is what a search on this very prompt leads to: by estimate from its own uncached
run, the best of it run. The best found of a prompt is the best of all its rows, and no method.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.schedules_table import Row, table
from teacache.method.gate import Gate, Settings
from teacache.method.planned import Planned
from teacache.models import load
from teacache.models.schedules import shipped
from teacache.runs.fidelity import fidelity
from teacache.study.book import Book
from teacache.study.clips import last
from teacache.study.collect import CACHE, Setup, setup_of
from teacache.study.loop import Loop, taken_apart
from teacache.study.planning import distances_of, grown, proposals
from teacache.study.profile import profile
from teacache.study.prompts import Purpose, prompts_for
from teacache.study.schedules import Schedule, uniform
from teacache.study.walk import Reuse, gated, taking_apart, walk

KEEP = 14
CALIBRATION = 6  # prompts that TeaCache's thresholds are chosen on
STEPS = 50
METHODS = ("teacache", "planned", "uniform", "searched")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One run to be made: of a schedule, or of TeaCache where there is none."""

    method: str
    budget: int
    reuse: Reuse
    schedule: Schedule | None = None

    def is_of(self, row: Row) -> bool:
        """Whether that row is this run's; a searched one is as good as another."""
        same = (row.method, row.budget) == (self.method, self.budget)
        if self.method != "planned":
            return same
        return same and (row.schedule, row.order, row.reach) == (
            bits(self.schedule),
            self.reuse.order,
            self.reuse.reach,
        )


def main() -> None:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="shapes")
    parser.add_argument("--prompts", type=int, default=30)
    parser.add_argument("--only", type=int, nargs="+", help="these prompts, by number from 0, in this order")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS, help="default: all")
    parser.add_argument("--rows", type=Path, default=None, help="the file that the rows go to")
    options = parser.parse_args()
    pipe = load(options.model)
    setup = setup_of(pipe, steps=STEPS, guidance=None, flow_shift=None, seed=0)
    path = options.rows or CACHE / f"schedules-{options.model}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    study = Study(pipe, setup, planned_for(setup))
    prompts = prompts_for("evaluation", options.prompts, model=setup.model)
    rows = Counter(row.index for row in read(path))
    usual = sorted(range(len(prompts)), key=rows.__getitem__)  # those that least is known of first
    for index in options.only or usual:
        mine = [row for row in read(path) if row.index == index]
        for row in study.rows(index, prompts[index], known=mine, methods=options.methods):
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
        print(table(study.current(read(path))), flush=True)


def read(path: Path) -> list[Row]:
    """The rows so far."""
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def planned_for(setup: Setup) -> tuple[Planned, ...]:
    """The schedules that ship for this model and so many steps."""
    return tuple(each for each in shipped(setup.model) if len(each.schedule) == setup.steps)


class Study:
    """What all prompts share: the pipeline, the schedules, TeaCache's thresholds, how errors grow."""

    def __init__(self, pipe: Any, setup: Setup, planned: Sequence[Planned]):
        self.pipe, self.setup, self.planned = pipe, setup, planned
        self.book = Book(setup.folder(pipe.teacache_card, "plan") / "plan.json")
        self._thresholds: dict[int, float] | None = None

    def rows(
        self, index: int, prompt: str, *, known: Sequence[Row] = (), methods: Sequence[str] = METHODS
    ) -> Iterator[Row]:
        """Every run of a prompt that is not known, judged against its uncached clip."""
        tasks = [task for task in self._tasks() if task.method in methods]
        wanted = [task for task in tasks if not any(task.is_of(row) for row in known)]
        if not wanted:
            return
        thresholds, growth = self.thresholds(), self._growth() if "searched" in methods else None
        with taking_apart(self.pipe) as held:
            loop = self._loop(held, "evaluation", index, prompt)
            reference = loop.decode(loop.final)
            for task in wanted:
                schedule, latents = self._run(loop, task, thresholds[task.budget], growth)
                nearness = fidelity(loop.decode(latents), reference)
                yield Row(
                    index=index,
                    prompt=prompt,
                    method=task.method,
                    budget=task.budget,
                    computed=sum(schedule),
                    order=task.reuse.order,
                    reach=task.reuse.reach,
                    psnr=round(nearness.psnr, 3),
                    ssim=round(nearness.ssim, 5),
                    schedule=bits(schedule),
                )

    def current(self, rows: Sequence[Row]) -> list[Row]:
        """Without the rows of schedules that were planned before: they count as tries on those prompts."""
        tasks = self._tasks()
        return [
            row
            if row.method != "planned" or any(task.is_of(row) for task in tasks)
            else row.replaced(method="candidate")
            for row in rows
        ]

    def _tasks(self) -> list[Task]:
        tasks = []
        for planned in self.planned:
            budget = planned.computed
            reuse = Reuse(kept=planned.reuse, order=planned.order, reach=planned.reach)
            even = uniform(self.setup.steps, budget)
            tasks += [
                Task(method="teacache", budget=budget, reuse=Reuse()),
                Task(method="planned", budget=budget, reuse=reuse, schedule=planned.schedule),
                Task(method="uniform", budget=budget, reuse=Reuse(), schedule=even),
                Task(method="searched", budget=budget, reuse=reuse),
            ]
        return tasks

    def _run(self, loop: Loop, task: Task, threshold: float, growth: Any) -> tuple[Schedule, Any]:
        known_ahead = self.pipe.teacache_card.latent_free
        if task.method == "teacache" and not known_ahead:
            schedule, node = last(gated(loop, self._settings(threshold), task.reuse))
            return schedule, node.state.latents
        schedule = task.schedule
        if task.method == "teacache":
            schedule = self._decided(loop.distances, threshold)
        elif schedule is None:
            (schedule,) = proposals([profile(loop, growth)], task.budget, task.reuse, 1)
        (result,) = [one for one in walk(loop, [schedule], task.reuse) if one]
        return result

    def thresholds(self) -> dict[int, float]:
        """By budget the threshold at which TeaCache computes as many steps, in the mean of calibration."""
        if self._thresholds is None:
            distances = self._distances()
            grid = np.geomspace(0.003, 3, 400)
            means = np.array([np.mean([sum(self._decided(d, value)) for d in distances]) for value in grid])
            budgets = [planned.computed for planned in self.planned]
            self._thresholds = {b: float(grid[np.argmin(np.abs(means - b))]) for b in budgets}
        return self._thresholds

    def _distances(self) -> list[Sequence[float | None]]:
        distances = []
        for index, prompt in enumerate(prompts_for("calibration", CALIBRATION, model=self.setup.model)):
            request = self.setup.request(self.pipe.teacache_card, prompt, "calibration", index)
            name = distances_of(request)
            if self.book.read(name) is None:
                with taking_apart(self.pipe) as held:
                    self.book.write(name, self._loop(held, "calibration", index, prompt).distances)
            distances.append(self.book.read(name))
        return distances

    def _growth(self) -> np.ndarray:
        """As a plan has it: of the first calibration prompt, measured once."""
        growth = self.book.read("growth")
        if growth is not None:
            return np.array(growth)
        (prompt,) = prompts_for("calibration", 1, model=self.setup.model)
        with taking_apart(self.pipe) as held:
            return last(grown(self._loop(held, "calibration", 0, prompt), self.book))

    def _decided(self, distances: Sequence[float | None], threshold: float) -> Schedule:
        """What the gate makes of an uncached run's distances; in a cached run they may be others."""
        gate, steps = Gate(self._settings(threshold)), len(distances)
        return tuple(gate.decide(step=i, steps=steps, distance=d).computed for i, d in enumerate(distances))

    def _settings(self, threshold: float) -> Settings:
        return self.pipe.teacache_card.settings(threshold)

    def _loop(self, held: Any, purpose: Purpose, index: int, prompt: str) -> Loop:
        request = self.setup.request(self.pipe.teacache_card, prompt, purpose, index)
        return taken_apart(self.pipe, request, held, keep=KEEP)


def bits(schedule: Schedule | None) -> str:
    """Such as 1101: computed, computed, reused, computed."""
    return "".join(str(int(computed)) for computed in schedule or ())


if __name__ == "__main__":
    main()
