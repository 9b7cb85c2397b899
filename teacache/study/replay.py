"""What-if: the decisions of a recorded run at other settings, and every threshold at which they change.

Asks the same gate as the run itself; knows only traces, no pipelines and no tensors. A replay keeps the
recorded distances, so it is exact where the indicator does not depend on the latents and an approximation
elsewhere: with another schedule the latents, and with them the distances, would have been slightly different.
The recorded distances are those of the trace's own variant: whatever the settings of a what-if say, it stands
on that indicator (`indicator_of`). Transformers with settings of their own keep them where the what-if
changes nothing (`settings_for`).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from teacache.errors import RequestError
from teacache.method.gate import Decision, Gate, Reason, Residual
from teacache.method.settings import Settings
from teacache.method.trace import StepRecord, Trace
from teacache.study.segments import Segment, Stop

_SMALLEST = math.ulp(0.0)  # the smallest positive threshold; 0 itself means off, everything computed
_UNREACHABLE = sys.float_info.max  # no finite sum gets past it, so only forced calls are computed
_MAYBE_ONE = {"default", "authors"}  # where a class has no variant of that name, they are one reading
_START = -1  # "the call before the first one" of a line


class _Line(NamedTuple):
    """Whose gate decided a call: in every run each transformer has one for each branch of each window."""

    run: int
    transformer: str
    window: int
    branch: str


@dataclass(frozen=True, kw_only=True)
class Breakpoint:
    """One schedule and the thresholds that lead to it: low < threshold <= high (reuse needs a sum below)."""

    low: float
    high: float
    schedule: tuple[bool, ...]  # computed or not, call by call
    reasons: tuple[Reason, ...]  # why, call by call, at `high`
    # what was accumulated at each call that was weighed against the threshold, as the gate has it; else 0
    sums: tuple[float, ...]
    # (call, threshold, reason): up to that threshold of the interval the call has another reason, as where a
    # sum reaches it just as the reuses run out; the highest threshold first
    turns: tuple[tuple[int, float, Reason], ...] = ()
    # the calls decided otherwise than in the schedule below; in the first one, the reused calls
    changes: tuple[int, ...]
    computed: int
    ideal_speedup: float  # calls over computed calls


def replay(trace: Trace, settings: Settings) -> tuple[Decision, ...]:
    """Decide every recorded call again; at the trace's own settings the recorded decisions come out."""
    gates: dict[_Line, Gate] = {}
    decisions: list[Decision] = []
    for record in trace.records:
        line = _line(record)
        known = line in gates
        if not known:
            gates[line] = Gate(settings_for(trace, line.transformer, settings))
        decisions.append(_decide(gates[line], record, trace.place(record), known=known))
    return tuple(decisions)


def settings_for(trace: Trace, transformer: str, settings: Settings) -> Settings:
    """What a what-if at `settings` means for one transformer, always in the variant that was recorded.

    One without settings of its own follows `settings`; another keeps its own except where `settings` differ
    from the trace's.
    """
    own = trace.experts.get(transformer, trace.settings)
    return own.following(trace.settings, settings).replaced(variant=own.variant)


def indicator_of(trace: Trace) -> str:
    """The variant of the architecture whose indicator was recorded; a trace can be replayed on no other."""
    return trace.settings.variant


def holds(trace: Trace, settings: Settings, *, latent_free: bool) -> bool:
    """Whether the trace recorded what these settings compare; a polynomial means nothing for anything else.

    `latent_free`: of the model that they are for. Two names may stand for one tensor; not where the authors'
    way does without the latents, which the class's own never does.
    """
    recorded, asked = indicator_of(trace), settings.variant
    maybe = {recorded, asked} == _MAYBE_ONE and not (trace.latent_free or latent_free)
    return recorded == asked or maybe


def exactness(trace: Trace) -> Literal["exact", "approximate"]:
    """Whether a replay of this trace tells exactly what would happen, or only nearly."""
    return "exact" if trace.latent_free else "approximate"


def breakpoints(
    trace: Trace, settings: Settings, max_threshold: float | None = None
) -> tuple[Breakpoint, ...]:
    """Every schedule over all positive thresholds, rising, without gaps; `settings.threshold` is not asked.

    All transformers move at one threshold. The first starts at low = 0; the last ends at high = inf, or at
    the first change at or above `max_threshold`. `replay` at any threshold but the trace's own, where experts
    may have another, gives the schedule of the interval that holds it. An empty trace has none.
    """
    if not trace.records:
        return ()
    limit = math.inf if max_threshold is None else max_threshold
    points: list[Breakpoint] = []
    for point in _pieces(trace, settings):
        if points and not point.changes:  # only the reason of a call is another
            points[-1] = _joined(points[-1], point)
        elif points and points[-1].high >= limit:
            break
        else:
            points.append(point)
    return tuple(points)


def _joined(below: Breakpoint, above: Breakpoint) -> Breakpoint:
    """Two intervals of one schedule, whose reasons differ."""
    pairs = zip(below.reasons, above.reasons, strict=True)
    turns = tuple((call, below.high, old) for call, (old, new) in enumerate(pairs) if old != new)
    return replace(above, low=below.low, changes=below.changes, turns=turns + below.turns)


