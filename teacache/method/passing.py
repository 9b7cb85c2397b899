"""One pass over a schedule: where it stands, and whether a call goes on in it. Hears nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from teacache.method.timesteps import Given, start_in, values_of
from teacache.method.windows import Caller, Windows


@dataclass
class Pass:
    """What is remembered within one run."""

    schedule: Any  # scheduler.timesteps itself: held, so that no later tensor can have its id
    values: list[float] = field(default_factory=list)
    last: int = 0  # one past the last place of the schedule from which a step can be made
    told: int | None = None  # steps, as the pipeline told its progress bar, where the schedule has fewer
    offset: int = 0  # where in the schedule the run began (image to image starts late)
    step: int = -1
    place: int | None = None  # of the last call: index in the schedule, where that is known
    given: Given | None = None  # with the last call as its timestep, where that was read
    start: Given | None = None  # with the first call
    index: int | None = None  # the scheduler's step_index at the last call
    stepping: bool = False  # the scheduler's step() was heard in this run
    stepped: bool = False  # ... and since the last call
    windows: Windows = field(default_factory=Windows)
    first_branch: str | None = None  # name of the first call, where the pipeline gives none
    unnamed: list[Caller] = field(
        default_factory=list
    )  # the pipeline gives no name to; in order of appearance

    @property
    def steps(self) -> int | None:
        """How many steps it has, as far as somebody said so."""
        if self.told is not None:
            return self.told
        return self.last - self.offset if self.values else None

    @property
    def length(self) -> int:
        """Its steps, or as many as were seen where nobody said or the run went on."""
        return max(self.steps or 0, self.step + 1)

    def close(self) -> None:
        """It is over: what was seen is all there is, and nothing large is kept."""
        self.told, self.windows = self.step + 1, Windows()


def goes_back(run: Pass, place: int | None, given: Given | None, index: int | None) -> bool:
    """Whether a loop over the same schedule begins anew."""
    if place is not None and run.place is not None:
        return place < run.place
    if run.index is not None:
        return index is None or index < run.index
    if not moves_on(run, place, given):
        return False
    past_the_end = run.steps is not None and run.step + 1 >= run.steps
    return past_the_end or (given is not None and given == run.start != run.given)


def moves_on(run: Pass, place: int | None, given: Given | None) -> bool:
    """Whether this call begins a new step."""
    if run.step < 0:
        return True
    if place is not None and run.place is not None:
        return place != run.place
    return run.stepped or (not run.stepping and given != run.given)


def enter_step(run: Pass, place: int | None, given: Given | None, *scheduler: int | None) -> None:
    """`scheduler`: its step_index and begin_index."""
    if run.step < 0:
        places = (at for at in (place, *scheduler) if at is not None and at < len(run.values))
        run.offset = next(places, start_in(run.values, given))
        run.start = given
    run.step = max(run.step + 1, 0 if place is None else place - run.offset)
    run.place, run.given, run.stepped = place, given, False
    run.windows.enter_step()


def timestep_of(run: Pass, given: Given | None, timestep: Any) -> float:
    """The scheduler's own value where it has one: models are given scaled or rounded ones.

    Frames of different noise levels have none in common; then the noisiest one's counts.
    """
    place = run.place if run.place is not None else run.offset + run.step
    mixed = given is not None and len(given) > 1 and run.step > 0 and not run.stepping
    if 0 <= place < len(run.values) and not mixed:
        return run.values[place]
    return max(given if given is not None else values_of(timestep), default=0.0)
