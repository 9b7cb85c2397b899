"""A row of the benchmark: what was measured, the goal, and whether it was met. Measures nothing."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teacache.study.markdown import markdown

if TYPE_CHECKING:
    import torch

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured figure."""

    name: str
    value: float | None  # None: could not be measured; `note` says why
    unit: str = ""
    goal: float | None = None  # None: a figure for information
    at_least: bool = False  # the goal is a lower limit, else an upper one
    note: str = ""  # how it was measured, or its spread

    @property
    def verdict(self) -> str:
        """ "pass", "miss", or what else there is to say."""
        if self.goal is None:
            return ""
        if self.value is None:
            return "not measured"
        met = self.value >= self.goal if self.at_least else self.value <= self.goal
        return "pass" if met else "miss"


def as_text(rows: Sequence[Row]) -> str:
    """The rows as a markdown table."""
    header = ["what", "measured", "goal", "", "how"]
    return markdown(header, [[r.name, _value(r), _goal(r), r.verdict, r.note] for r in rows])


def save(
    rows: Sequence[Row], environment: dict[str, Any], *, quick: bool, kind: str = "", command: str = ""
) -> Path:
    """Write the rows as JSON and as markdown under benchmarks/results; returns the markdown file."""
    RESULTS.mkdir(exist_ok=True)
    ends = [kind] * bool(kind) + ["quick"] * quick
    name = "-".join([f"{datetime.now(UTC):%Y%m%d-%H%M%S}", *ends])
    environment = {"command": command, **environment} if command else environment
    entries = [asdict(row) | {"verdict": row.verdict} for row in rows]
    data = {"environment": environment, "quick": quick, "rows": entries}
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    facts = ", ".join(f"{key} {value}" for key, value in environment.items())
    path = RESULTS / f"{name}.md"
    path.write_text(f"{facts}\n\n{as_text(rows)}\n", encoding="utf-8")
    return path


def environment(weight: torch.Tensor, *, model: str) -> dict[str, Any]:
    """Where it was measured: with weights like this one, of a model or several."""
    import diffusers
    import torch

    return {
        "model": model,
        "device": str(weight.device),
        "dtype": str(weight.dtype).removeprefix("torch."),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 2),
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "python": platform.python_version(),
    }


def _value(row: Row) -> str:
    return "-" if row.value is None else f"{row.value:.4g} {row.unit}".strip()


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return f"{'>=' if row.at_least else '<='} {row.goal:g} {row.unit}".strip()
