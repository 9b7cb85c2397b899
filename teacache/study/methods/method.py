"""What every way to spend fewer computations is, in one form: TeaCache, its rivals, and the plain ones.

A method is a card (what it is, its paper, its knobs), a reason where it does not run, and a function from
knob values to a run that the study can make: the same pipeline, prompt, noise and decoding for all. Knows
how runs are made; knows no method.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from teacache.errors import Phrase, RequestError
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.runs.adapters import adapter_of, checked
from teacache.runs.calling import Around
from teacache.runs.comparison import Run
from teacache.runs.events import Event
from teacache.runs.request import Checked
from teacache.study.clips import OFF, last, sampling

Values = Mapping[str, float]  # of a method's knobs, by name
Pace = Literal["slow", "fast"]


@dataclass(frozen=True, kw_only=True)
class Knob:
    """One thing that can be set, with a careful and a bold value."""

    name: str
    about: Phrase
    slow: float
    fast: float


@dataclass(frozen=True, kw_only=True)
class Way:
    """One run of a method, ready to be made."""

    request: Checked
    settings: Settings = OFF
    around: Around | None = None  # puts another cache in TeaCache's place


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a run took beside the uncached one that it stands for."""

    computed_calls: int  # calls of which more than half was computed
    calls: int  # of this run
    uncached_calls: int
    share: float  # of the uncached run's FLOPs, as runs/meter.py counts them
    flops: float
    seconds: float  # denoising


Watch = Callable[[Event], None]


def _nobody(event: Event) -> None:
    pass


def _anywhere(pipe: Any) -> Phrase | None:
    return None


def _any_number(pipe: Any, steps: int) -> Phrase | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to make the same clip with fewer computations.

    `ladder` holds settings from careful to bold, for whoever looks for a cost; where a method can tell the
    setting for a cost at once, `aim` does: from the uncached trace and a share of its calls to values.
    `refuses` and `misfits` say why it runs not at all, or not with so many steps.
    `prepare` is what it needs once per pipeline (a calibration), before `way`; it pauses at every call.
    """

    name: str
    title: str  # a name, the same in every language
    about: Phrase  # two sentences
    paper: str  # address
    knobs: tuple[Knob, ...]
    way: Callable[[Any, Checked, Values], Way]  # pipeline, checked request, values
    refuses: Callable[[Any], Phrase | None] = _anywhere
    misfits: Callable[[Any, int], Phrase | None] = _any_number
    aim: Callable[[Any, Trace, float], Values] | None = None
    ladder: tuple[Values, ...] = ()
    prepare: Callable[[Any, Checked], Generator[None, None, None]] | None = None

    def why_not(self, pipe: Any, steps: int | None = None) -> Phrase | None:
        """Why it does not run on this pipeline, or not with so many steps, one sentence; None if it does."""
        reason = self.refuses(pipe)
        return self.misfits(pipe, steps) if reason is None and steps is not None else reason

    def refuse(self, pipe: Any, steps: int | None = None) -> None:
        """Raises RequestError if it does not run on this pipeline, or not with so many steps."""
        reason = self.why_not(pipe, steps)
        if reason is not None:
            raise RequestError("{method} does not run here: {reason}", method=self.title, reason=reason)

    def values(self, pace: Pace) -> dict[str, float]:
        """The careful or the bold setting of its card."""
        return {knob.name: getattr(knob, pace) for knob in self.knobs}

    def run(self, pipe: Any, request: Checked, values: Values) -> Run:
        """The run at these values, its work counted.

        Raises RequestError where the method does not run on `pipe` or has no such knob; errors of the run
        pass through.
        """
        return last(self.running(pipe, request, values))

    def running(
        self, pipe: Any, request: Checked, values: Values, *, watch: Watch = _nobody
    ) -> Generator[None, None, Run]:
        """The same, with a pause at every call: closed there, it stops before the next call.

        `watch` is told of the run's every event; of Called, which says the call's share of the work.
        """
        request = checked(pipe, request)
        self._check(pipe, request.steps, values)
        if self.prepare is not None:
            yield from self.prepare(pipe, request)
        way = self.way(pipe, request, self.values("slow") | dict(values))
        return (
            yield from sampling(pipe, way.request, way.settings, metered=True, around=way.around, watch=watch)
        )

    def _check(self, pipe: Any, steps: int, values: Values) -> None:
        self.refuse(pipe, steps)
        names = [knob.name for knob in self.knobs]
        for name in values:
            if name not in names:
                raise RequestError(
                    "{method} has no knob {name!r}: set one of {known}.",
                    method=self.title,
                    name=name,
                    known=", ".join(names) or "none",
                )


def cost(pipe: Any, request: Checked, run: Run) -> Cost:
    """What a metered run cost beside an uncached run of this checked `request`.

    Raises RequestError for a run whose work was not counted.
    """
    if run.work is None:
        raise RequestError("The work of this run was not counted: run it by a method, or metered.")
    fewer = request.steps - run.trace.steps  # where the method asked for fewer
    calls = len(run.trace.records) + fewer * adapter_of(pipe).calls_per_step(pipe, request)
    return Cost(
        computed_calls=run.trace.computed_calls,
        calls=len(run.trace.records),
        uncached_calls=calls,
        share=sum(run.work.shares) / calls,
        flops=sum(run.work.flops),
        seconds=run.timings.denoising,
    )


def at_share(
    method: Method, pipe: Any, request: Checked, uncached: Trace, share: float, *, watch: Watch = _nobody
) -> Generator[None, None, tuple[Values, Run]]:
    """The values at which the method computes about this share of the uncached run's FLOPs, and that run.

    At once where the method can tell them from the uncached trace; else its ladder is halved until the rungs
    on both sides are known, and the nearer one is taken: a cache that keeps much of every call may stay far
    above the share, which its cost then says.
    """
    if method.aim is not None:
        values = method.aim(pipe, uncached, share)
        return values, (yield from method.running(pipe, request, values, watch=watch))
    rungs: Sequence[Values] = method.ladder or (method.values("slow"), method.values("fast"))
    candidates: list[tuple[float, Values, Run]] = []
    low, high = 0, len(rungs) - 1
    while low <= high:
        middle = (low + high) // 2
        run = yield from method.running(pipe, request, rungs[middle], watch=watch)
        reached = cost(pipe, checked(pipe, request), run).share
        candidates.append((abs(reached - share), rungs[middle], run))
        low, high = (middle + 1, high) if reached > share else (low, middle - 1)
    _, values, run = min(candidates, key=lambda one: one[0])
    return values, run
