"""When is this call? Tells clips, runs, steps, branches and windows apart without trusting the caller.

One clock serves all transformers of a pipeline (two experts share one schedule). It asks the scheduler that
the pipeline has now, and listens to it and to the pipeline; it knows what a call brings along; nothing of
blocks or decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from teacache.method.listening import listen
from teacache.method.passing import Pass, enter_step, goes_back, moves_on, timestep_of
from teacache.method.timesteps import place_in, steps_in, values_in, values_of
from teacache.method.turn import Turn
from teacache.method.windows import Caller, Windows

_NO_RUN = object()
_BOTH_BRANCHES = "cond_uncond"  # cache_context of diffusers pipelines that stack both branches in one call
_GUIDER = "pred_"  # what diffusers' guiders put before the name of a branch


@dataclass(frozen=True)
class Tick:
    """The place of one call in its run."""

    clip: int  # 1-based: calls of the pipeline, each with one run or more
    run: int  # 0-based within the clip: a pass over a schedule, such as one segment of a long video
    call: int  # 0-based within the clip
    step: int  # 0-based within the run
    steps: int | None  # of the run; None: nobody said
    steps_before: int  # of the clip's earlier runs
    timestep: float
    branch: str
    window: int = 0  # which part of the video, where one step makes several
    position: int | None = None  # index in scheduler.timesteps, where the timestep argument is a view into it

    @property
    def last(self) -> bool:
        """Whether its step is known to be the last of the run."""
        return self.steps is not None and self.step + 1 >= self.steps


@dataclass(frozen=True)
class _Loop:
    """What a pipeline's progress bar is for: a part of the schedule, or a number of steps."""

    schedule: Any
    end: int | None = None  # one past its last place in the schedule
    steps: int | None = None


