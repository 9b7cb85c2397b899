"""Records as columns, one entry a call: what fills a run's figure, here and on the page. Knows no plotly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teacache.method.trace import StepRecord

FIELDS = {
    "ind": "indicator_distance",
    "est": "estimated_distance",
    "acc": "accumulated_distance",
    "out": "output_distance",
    "exact": "output_distance_exact",
    "computed": "computed",
    "reason": "reason",
}
"""The short name of a column, and the field of a record that it holds."""

Columns = dict[str, list[Any]]


def columns(records: Sequence[StepRecord], branches: Sequence[str]) -> Columns:
    """One array per field; `branch` holds places in `branches`."""
    place = {name: index for index, name in enumerate(branches)}
    return {
        "step": [record.step for record in records],
        "branch": [place[record.stream] for record in records],
        **{name: [getattr(record, field) for record in records] for name, field in FIELDS.items()},
    }
