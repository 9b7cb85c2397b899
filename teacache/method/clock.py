"""When is this call? Tells runs, steps and branches apart without trusting the caller.

One clock serves all transformers of a pipeline (two experts share one schedule). Knows the scheduler's list
of timesteps and what a call brings along; nothing of blocks or decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

_NO_RUN = object()
_BOTH_BRANCHES = "cond_uncond"  # cache_context of diffusers pipelines that stack both branches in one call
_GUIDER = "pred_"  # what diffusers' guiders put before the name of a branch


@dataclass(frozen=True)
class Tick:
    """The place of one call in its run."""

    run: int
    call: int
    step: int
    steps: int | None  # None: the scheduler has no list of timesteps
    timestep: float
    branch: str
    position: int | None = None  # index in scheduler.timesteps, where the timestep argument is a view into it


@dataclass
class _Run:
    """What is remembered within one run."""

    schedule: Any  # scheduler.timesteps itself: held, so that no later tensor can have its id
    values: list[float]
    number: int
    calls: int = 0
    step: int = -1
    offset: int = 0  # where in the schedule the run began (image to video starts late)
    moment: float | None = None  # position in the schedule, or else the value of the timestep argument
    start: float | None = None  # the first moment of the run
    seen: list[str | None] = field(default_factory=list)  # contexts of this step's calls so far
    calls_per_step: int = 1  # of the finished steps
    first_branch: str | None = None  # name of a step's first call, where the pipeline gives none

    @property
    def steps(self) -> int | None:
        return len(self.values) - self.offset if self.values else None


class Clock:
    """Counts calls, steps and runs of one pipeline.

    A new run is a new `scheduler.timesteps` object (every `set_timesteps` makes one), the pipeline's own
    end-of-run reset, or time that goes back. A call belongs to the current step
    - by its `cache_context`, where the pipeline sets one: a name heard before in this step begins the next;
    - else by its place in the schedule, where the timestep argument is a view into `scheduler.timesteps`, as
      in Latte: exact, repeated timesteps (PNDM, Heun) included, and it needs no host sync;
    - else by the value of that argument, one scalar read per call: equal values are branches of one step,
      except where the schedule repeats the value; then a new step begins after as many calls as the finished
      steps had (one, before any has).
    """

    def __init__(self, scheduler: Any, guided: Callable[[], bool | None] = lambda: None):
        self.scheduler = scheduler
        self._guided = guided  # does the pipeline use classifier-free guidance? None: it does not say
        self._run = _Run(_NO_RUN, [], 0)

    @property
    def steps(self) -> int:
        """Steps of the current or last run, as far as the schedule tells."""
        return self._run.steps or self._run.step + 1

    @property
    def schedule(self) -> Any:
        """`scheduler.timesteps` of the current run."""
        return self._run.schedule

    def end_run(self) -> None:
        """The next call begins a new run."""
        self._run.schedule = _NO_RUN

    def tick(self, latents: torch.Tensor, timestep: Any, context: str | None = None) -> Tick:
        """The place of the call that is about to happen.

        Noisy `latents` (B, ...); `timestep` 0-d, (B,), one per token, or a number; `context` as was set.
        """
        run = self._run
        schedule = getattr(self.scheduler, "timesteps", None)
        if schedule is not run.schedule:
            run = self._begin(schedule)
        position = _position_in(run.schedule, timestep)
        moment = position if position is not None or context is not None else _value(timestep)
        if self._restarts(run, position, moment, context):
            run = self._begin(schedule)
        if _begins_step(run, position, moment, context):
            _enter_step(run, position, moment)
        branch = self._name(run, latents, context)
        run.seen.append(context)
        run.calls += 1
        value = _timestep_of(run, timestep)
        return Tick(run.number, run.calls - 1, run.step, run.steps, value, branch, position)

    def _begin(self, schedule: Any) -> _Run:
        self._run = _Run(schedule, _values(schedule), self._run.number + 1)
        return self._run

    def _restarts(self, run: _Run, position: int | None, moment: float | None, context: str | None) -> bool:
        """Whether time went back, or past the end: an own loop over a schedule that was not set anew."""
        if run.step < 0 or not _begins_step(run, position, moment, context):
            return False
        if position is not None and run.moment is not None:
            return position < run.moment
        past_the_end = run.steps is not None and run.step + 1 >= run.steps
        return past_the_end or (moment is not None and moment == run.start != run.moment)

    def _name(self, run: _Run, latents: torch.Tensor, context: str | None) -> str:
        if context is not None and context != _BOTH_BRANCHES:
            return context.removeprefix(_GUIDER)
        if run.seen:
            return f"call{len(run.seen)}"
        if run.first_branch is None:
            run.first_branch = self._first_name(latents, context)
        return run.first_branch

    def _first_name(self, latents: torch.Tensor, context: str | None) -> str:
        """Name the first call of a step from evidence, once a run.

        Costs one host sync, at a call that is computed anyway.
        Without guidance there is only the condition. With it, both branches are in one batch exactly if the
        two halves hold the same noisy latents; otherwise they are separate calls whose order nobody told us.
        """
        guided = self._guided()
        if guided is False:
            return "cond"
        if context == _BOTH_BRANCHES:
            return "batched"
        half, rest = divmod(latents.shape[0], 2)
        if half and not rest and torch.equal(latents[:half], latents[half:]):
            return "batched"
        return "call0"


def _begins_step(run: _Run, position: int | None, moment: float | None, context: str | None) -> bool:
    if run.step < 0:
        return True
    if context is not None and context in run.seen:
        return True
    if position is not None or context is not None:
        return position != run.moment
    if moment != run.moment:
        return True
    here = run.offset + run.step
    repeated = _at(run.values, here + 1) is not None and _at(run.values, here + 1) == _at(run.values, here)
    return repeated and len(run.seen) >= run.calls_per_step


def _enter_step(run: _Run, position: int | None, moment: float | None) -> None:
    run.calls_per_step = max(run.calls_per_step, len(run.seen))
    if run.step < 0:
        run.start = moment
        run.offset = position if position is not None else _index(run.values, moment)
    run.step = run.step + 1 if position is None else position - run.offset
    run.moment, run.seen = moment, []


def _position_in(schedule: Any, timestep: Any) -> int | None:
    """Index of `timestep` in the schedule, if it is a view of one element of that very tensor; no sync."""
    if not (isinstance(schedule, torch.Tensor) and isinstance(timestep, torch.Tensor)):
        return None
    if schedule.dim() != 1 or timestep.dtype != schedule.dtype:
        return None
    if timestep.untyped_storage().data_ptr() != schedule.untyped_storage().data_ptr():
        return None
    if any(n > 1 and stride for n, stride in zip(timestep.shape, timestep.stride(), strict=True)):
        return None  # several values
    index, rest = divmod(timestep.storage_offset() - schedule.storage_offset(), max(1, schedule.stride(0)))
    return index if rest == 0 and 0 <= index < len(schedule) else None


def _value(timestep: Any) -> float | None:
    if timestep is None:
        return None
    return float(timestep.max()) if isinstance(timestep, torch.Tensor) else float(timestep)


def _values(schedule: Any) -> list[float]:
    if schedule is None:
        return []
    return [float(t) for t in (schedule.tolist() if hasattr(schedule, "tolist") else schedule)]


def _at(values: list[float], index: int) -> float | None:
    return values[index] if 0 <= index < len(values) else None


def _index(values: list[float], value: float | None) -> int:
    return values.index(value) if value in values else 0


def _timestep_of(run: _Run, timestep: Any) -> float:
    """The scheduler's own value where it has one: models are given scaled or rounded ones."""
    known = _at(run.values, run.offset + run.step)
    return known if known is not None else (_value(timestep) or 0.0)
