"""The record of a clip: one StepRecord per call, and the Trace that holds them with what is needed to run it
again.

Version 1 of the JSON schema. Holds floats, never tensors; knows neither pipelines nor pages. Reading
validates every field and names the one that is wrong, since a trace may come from a stranger.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from teacache.errors import SettingsError, TraceFormatError
from teacache.method.gate import Reason, Settings

VERSION = 1
MAX_RECORDS = 20_000
_LARGEST = sys.float_info.max
_WHOLE = "trace"  # what the file is called where it is wrong as a whole
Indicator = Literal["indicator", "latent", "embedding"]


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One call of the transformer. Distances are relative L1 to the same branch's previous call; None where
    unknown."""

    call: int  # 0-based over the trace
    run: int = 0  # 0-based pass over a schedule: a long video may be made of several, one after the other
    step: int  # 0-based over the trace; several calls share one where CFG branches are separate
    timestep: float
    branch: str  # "cond", "uncond", "batched", or "call0", "call1" where the pipeline gives no name
    window: int = 0  # 0-based part of the video, where a step makes several
    transformer: str = "transformer"  # which one of the pipeline's: the second expert is "transformer_2"
    indicator_distance: float | None = None
    latent_distance: float | None = None
    embedding_distance: float | None = None
    estimated_distance: float | None = None  # f(indicator_distance), known at forced calls too
    # the sum compared with the threshold, before any reset; 0 at forced calls
    accumulated_distance: float = 0.0
    computed: bool
    reason: Reason
    # of the model output that the pipeline received; of the probe's where the blocks were probed
    output_distance: float | None = None
    # this and the branch's previous output were both really computed (or probed)
    output_distance_exact: bool = False
    seconds: float = 0.0  # wall time of the call, with its probe
    decision_seconds: float = 0.0  # the part of it spent on measuring, deciding and recording
    # the part of it spent on moving what is kept between calls to another device and back (`cache_device`)
    moving_seconds: float = 0.0

    @property
    def stream(self) -> str:
        """Which calls it goes on from: its branch, and from the second window on its number too."""
        return f"{self.branch} {self.window + 1}" if self.window else self.branch


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A whole clip: what was asked, where it ran, and what happened at each call."""

    model: str = ""
    pipeline: str = ""
    prompt: str = ""
    seed: int | None = None
    steps: int = 0  # of all runs
    run_steps: tuple[int, ...] = ()  # of each run; none: one run of `steps`
    size: tuple[int, int, int] | None = None  # frames, height, width
    guidance_scale: float | None = None
    settings: Settings
    experts: dict[str, Settings] = field(default_factory=dict)  # of transformers with settings of their own
    environment: dict[str, str] = field(default_factory=dict)  # versions, device, dtype
    # blocks were also run on reused calls, to know the true distance: never a timing of TeaCache
    probe: bool = False
    latent_free: bool = False  # the indicator does not depend on the latents, so that a replay is exact
    records: tuple[StepRecord, ...] = ()

    @property
    def schedule(self) -> tuple[bool, ...]:
        """Computed or not, call by call."""
        return tuple(r.computed for r in self.records)

    @property
    def computed_calls(self) -> int:
        """How many calls ran the blocks."""
        return sum(self.schedule)

    @property
    def ideal_speedup(self) -> float:
        """Calls over computed calls: what the schedule would give if a reused call cost nothing."""
        return len(self.records) / max(1, self.computed_calls)

    @property
    def runs(self) -> tuple[Trace, ...]:
        """Each pass over a schedule as a trace of its own, with its own steps."""
        starts = [sum(self.run_steps[:run]) for run in range(len(self.run_steps))]
        parts = zip(starts, self.run_steps, strict=True)
        return tuple(self._run(run, *part) for run, part in enumerate(parts)) or (self,)

    def _run(self, run: int, start: int, steps: int) -> Trace:
        records = [r for r in self.records if r.run == run]
        first = records[0].call if records else 0
        alone = tuple(replace(r, run=0, call=r.call - first, step=r.step - start) for r in records)
        return replace(self, steps=steps, run_steps=(steps,), records=alone)

    def place(self, record: StepRecord) -> tuple[int, int]:
        """The step of a record within its run, and the steps of that run: what the gate was asked with."""
        if not self.run_steps:
            return record.step, self.steps
        return record.step - sum(self.run_steps[: record.run]), self.run_steps[record.run]

    def branch(self, name: str) -> tuple[StepRecord, ...]:
        """The records of one branch of one window (`StepRecord.stream`), in order."""
        return tuple(r for r in self.records if r.stream == name)

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of the branches, in each window anew, in order of appearance."""
        return tuple(dict.fromkeys(r.stream for r in self.records))

    def with_records(self, records: tuple[StepRecord, ...]) -> Trace:
        """The same run with other records."""
        return replace(self, records=records)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, schema version 1."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        data["settings"] = self.settings.to_json()
        data["experts"] = {name: own.to_json() for name, own in self.experts.items()}
        data["size"] = list(self.size) if self.size else None
        data["run_steps"] = list(self.run_steps)
        data["records"] = [asdict(r) for r in self.records]
        return {"version": VERSION, **data}

    def save(self, path: str | Path) -> None:
        """Write the trace as JSON."""
        Path(path).write_text(json.dumps(self.to_json(), allow_nan=False, indent=1), encoding="utf-8")

    @classmethod
    def from_json(cls, data: Any) -> Trace:
        """Read schema version 1. Raises TraceFormatError that names the field which is wrong."""
        values = _object(_WHOLE, data)
        if type(values.get("version")) is not int or values["version"] != VERSION:
            raise TraceFormatError(
                "version is {version!r}, but this program reads version {known}.",
                version=values.get("version"),
                known=VERSION,
            )
        experts = _object("experts", values.get("experts", {}))
        return cls(
            **{
                name: _field(name, kind, values.get(name))
                for name, kind in _TRACE_FIELDS.items()
                if name in values
            },
            settings=_settings("settings", values.get("settings")),
            experts={name: _settings(f"experts.{name}", own) for name, own in experts.items()},
            size=_size(values.get("size")),
            environment={
                str(k): str(v) for k, v in _object("environment", values.get("environment", {})).items()
            },
            run_steps=(runs := _run_steps(values)),
            records=_in_their_runs(_records(values.get("records")), runs),
        )

    @classmethod
    def load(cls, path: str | Path) -> Trace:
        """Read a trace file. Raises TraceFormatError if it is not one, OSError if it cannot be opened."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:  # not text, not JSON, or a number of too many digits
            raise TraceFormatError(
                "{name} is not JSON: {error}.", name=Path(path).name, error=error
            ) from error
        return cls.from_json(data)


class _Kind(NamedTuple):
    """What a field may hold; bool is not an int here."""

    types: tuple[type, ...]
    nullable: bool = False
    at_least: int | None = None

    def __str__(self) -> str:
        names = "/".join([*(t.__name__ for t in self.types), *(["null"] if self.nullable else [])])
        return names if self.at_least is None else f"{names} >= {self.at_least}"


_TEXT, _FLAG = _Kind((str,)), _Kind((bool,))
_COUNT = _Kind((int,), at_least=0)
_NUMBER, _NUMBER_OR_NULL = _Kind((int, float)), _Kind((int, float), nullable=True)
_DISTANCE = _Kind((int, float), nullable=True, at_least=0)
_SECONDS = _Kind((int, float), at_least=0)

_TRACE_FIELDS: dict[str, _Kind] = {
    "model": _TEXT,
    "pipeline": _TEXT,
    "prompt": _TEXT,
    "seed": _Kind((int,), nullable=True),
    "steps": _COUNT,
    "guidance_scale": _NUMBER_OR_NULL,
    "probe": _FLAG,
    "latent_free": _FLAG,
}
_RECORD_FIELDS: dict[str, _Kind] = {
    "call": _COUNT,
    "run": _COUNT,
    "step": _COUNT,
    "timestep": _NUMBER,
    "branch": _TEXT,
    "window": _COUNT,
    "transformer": _TEXT,
    "indicator_distance": _DISTANCE,
    "latent_distance": _DISTANCE,
    "embedding_distance": _DISTANCE,
    "estimated_distance": _NUMBER_OR_NULL,  # a polynomial may be negative, and then so may the sum
    "accumulated_distance": _NUMBER,
    "computed": _FLAG,
    "reason": _TEXT,
    "output_distance": _DISTANCE,
    "output_distance_exact": _FLAG,
    "seconds": _SECONDS,
    "decision_seconds": _SECONDS,
    "moving_seconds": _SECONDS,
}
_REQUIRED = ("call", "step", "timestep", "branch", "computed", "reason")


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TraceFormatError(
            "{name} must be a JSON object, but is {value}.", name=name, value=_short(value)
        )
    for key, item in value.items():
        _check_text(f"{name}.{_short(key)}", key)
        if isinstance(item, str):
            _check_text(key if name == _WHOLE else f"{name}.{key}", item, free=key == "prompt")
    return value


def _check_text(where: str, text: str, *, free: bool = False) -> None:
    """Refuse halves of characters, which no file can hold, and control characters, which end a line of code.

    A text that is `free` may hold the latter: a prompt is typed, and was already run.
    """
    for character in text:
        if unicodedata.category(character) in (("Cs",) if free else ("Cs", "Cc")):
            raise TraceFormatError(
                "{where} holds the character U+{code}, which is no part of a text: leave it out.",
                where=where,
                code=f"{ord(character):04X}",
            )


def _field(name: str, kind: _Kind, value: Any) -> Any:
    if value is None and kind.nullable:
        return None
    wrong_bool = isinstance(value, bool) and bool not in kind.types
    if wrong_bool or not isinstance(value, kind.types) or not _within(kind, value):
        raise TraceFormatError(
            "{name} must be {wanted}, but is {value}.", name=name, wanted=str(kind), value=_short(value)
        )
    return value


def _within(kind: _Kind, value: Any) -> bool:
    """Whether a number is finite, no whole number beyond all floats, and not too small."""
    if not isinstance(value, (int, float)):
        return True
    return abs(value) <= _LARGEST and (kind.at_least is None or value >= kind.at_least)


def _settings(where: str, value: Any) -> Settings:
    try:
        return Settings.from_json(_object(where, value))
    except (SettingsError, TypeError) as error:
        raise TraceFormatError("{where}: {error}", where=where, error=error) from error


def _size(value: Any) -> tuple[int, int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3 or any(type(v) is not int or v < 1 for v in value):
        raise TraceFormatError("size must be [frames, height, width], but is {value}.", value=_short(value))
    return tuple(value)


def _run_steps(values: dict[str, Any]) -> tuple[int, ...]:
    value = values.get("run_steps", [])
    if not isinstance(value, list) or any(type(steps) is not int or steps < 0 for steps in value):
        raise TraceFormatError(
            "run_steps must be a list of whole numbers, but is {value}.", value=_short(value)
        )
    if value and sum(value) != values.get("steps"):
        raise TraceFormatError(
            "run_steps adds up to {sum}, but steps is {steps}.", sum=sum(value), steps=values.get("steps")
        )
    return tuple(value)


def _in_their_runs(records: tuple[StepRecord, ...], run_steps: tuple[int, ...]) -> tuple[StepRecord, ...]:
    """The records, each within the steps of its run."""
    ends = list(accumulate(run_steps)) or [sys.maxsize]
    for i, record in enumerate(records):
        begin = ends[record.run - 1] if 0 < record.run <= len(ends) else 0
        if record.run >= len(ends) or not begin <= record.step < ends[record.run]:
            raise TraceFormatError(
                "records[{i}] is step {step} of run {run}, which run_steps does not have.",
                i=i,
                step=record.step,
                run=record.run,
            )
    return records


def _records(value: Any) -> tuple[StepRecord, ...]:
    if not isinstance(value, list):
        raise TraceFormatError("records must be a list, but is {value}.", value=_short(value))
    if len(value) > MAX_RECORDS:
        raise TraceFormatError(
            "records holds {count} calls, but at most {most} are read.", count=len(value), most=MAX_RECORDS
        )
    return tuple(_record(i, item) for i, item in enumerate(value))


def _record(index: int, item: Any) -> StepRecord:
    where = f"records[{index}]"
    values = _object(where, item)
    for name in values:
        if name not in _RECORD_FIELDS:
            raise TraceFormatError(
                "{where}.{name} is not a field of version {known}.", where=where, name=name, known=VERSION
            )
    for name in _REQUIRED:
        if name not in values:
            raise TraceFormatError("{where}.{name} is missing.", where=where, name=name)
    checked = {
        n: _field(f"{where}.{n}", kind, values[n]) for n, kind in _RECORD_FIELDS.items() if n in values
    }
    if checked["reason"] not in get_args(Reason):
        raise TraceFormatError(
            "{where}.reason is {value}, but must be one of {known}.",
            where=where,
            value=_short(checked["reason"]),
            known=", ".join(get_args(Reason)),
        )
    return StepRecord(**checked)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
