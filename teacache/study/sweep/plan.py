"""What a sweep runs: prompts x seeds of the noise x methods, each method at several levels.

A level is one setting of a method's knobs. Levels come from budgets (computed steps, for which thresholds
are chosen on uncached runs of other prompts), from thresholds, or from a method's own ladder. Knows methods
and traces; runs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from teacache.errors import RequestError
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import Card
from teacache.runs.limits import STEPS
from teacache.runs.request import Checked
from teacache.study.budget import threshold_for_budget
from teacache.study.collect import Setup
from teacache.study.methods import METHODS, Method, Values, methods_named, refuse
from teacache.study.methods.ours import naive_of, settings_of
from teacache.study.sweep.rows import UNCACHED

# Their thresholds are chosen for the mean cost over all calibration runs; other methods aim at each alone.
_POOLED: dict[str, Callable[[Any, float], Settings]] = {"teacache": settings_of, "naive": naive_of}


@dataclass(frozen=True, kw_only=True)
class Level:
    """A method at one setting."""

    method: str
    values: tuple[tuple[str, float], ...] = ()  # of its knobs, by name
    budget: int | None = None  # computed steps that they were chosen for

    @property
    def knob(self) -> float:
        """The number that tells it from the method's other levels at a glance."""
        return self.values[0][1] if self.values else 0.0

    @property
    def name(self) -> str:
        """Of its files; the same for the same method and values."""
        return "-".join([self.method, *(f"{value:.6g}" for _, value in self.values)])


BASELINE = Level(method=UNCACHED)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """The runs that share one prompt, one noise and so one uncached run: what a worker is given at a time."""

    index: int
    request: Checked
    levels: tuple[Level, ...]  # still to be run

    def key(self, level: Level) -> str:
        """Of a run's row and files."""
        return f"{self.index:04d}-{self.request.seed}-{level.name}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All of it. `settings` are TeaCache's on this model: its polynomial and its rules."""

    setup: Setup
    prompts: tuple[str, ...]
    levels: tuple[Level, ...]
    settings: Settings
    seeds: int = 1  # noises for each prompt

    def units(self, card: Card, keys: Iterable[str] = ()) -> list[Unit]:
        """What is still to be run, a unit for each prompt and noise; `keys`: of finished rows."""
        done = set(keys)
        return [unit for unit in (_left(whole, done) for whole in self._whole(card)) if unit.levels]

    def keys(self, card: Card) -> list[str]:
        """Of all rows, in the order of the table."""
        return [unit.key(level) for unit in self._whole(card) for level in unit.levels]

    def _whole(self, card: Card) -> list[Unit]:
        setups = [replace(self.setup, seed=self.setup.seed + more) for more in range(self.seeds)]
        return [
            Unit(
                index=index,
                request=setup.request(card, prompt, "evaluation", index),
                levels=(BASELINE, *self.levels),
            )
            for index, prompt in enumerate(self.prompts)
            for setup in setups
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "setup": asdict(self.setup),
            "settings": self.settings.to_json(),
            "prompts": list(self.prompts),
            "seeds": self.seeds,
            "levels": [asdict(level) | {"values": dict(level.values)} for level in self.levels],
        }


def levels_for_budgets(
    pipe: Any, names: Sequence[str], budgets: Sequence[int], steps: int, traces: Sequence[Trace]
) -> tuple[Level, ...]:
    """Each method at each budget (computed steps), or on its own ladder where it cannot aim at one.

    `traces` are uncached runs of the calibration prompts. Raises RequestError for an unknown method, one that
    does not run on `pipe`, or a budget that a run of so many steps cannot have.
    """
    check_budgets(budgets, steps)
    refuse(pipe, names, steps)
    return tuple(
        level
        for method in methods_named(names)
        for level in (_ladder(method) if method.aim is None else _aimed(method, pipe, budgets, steps, traces))
    )


def levels_for_thresholds(names: Sequence[str], thresholds: Sequence[float]) -> tuple[Level, ...]:
    """Each method that has a threshold at each of these; the others are left out. Raises RequestError."""
    for threshold in thresholds:
        if not threshold > 0:
            raise RequestError(f"A threshold of {threshold:g} reuses nothing: choose numbers above 0.")
    return tuple(
        Level(method=method.name, values=(("threshold", float(threshold)),))
        for method in methods_named(names)
        if [knob.name for knob in method.knobs] == ["threshold"]
        for threshold in thresholds
    )


def runnable(pipe: Any, steps: int) -> tuple[str, ...]:
    """The names of all methods that run on a pipeline with so many steps."""
    return tuple(name for name, method in METHODS.items() if method.why_not(pipe, steps) is None)


def check_budgets(budgets: Sequence[int], steps: int) -> None:
    """Raises RequestError for a number of computed steps that no run of so many steps can have."""
    for budget in budgets:
        if not STEPS[0] <= budget <= steps:
            raise RequestError(
                f"A budget of {budget} of {steps} steps is impossible: choose from {STEPS[0]} to {steps}."
            )


def values_json(level: Level) -> str:
    """A level's values as the table holds them."""
    return json.dumps(dict(level.values))


def _left(unit: Unit, done: set[str]) -> Unit:
    return replace(unit, levels=tuple(level for level in unit.levels if unit.key(level) not in done))


def _ladder(method: Method) -> list[Level]:
    return [Level(method=method.name, values=_pairs(rung)) for rung in method.ladder]


def _aimed(
    method: Method, pipe: Any, budgets: Sequence[int], steps: int, traces: Sequence[Trace]
) -> list[Level]:
    return [
        Level(method=method.name, values=_pairs(_aim(method, pipe, budget / steps, traces)), budget=budget)
        for budget in budgets
    ]


def _aim(method: Method, pipe: Any, share: float, traces: Sequence[Trace]) -> Values:
    if method.name in _POOLED:
        calls = sum(len(trace.records) for trace in traces) / len(traces)
        settings = _POOLED[method.name](pipe, 1.0)
        return {"threshold": threshold_for_budget(traces, settings, share * calls).threshold}
    aim = method.aim
    if aim is None:
        raise AssertionError(f"{method.name} cannot aim: it has a ladder")
    aims = [aim(pipe, trace, share) for trace in traces]
    return {name: median(one[name] for one in aims) for name in aims[0]}


def _pairs(values: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((name, float(value)) for name, value in values.items())
