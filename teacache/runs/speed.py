"""How many times faster the cached run was, and whether the clock can be believed.

A run makes the same call many times, and the computed calls of both runs do the same work. So the calls say
how fast the machine was in each run, and what the speedup would be had each call taken the median of its
kind. Where that and the wall clock are too far apart something else was going on, and what the clock says is
not shown. Knows traces and seconds; nothing of pipelines, pages or files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from teacache.errors import Phrase
from teacache.method.trace import StepRecord, Trace

# Runs that were recorded on a calm machine agree within 0.12; neighbours make it 0.3 to 30.
TOLERANCE = 0.15


@dataclass(frozen=True, kw_only=True)
class Speed:
    """A speedup with its doubt; `believed` is what may be shown."""

    measured: float  # seconds of denoising, uncached over cached: what the clock said
    by_medians: float | None  # the same, had each call taken the median of its kind; None: calls not timed
    agreement: float | None  # time of the calls that both runs computed, uncached over cached; 1 is perfect
    reason: Phrase | None = None  # why `measured` is not to be believed, one sentence

    @property
    def disturbed(self) -> bool:
        """Whether something else took the machine's time."""
        return self.reason is not None

    @property
    def uncached_in_doubt(self) -> bool:
        """Whether the uncached run's own seconds are in doubt: not where only the cached run was slow."""
        return self.disturbed and (self.agreement is None or self.agreement >= 1 or self.calls_agree)

    @property
    def cached_in_doubt(self) -> bool:
        """Whether the cached run's own seconds are in doubt: not where only the uncached run was slow."""
        return self.disturbed and (self.agreement is None or self.agreement <= 1 or self.calls_agree)

    @property
    def believed(self) -> float | None:
        """What was measured, or what the calls say of it; None where they say nothing."""
        return self.by_medians if self.disturbed else self.measured

    @property
    def calls_agree(self) -> bool:
        """Whether the machine was as fast in one run as in the other, as far as that is known."""
        return self.agreement is None or _near(self.agreement, 1)


def speed(uncached: Trace, cached: Trace, *, seconds: tuple[float, float]) -> Speed:
    """The speedup of two runs from one noise, from their traces and their `seconds` of denoising.

    The cached run may have had fewer steps: then it is judged by what its calls would take in as many.
    """
    measured = seconds[0] / max(seconds[1], 1e-9)
    kinds = _kinds(uncached, cached)
    if not kinds:
        ideal = len(uncached.records) / max(1, cached.computed_calls)
        reason = Phrase("No cache is faster than {ideal:.2f} times here.", ideal=ideal)
        too_fast = measured > ideal * (1 + TOLERANCE)
        return Speed(measured=measured, by_medians=None, agreement=None, reason=reason if too_fast else None)
    outside = min(_outside(uncached, seconds[0]), _outside(cached, seconds[1]))
    by_medians = (sum(k.uncached for k in kinds) + outside * len(uncached.records)) / (
        sum(k.cached for k in kinds) + outside * len(cached.records)
    )
    agreement = sum(k.calls * k.slow for k in kinds) / sum(k.calls * k.fast for k in kinds)
    return Speed(
        measured=measured,
        by_medians=by_medians,
        agreement=agreement,
        reason=_reason(agreement, measured, by_medians),
    )


def _reason(agreement: float, measured: float, by_medians: float) -> Phrase | None:
    if agreement > 1 and not _near(agreement, 1):
        return Phrase(
            "Calls of the uncached run took {times:.1f} times as long as the same calls of the cached run.",
            times=agreement,
        )
    if not _near(agreement, 1):
        return Phrase(
            "Calls of the cached run took {times:.1f} times as long as the same calls of the uncached run.",
            times=1 / agreement,
        )
    if not _near(measured, by_medians):
        return Phrase("Some calls, or what lies between them, took far longer than the others of their kind.")
    return None


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """Calls that do the same work: those of one branch of one transformer. Seconds are medians."""

    calls: int  # of the uncached run
    computed: int  # of the cached run
    reuses: int
    slow: float  # a call that both runs computed, in the uncached run, without measuring and deciding
    fast: float  # the same call in the cached run
    decision: float  # measuring and deciding, in a computed call of the cached run
    reused: float

    @property
    def uncached(self) -> float:
        """Seconds of all calls, computed at the better run's pace."""
        return self.calls * min(self.slow, self.fast)

    @property
    def cached(self) -> float:
        """Seconds of the cached run's calls at the same pace."""
        return self.computed * (min(self.slow, self.fast) + self.decision) + self.reuses * self.reused


def _kinds(uncached: Trace, cached: Trace) -> list[_Kind]:
    """What each kind of call takes; none where calls were not timed or the runs have not the same kinds.

    Nor where one took no part of the other that a float can tell, as in a file of a stranger's.
    """
    ones, others = _by_kind(uncached), _by_kind(cached)
    if ones.keys() != others.keys():
        return []
    kinds = [_kind(ones[name], others[name], decides=not cached.settings.off) for name in ones]
    timed = all(kind.slow > 0 and kind.fast > 0 and 0 < kind.slow / kind.fast < inf for kind in kinds)
    return kinds if timed else []


def _by_kind(trace: Trace) -> dict[tuple[str, str], list[StepRecord]]:
    groups: dict[tuple[str, str], list[StepRecord]] = defaultdict(list)
    for record in trace.records:
        groups[record.transformer, record.branch].append(record)
    return groups


def _kind(ones: Sequence[StepRecord], others: Sequence[StepRecord], *, decides: bool) -> _Kind:
    computed = [record for record in others if record.computed]
    reused = [record.seconds for record in others if not record.computed]
    if len(ones) == len(others):  # call by call: what a call costs may depend on its step
        ones_too = [one for one, other in zip(ones, others, strict=True) if other.computed]
    else:
        ones_too = ones
    return _Kind(
        calls=len(ones),
        computed=len(computed),
        reuses=len(reused),
        slow=_middle(_own(one) for one in ones_too),
        fast=_middle(_own(other) for other in computed),
        decision=_middle(other.decision_seconds for other in computed) if decides else 0.0,
        reused=_middle(reused),
    )


def _middle(values: Iterable[float]) -> float:
    numbers = list(values)
    return median(numbers) if numbers else 0.0


def _own(record: StepRecord) -> float:
    """Seconds of a call without what TeaCache added."""
    return record.seconds - record.decision_seconds


def _outside(trace: Trace, seconds: float) -> float:
    """Seconds of denoising beside each call: scheduler and guidance. Without deciding, if it was off."""
    inside = sum(_own(r) if trace.settings.off else r.seconds for r in trace.records)
    return max(0.0, seconds - inside) / len(trace.records)


def _near(one: float, other: float) -> bool:
    return 1 / (1 + TOLERANCE) <= one / other <= 1 + TOLERANCE
