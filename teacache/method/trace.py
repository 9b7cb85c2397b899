"""The record of a clip: one StepRecord per call, and the Trace that holds them with what is needed to run it
again.

Version 1 of the JSON schema. Holds floats, never tensors; knows neither pipelines nor pages. Reading
validates every field and names the one that is wrong, since a trace may come from a stranger.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, FailFast, TypeAdapter

from teacache.errors import TraceFormatError
from teacache.method.gate import Reason
from teacache.method.reading import Count, Flag, Line, Number, Positive, Prose, Size, Whole, read
from teacache.method.settings import JsonSettings

VERSION = 1
MAX_RECORDS = 20_000
Indicator = Literal["indicator", "latent", "embedding"]


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One call of the transformer. Distances are relative L1 to the same branch's previous call; None where
    unknown."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    call: Count  # 0-based over the trace
    run: Count = 0  # 0-based pass over a schedule: a long video may be made of several, one after the other
    step: Count  # 0-based over the trace; several calls share one where CFG branches are separate
    timestep: Number
    branch: Line  # "cond", "uncond", "batched", or "call0", "call1" where the pipeline gives no name
    window: Count = 0  # 0-based part of the video, where a step makes several
    transformer: Line = "transformer"  # which one of the pipeline's: the second expert is "transformer_2"
    indicator_distance: Positive | None = None
    latent_distance: Positive | None = None
    embedding_distance: Positive | None = None
    estimated_distance: Number | None = None  # f(indicator_distance), known at forced calls too
    # the sum compared with the threshold, before any reset; 0 at forced calls
    accumulated_distance: Number = 0.0
    computed: Flag
    reason: Reason
    # of the model output that the pipeline received; of the probe's where the blocks were probed
    output_distance: Positive | None = None
    # this and the branch's previous output were both really computed (or probed)
    output_distance_exact: Flag = False
    seconds: Positive = 0.0  # wall time of the call, with its probe
    decision_seconds: Positive = 0.0  # the part of it spent on measuring, deciding and recording
    # the part of it spent on moving what is kept between calls to another device and back (`cache_device`)
    moving_seconds: Positive = 0.0

    @property
    def stream(self) -> str:
        """Which calls it goes on from: its branch, and from the second window on its number too."""
        return f"{self.branch} {self.window + 1}" if self.window else self.branch


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A whole clip: what was asked, where it ran, and what happened at each call."""

    model: Line = ""
    pipeline: Line = ""
    prompt: Prose = ""
    seed: Whole | None = None
    steps: Count = 0  # of all runs
    run_steps: tuple[Count, ...] = ()  # of each run; none: one run of `steps`
    size: tuple[Size, Size, Size] | None = None  # frames, height, width
    guidance_scale: Number | None = None
    settings: JsonSettings
    # of transformers with settings of their own
    experts: dict[Line, JsonSettings] = field(default_factory=dict)
    environment: dict[Line, Line] = field(default_factory=dict)  # versions, device, dtype
    # blocks were also run on reused calls, to know the true distance: never a timing of TeaCache
    probe: Flag = False
    latent_free: Flag = False  # the indicator does not depend on the latents, so that a replay is exact
    records: Annotated[tuple[StepRecord, ...], FailFast()] = ()

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
        if isinstance(data, dict):
            _refuse_at_once(cast(dict[str, Any], data))
        trace = read(_SCHEMA, data, whole="trace", refusal=TraceFormatError, version=VERSION)
        _check_runs(trace)
        return trace

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


_SCHEMA = TypeAdapter(Trace)


def _refuse_at_once(data: dict[str, Any]) -> None:
    if "version" not in data:
        raise TraceFormatError("This JSON is no trace: it has no {field}.", field="version")
    version = data["version"]
    if type(version) is not int or version != VERSION:
        raise TraceFormatError(
            "version is {version!r}, but this program reads version {known}.",
            version=version,
            known=VERSION,
        )
    for name in ("records", "settings"):
        if name not in data:
            raise TraceFormatError("{where} is missing.", where=name)
    records = data["records"]
    count = len(cast(list[Any], records)) if isinstance(records, list) else 0
    if count > MAX_RECORDS:
        raise TraceFormatError(
            "records holds {count} calls, but at most {most} are read.", count=count, most=MAX_RECORDS
        )


def _check_runs(trace: Trace) -> None:
    """Refuse runs that do not add up, and records outside the steps of their run."""
    if trace.run_steps and sum(trace.run_steps) != trace.steps:
        raise TraceFormatError(
            "run_steps adds up to {sum}, but steps is {steps}.", sum=sum(trace.run_steps), steps=trace.steps
        )
    ends = list(accumulate(trace.run_steps)) or [sys.maxsize]
    for i, record in enumerate(trace.records):
        begin = ends[record.run - 1] if 0 < record.run <= len(ends) else 0
        if record.run >= len(ends) or not begin <= record.step < ends[record.run]:
            raise TraceFormatError(
                "records[{i}] is step {step} of run {run}, which run_steps does not have.",
                i=i,
                step=record.step,
                run=record.run,
            )
