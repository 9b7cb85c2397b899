"""A schedule that was planned before a run, as a small file: which steps to compute, and how to reuse.

    TeaCache(pipe, schedule="schedule.json")

The file says what it was planned for and on how much; whoever runs it needs no signal, makes no decision and
never waits for the device. Knows the form of the file; nothing of how a schedule is found.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter

from teacache.errors import RequestError, SettingsError
from teacache.method.reading import Count, Line, Number, Prose, read
from teacache.method.settings import Reused, Settings

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Which steps of a run to compute, and what that was found on."""

    schedule: tuple[bool, ...]
    reuse: Reused = "residual"
    order: Count = 0
    reach: Number = 0.5
    model: Line | None = None  # a name of the catalog
    guidance_scale: Number | None = None
    prompts: Count = 0  # that it was planned on
    cost: Count = 0  # steps that planning computed, over all prompts
    quality: Number | None = None  # mean PSNR in dB on those very prompts, against their uncached clips
    source: Prose = ""  # how it was made

    @property
    def computed(self) -> int:
        """How many steps are computed."""
        return sum(self.schedule)

    @property
    def name(self) -> str:
        """Such as 10-of-50, which its file is called by as well."""
        return f"{self.computed}-of-{len(self.schedule)}"

    @property
    def settings(self) -> Settings:
        """Settings that follow it and ask no threshold. Raises SettingsError."""
        return Settings(
            threshold=1.0, schedule=self.schedule, reuse=self.reuse, order=self.order, reach=self.reach
        )

    def refuse_other_steps(self, steps: int) -> None:
        """Raises RequestError for a run of another number of steps: its steps are others."""
        if steps != len(self.schedule):
            raise RequestError(
                "The schedule was planned for {planned} steps, but the run has {steps}: plan another.",
                planned=len(self.schedule),
                steps=steps,
            )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the steps as a string of 1 (computed) and 0 (reused)."""
        bits = "".join(str(int(computed)) for computed in self.schedule)
        return {"version": VERSION, "schedule": bits} | {
            name: value for name, value in asdict(self).items() if name != "schedule"
        }

    @classmethod
    def from_json(cls, data: Any) -> Planned:
        """Inverse of `to_json`. Raises RequestError if it is no schedule."""
        bits = cast(dict[str, Any], data).get("schedule") if isinstance(data, dict) else None
        if not isinstance(bits, str) or not bits or set(bits) - {"0", "1"} or bits[0] != "1":
            raise RequestError(
                "This is no schedule: its field schedule must be a string of 1 and 0 that begins with 1."
            )
        steps = tuple(bit == "1" for bit in bits)
        planned = read(_SCHEMA, data | {"schedule": steps}, whole="schedule", refusal=RequestError)
        try:
            planned.settings  # noqa: B018  # validates
        except SettingsError as error:
            raise RequestError("This is no schedule: {error}", error=error) from error
        return planned

    def save(self, path: str | Path) -> None:
        """Write the file."""
        Path(path).write_text(json.dumps(self.to_json(), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Planned:
        """Read a file. Raises RequestError if it cannot be read or is no schedule."""
        try:
            return cls.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise RequestError("{path} cannot be read as a schedule.", path=str(path)) from error


_SCHEMA = TypeAdapter(Planned)


def steps_mask(schedule: tuple[bool, ...]) -> dict[str, Any]:
    """The arguments of cache-dit's `DBCacheConfig` that make it follow the schedule."""
    return {
        "steps_computation_mask": [int(computed) for computed in schedule],
        "steps_computation_policy": "static",
    }
