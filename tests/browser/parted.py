"""A run whose branches of guidance are not decided alike, as no shipped one is; made from one of these."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from teacache.method.trace import Trace
from teacache.study.decided import decided
from ui.library.library import RECORDED

PARTED = "20260101-000002-parted"
SOURCE = "scenes-1-faithful"
MORE = 1.3  # times: the change without a prompt


def add_parted(folder: Path) -> None:
    """Put it in a folder of runs: without a prompt everything changes more, and is decided by that."""
    shutil.copytree(RECORDED / SOURCE, folder / PARTED)
    place = folder / PARTED / "run.json"
    run = json.loads(place.read_text(encoding="utf-8")) | {"run_id": PARTED}
    for name in ("uncached", "cached"):
        run[name] = _parted(Trace.from_json(run[name])).to_json()
    place.write_text(json.dumps(run), encoding="utf-8")


def _parted(trace: Trace) -> Trace:
    records = tuple(
        record
        if record.branch == "cond" or record.indicator_distance is None
        else replace(record, indicator_distance=MORE * record.indicator_distance)
        for record in trace.records
    )
    changed = replace(trace, latent_free=False, records=records)
    return changed if changed.settings.off else decided(changed, changed.settings)