def threshold_for_speedup(trace: Trace, speedup: float, settings: Settings | None = None) -> float:
    """The smallest threshold, in few digits, whose schedule reaches an ideal speedup; 0 (off) for 1 or less.

    `settings` (default: those of the trace) say all but the threshold. Raises RequestError if none is enough,
    or for a speedup that is none.
    """
    if not speedup > 0:
        raise RequestError(
            "The speedup is {speedup:g}, but must be a number above 0: 1 computes everything.",
            speedup=speedup,
        )
    if speedup <= 1:
        return 0.0
    points = breakpoints(trace, settings or trace.settings)
    for point in points:
        if point.ideal_speedup >= speedup:
            return tidy(point.low, point.high)
    best = max((point.ideal_speedup for point in points), default=1.0)
    raise RequestError(
        "No threshold makes it {speedup:g} times faster: ask for {best:.3g} or less, or take more steps.",
        speedup=speedup,
        best=best,
    )


def tidy(low: float, high: float) -> float:
    """A number of few digits in low < x <= high, near the middle; a little above `low` if `high` is inf."""
    middle = (low + high) / 2 if math.isfinite(high) else max(low * 1.25, _SMALLEST)
    for digits in range(1, 18):
        short = float(f"{middle:.{digits}g}")
        if low < short <= high:
            return short
    return high if math.isfinite(high) else math.nextafter(low, math.inf)


def _line(record: StepRecord) -> _Line:
    return _Line(record.run, record.transformer, record.window, record.branch)


def _decide(gate: Gate, record: StepRecord, place: tuple[int, int], *, known: bool) -> Decision:
    """Ask the gate as the hook did, with the step of the run and its steps (Trace.place).

    `known`: this line has had a call before, so it holds a residual.
    """
    step, steps = place
    distance = record.indicator_distance
    if distance is None and record.reason == "non_finite":
        distance = math.nan  # a trace holds no NaN, only that there was one
    residual = _residual(record, known=known)
    return gate.decide(step=step, steps=steps or None, distance=distance, residual=residual)


def _residual(record: StepRecord, *, known: bool) -> Residual:
    if record.reason == "shape_changed":
        return "shape_changed"
    return "ready" if known and record.reason != "no_residual" else "missing"


def _pieces(trace: Trace, settings: Settings) -> Iterator[Breakpoint]:
    """Each schedule with its reasons, rising; one may be followed by another of the same schedule."""
    calls = len(trace.records)
    lines = [_Timeline(trace, line, settings) for line in dict.fromkeys(map(_line, trace.records))]
    reused: Reason = "below_threshold" if settings.schedule is None else "scheduled"
    computed, sums = [True] * calls, [0.0] * calls
    reasons: list[Reason] = [reused] * calls
    high = 0.0
    while high < math.inf:
        low = high
        changed: set[int] = set()
        for line in lines:
            left, reached, weighed = line.move_to(math.nextafter(low, math.inf))
            for place in left:
                computed[place], reasons[place] = False, reused
            for place, reason in reached.items():
                computed[place], reasons[place] = True, reason
            for place, total in weighed.items():
                sums[place] = total
            changed |= left.keys() ^ reached.keys()
        high = min(line.high for line in lines)
        yield Breakpoint(
            low=low,
            high=high,
            schedule=tuple(computed),
            reasons=tuple(reasons),
            sums=tuple(sums),
            changes=tuple(sorted(changed)),
            computed=sum(computed),
            ideal_speedup=calls / sum(computed),
        )


class _Timeline:
    """One line of calls at a rising threshold: which of them are computed, and until which threshold."""

    def __init__(self, trace: Trace, line: _Line, settings: Settings):
        self._places = [i for i, record in enumerate(trace.records) if _line(record) == line]
        self._records = [trace.records[i] for i in self._places]
        self._steps = [trace.place(record) for record in self._records]
        self._settings = settings_for(trace, line.transformer, settings).replaced(threshold=_UNREACHABLE)
        self._segments: dict[int, Segment] = {}
        # the computed calls and the end; a stop holds as long as it and all before it do
        self._path = [Stop(at, "off", 0.0) for at in range(len(self._records) + 1)]

    @property
    def high(self) -> float:
        """The present schedule holds up to here."""
        return self._path[-1].high

    def move_to(self, threshold: float) -> tuple[dict[int, Reason], dict[int, Reason], dict[int, float]]:
        """Places in the trace that are computed no longer, and those that are now; walks what has changed.

        Also what is accumulated at every call on the way.
        """
        path, end = self._path, len(self._records)
        sums: dict[int, float] = {}
        length = len(path)
        while length and path[length - 1].high < threshold:
            length -= 1
        left, path[length:] = path[length:], []
        at, _, high = path[-1] if path else Stop(_START, "off", math.inf)
        while at < end:
            segment, start = self._segment(at), at
            at, reason, here = segment.follow(threshold)
            high = min(high, here)
            path.append(Stop(at, reason, high))
            sums |= {self._places[i]: segment.weighed[i] for i in range(start + 1, min(at + 1, end))}
        return self._told(left), self._told(path[length:]), sums

    def _told(self, stops: list[Stop]) -> dict[int, Reason]:
        return {self._places[stop.at]: stop.reason for stop in stops if stop.at < len(self._places)}

    def _segment(self, start: int) -> Segment:
        if start not in self._segments:
            self._segments[start] = Segment(self._decisions_from(start), len(self._records))
        return self._segments[start]

    def _decisions_from(self, start: int) -> Iterator[tuple[int, Decision]]:
        gate = Gate(self._settings)
        for at in range(start + 1, len(self._records)):
            yield at, _decide(gate, self._records[at], self._steps[at], known=at > 0)