class Clock:
    """Counts calls, steps, runs and clips of one pipeline.

    A new clip begins after the pipeline's `__call__` has ended. Within it a new run is a new
    `scheduler.timesteps` object (every `set_timesteps` makes one), the pipeline's own end-of-run reset, or
    time that goes back. A call begins a new step
    - where its timestep argument is a view into `scheduler.timesteps`: if it is another element;
    - else if the scheduler's `step()` was called since the last call;
    - else, in a loop that never calls `step()`, if the argument has another value; reading it waits for the
      device.
    How many steps a run has is the length of the loop that the pipeline told its progress bar, or else what
    the schedule holds from the place where the run began.
    """

    def __init__(self, pipe: Any, guided: Callable[[], bool | None] = lambda: None):
        self._pipe = pipe
        self._guided = guided  # does the pipeline use classifier-free guidance? None: it does not say
        self._turn = Turn()
        self._run = Pass(_NO_RUN)
        self._clips: list[list[Pass]] = []
        self._clip_is_over = True
        self._calls = 0  # of the clip
        self._loop: _Loop | None = None  # that the next run is
        self._heard: Any = None  # the scheduler that is listened to
        self._stop: list[Callable[[], None]] = []
        self.when_over: list[Callable[[], None]] = []  # told when nothing of a run can be needed any more

    def listen(self) -> None:
        """Begin to hear the pipeline: until `stop_listening`."""
        self._stop = [
            listen(self._pipe, "__call__", self._end_clip, before=self._turn.begin),
            listen(self._pipe, "progress_bar", self._hear_progress_bar),
        ]

    def stop_listening(self) -> None:
        """Leave the pipeline and its scheduler as they were."""
        while self._stop:
            self._stop.pop()()
        self._heard = None

    @property
    def schedule(self) -> Any:
        """`scheduler.timesteps` of the current run."""
        return self._run.schedule

    def steps(self, clip: int) -> tuple[int, ...]:
        """Steps of each run of a clip (1-based), as far as the schedule tells."""
        return tuple(run.length for run in self._clips[clip - 1])

    def end_run(self) -> None:
        """The next call begins a new run."""
        self._tell_over()
        self._run = Pass(_NO_RUN)

    def _tell_over(self) -> None:
        self._run.windows = Windows()
        for tell in self.when_over:
            tell()

    def tick(
        self, latents: torch.Tensor, timestep: Any, context: str | None = None, text: Any = None
    ) -> Tick:
        """The place of the call that is about to happen.

        Noisy `latents` (B, ...), which must not change afterwards; `timestep` 0-d, (B,), one per token, or a
        number; `context` as was set; `text` (B, tokens, channels) as the transformer is given it.
        """
        scheduler = self._scheduler()
        schedule = getattr(scheduler, "timesteps", None)
        if schedule is not self._run.schedule:
            self._begin(scheduler)
        place = place_in(schedule, timestep)
        given = None if place is not None or self._run.stepping else values_of(timestep)
        index = getattr(scheduler, "step_index", None)
        if self._run.step >= 0 and goes_back(self._run, place, given, index):
            self._begin(scheduler)
            given = None if place is not None else values_of(timestep)
        run = self._run
        if moves_on(run, place, given):
            enter_step(run, place, given, index, getattr(scheduler, "begin_index", None))
        run.index = index
        window, caller = run.windows.place(latents, context, text)
        self._calls += 1
        return Tick(
            clip=len(self._clips),
            run=len(self._clips[-1]) - 1,
            call=self._calls - 1,
            step=run.step,
            steps=run.steps,
            steps_before=sum(before.length for before in self._clips[-1][:-1]),
            timestep=timestep_of(run, given, timestep),
            branch=self._name(run, latents, caller),
            window=window,
            position=place,
        )

    def _scheduler(self) -> Any:
        """The pipeline's scheduler of this moment, listened to."""
        scheduler = getattr(self._pipe, "scheduler", None)
        if scheduler is not self._heard:
            self._heard = scheduler
            self._stop.append(listen(scheduler, "step", self._hear_step))
        return scheduler

    def _hear_step(self, *args: Any, **kwargs: Any) -> None:
        run, index = self._run, getattr(self._heard, "step_index", None)
        if not run.stepping and run.step >= 0 and isinstance(index, int) and run.place is None:
            run.offset = max(0, index - 1)  # the first step that it made: now it says where the run began
        run.stepping = run.stepped = True
        if run.steps is not None and run.step + 1 >= run.steps:
            self._tell_over()  # before the pipeline decodes

    def _hear_progress_bar(self, iterable: Any = None, total: int | None = None, **kwargs: Any) -> None:
        schedule = getattr(getattr(self._pipe, "scheduler", None), "timesteps", None)
        first = place_in(schedule, iterable[:1]) if isinstance(iterable, torch.Tensor) else None
        if first is not None:
            self._loop = _Loop(schedule, end=first + len(iterable))
        elif total is not None and schedule is not None and total > len(schedule):
            self._loop = _Loop(schedule, steps=total)  # one of fewer may count every second step (Heun)

    def _end_clip(self, *args: Any, **kwargs: Any) -> None:
        self.end_run()
        self._clip_is_over = True
        self._turn.end()

    def _begin(self, scheduler: Any) -> None:
        if self._clip_is_over:
            self._clip_is_over, self._calls = False, 0
            self._clips.append([])
        elif self._clips[-1]:
            self._clips[-1][-1].close()
        schedule = getattr(scheduler, "timesteps", None)
        self._run = run = Pass(schedule, values_in(schedule))
        run.last = steps_in(run.values, scheduler)
        if self._loop is not None and self._loop.schedule is schedule:
            run.last, run.told = min(run.last, self._loop.end or run.last), self._loop.steps
        self._loop = None
        self._clips[-1].append(run)

    def _name(self, run: Pass, latents: torch.Tensor, caller: Caller) -> str:
        name, nth = caller
        if isinstance(name, str) and name != _BOTH_BRANCHES:
            return name.removeprefix(_GUIDER) + (str(nth) if nth else "")
        if caller not in run.unnamed:
            run.unnamed.append(caller)
        order = run.unnamed.index(caller)
        if order:
            return f"call{order}"
        if run.first_branch is None:
            run.first_branch = self._first_name(latents, name)
        return run.first_branch

    def _first_name(self, latents: torch.Tensor, context: str | int) -> str:
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
