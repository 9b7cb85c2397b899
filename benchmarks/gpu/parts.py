"""Parts of a measurement one after the other, within a time: each is kept as soon as it is there.

A part that would not fit is left out, one that fails is a row with the reason, and both are said. Knows rows;
nothing of what is measured.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch

from benchmarks import table
from benchmarks.subjects import Scale
from benchmarks.table import Row
from teacache.errors import first_line

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Where:
    """What everything is measured on, and until when (of time.monotonic)."""

    device: torch.device
    dtype: torch.dtype
    scale: Scale
    folder: Path
    until: float

    @property
    def left(self) -> float:
        """Seconds."""
        return self.until - time.monotonic()

    @property
    def name(self) -> str:
        """Of the device."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else str(self.device)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One question to the device."""

    name: str
    asks: str
    rows: Callable[[Where], Sequence[Row]]
    least: Callable[[Where], float]  # seconds; with fewer left it is not begun


@dataclass
class Report:
    """What was found, and what was not done."""

    command: str
    facts: dict[str, Any]
    rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)  # by part, why

    @classmethod
    def kept(cls, folder: Path, command: str, facts: dict[str, Any]) -> Report:
        """What an earlier call found on the same device with the same versions; empty where there is none."""
        path = folder / "report.json"
        data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if _place(data.get("facts", {})) != _place(facts):
            return cls(command, facts)
        names = {each.name for each in fields(Row)}
        rows = {
            part: [Row(**{name: value for name, value in row.items() if name in names}) for row in entries]
            for part, entries in data["rows"].items()
        }
        return cls(command, facts, rows=rows, seconds=data["seconds"])

    def save(self, folder: Path, parts: Sequence[Part]) -> Path:
        """Write report.md and report.json; returns the first."""
        folder.mkdir(parents=True, exist_ok=True)
        results = {
            name: [asdict(row) | {"verdict": row.verdict} for row in rows] for name, rows in self.rows.items()
        }
        head = {"command": self.command, "facts": self.facts, "seconds": self.seconds}
        data = head | {"rows": results, "missing": self.missing}
        (folder / "report.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        path = folder / "report.md"
        path.write_text(self.text(parts), encoding="utf-8")
        return path

    def text(self, parts: Sequence[Part]) -> str:
        """All of it as markdown."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        blocks = [f"`{self.command}`", facts]
        for part in parts:
            if part.name in self.rows:
                took = f"({self.seconds[part.name]:.0f} s)"
                blocks += [f"## {part.asks} {took}", table.as_text(self.rows[part.name])]
        blocks += ["## Not done", "\n".join(f"- {name}: {why}" for name, why in self.missing.items())]
        return "\n\n".join(blocks if self.missing else blocks[:-2]) + "\n"


def _place(facts: dict[str, Any]) -> dict[str, Any]:
    """What must be the same for figures of two calls to stand in one report."""
    return {name: value for name, value in facts.items() if name != "load"}


def run(parts: Sequence[Part], where: Where, command: str) -> tuple[Report, Path]:
    """Ask every part for which there is time; the report, and where it lies.

    What an earlier call could not ask comes first, and what it found stands until it is found again.
    """
    report = Report.kept(where.folder, command, facts(where))
    report.missing = {part.name: "its turn had not come" for part in parts if part.name not in report.rows}
    path = report.save(where.folder, parts)
    for part in sorted(parts, key=lambda part: part.name in report.rows):
        least = part.least(where)
        if where.left < least and part.name in report.rows:
            continue
        if where.left < least:
            report.missing[part.name] = (
                f"it needs some {least:.0f} s, and {max(0.0, where.left):.0f} were left"
            )
        else:
            _ask(part, where, report)
        path = report.save(where.folder, parts)
    return report, path


def _ask(part: Part, where: Where, report: Report) -> None:
    began = time.monotonic()
    try:
        report.rows[part.name] = part.rows(where)
        report.missing.pop(part.name, None)
    except (
        Exception
    ) as error:  # a device can fail in as many ways as there are drivers; the others still count
        _log.exception("%s failed", part.name)
        report.missing[part.name] = f"it failed: {first_line(error, 300)}"
    report.seconds[part.name] = time.monotonic() - began
    if where.device.type == "cuda":
        torch.cuda.empty_cache()


def facts(where: Where) -> dict[str, Any]:
    """Where it was measured."""
    weight = torch.empty(0, device=where.device, dtype=where.dtype)
    return table.environment(weight, model="several") | {"device": where.name, "scale": where.scale}
