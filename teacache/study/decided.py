"""A trace decided again at other settings, as a trace. Knows replay; runs nothing."""

from __future__ import annotations

from dataclasses import replace

from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.study.replay import replay


def decided(trace: Trace, settings: Settings) -> Trace:
    """The trace with what these settings decide at every call. Raises RequestError as `replay` does."""
    pairs = zip(trace.records, replay(trace, settings), strict=True)
    records = tuple(
        replace(
            record,
            estimated_distance=decision.estimated,
            accumulated_distance=decision.accumulated,
            computed=decision.computed,
            reason=decision.reason,
        )
        for record, decision in pairs
    )
    return replace(trace.with_records(records), settings=settings)
