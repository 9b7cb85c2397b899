"""Uncached runs of many prompts, kept one file each, so that an interrupted collection goes on.

The raw material of calibrations and sweeps. Knows a pipeline, prompts and a cache folder; knows nothing of
fits.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from teacache.errors import RequestError
from teacache.method.architectures import architecture_of
from teacache.method.trace import Trace
from teacache.models.catalog import INSTALLED, ROOT, Card
from teacache.models.shift import set_shift
from teacache.runs.request import Checked, Request
from teacache.study.clips import uncached_trace
from teacache.study.collection import Collection
from teacache.study.prompts import Purpose, noise_seed, prompts_for

_USUAL = Path.home() / ".cache" / "teacache" if INSTALLED else ROOT / ".cache"
CACHE = Path(os.environ.get("TEACACHE_CACHE_DIR") or _USUAL)
_PLAIN = ("variant", "default")  # left out of names of folders, which are older than variants
Report = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How a model is run in one study; a polynomial holds for one setup only."""

    model: str
    steps: int
    guidance_scale: float
    flow_shift: float | None = None  # of the scheduler; None: as it was loaded
    seed: int = 0  # of the choice of prompts and of all noise
    variant: str = "default"  # of the architecture: what is compared, and so what a polynomial is fitted to

    def request(self, card: Card, prompt: str, purpose: Purpose, index: int) -> Checked:
        """The checked request of one prompt. Raises RequestError."""
        return Request(
            model=self.model,
            prompt=prompt,
            seed=noise_seed(purpose, index, seed=self.seed),
            steps=self.steps,
            guidance_scale=self.guidance_scale,
        ).checked(card)

    def requests(self, card: Card, prompt: str | None, count: int, *, file: Path | None) -> list[Checked]:
        """Of one prompt with the setup's seed, or of several to judge on; forced steps are the model's."""
        if prompt is None:
            prompts = prompts_for("evaluation", count, file=file, seed=self.seed, model=self.model)
            requests = [self.request(card, text, "evaluation", index) for index, text in enumerate(prompts)]
        else:
            requests = [replace(self.request(card, prompt, "evaluation", 0), seed=self.seed)]
        return [replace(request, settings=card.settings()) for request in requests]

    def calibration(self, card: Card, prompts: Sequence[str]) -> list[Checked]:
        """The requests of calibration prompts, in order."""
        return [self.request(card, prompt, "calibration", index) for index, prompt in enumerate(prompts)]

    def collection(self, card: Card) -> Collection:
        """The uncached runs of this setup that are kept on this machine."""
        return Collection(self.folder(card, "uncached"))

    def folder(self, card: Card, kind: str) -> Path:
        """Where this setup of these very weights keeps its files."""
        differing = {name: value for name, value in asdict(self).items() if (name, value) != _PLAIN}
        key = json.dumps([differing, fingerprint(ROOT / card.source)], sort_keys=True)
        return CACHE / kind / f"{self.model}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def setup_of(
    pipe: Any,
    *,
    steps: int | None,
    guidance: float | None,
    flow_shift: float | None,
    seed: int,
    mode: str | None = None,
) -> Setup:
    """A setup with the model's defaults filled in; sets the pipeline's scheduler where a shift is given.

    `mode` names a published polynomial whose indicator is to be compared or, where none is published, a
    variant of the transformer's class. Raises SettingsError if the model has no such mode, or variant.
    """
    card = pipe.teacache_card
    if flow_shift is not None:
        shift_scheduler(pipe, flow_shift)
    return Setup(
        model=card.name,
        steps=card.steps if steps is None else steps,
        guidance_scale=card.guidance_scale if guidance is None else guidance,
        flow_shift=flow_shift,
        seed=seed,
        variant=card.variant if mode is None else _variant(pipe, mode),
    )


def _variant(pipe: Any, mode: str) -> str:
    """What a mode compares."""
    if pipe.teacache_card.modes:
        return pipe.teacache_card.mode(mode).variant
    architecture_of(pipe.transformer).read_as(mode)  # says which variants there are
    return mode


def shift_scheduler(pipe: Any, flow_shift: float) -> None:
    """Give the pipeline the same scheduler with another flow shift.

    Raises RequestError if it has none, or for a shift that is none.
    """
    if not (flow_shift > 0 and math.isfinite(flow_shift)):
        raise RequestError(f"The flow shift is {flow_shift}, but must be a number above 0: 1 shifts nothing.")
    if not set_shift(pipe, flow_shift):
        raise RequestError(f"{type(pipe.scheduler).__name__} has no flow shift: leave it out.")


def collect(
    pipe: Any,
    setup: Setup,
    prompts: Sequence[str],
    *,
    report: Report = lambda done, total: None,
) -> list[Trace]:
    """The traces of uncached runs of the calibration prompts, in order; those on disk are not run again."""
    collection = setup.collection(pipe.teacache_card)
    traces: list[Trace] = []
    for request in setup.calibration(pipe.teacache_card, prompts):
        trace = collection.trace(request)
        if trace is None:
            trace = uncached_trace(pipe, request, variant=setup.variant)
            collection.keep(request, trace)
        traces.append(trace)
        report(len(traces), len(prompts))
    return traces


def load_traces(paths: Sequence[Path]) -> list[Trace]:
    """Trace files, and the trace files of folders. Raises RequestError if there is none, TraceFormatError."""
    files = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not files:
        raise RequestError(
            f"There is no trace in {', '.join(map(str, paths))}: give trace files or their folder."
        )
    traces: list[Trace] = []
    for file in files:
        try:
            traces.append(Trace.load(file))
        except OSError as error:
            raise RequestError(f"{file} cannot be read: {error.strerror}.") from error
    return traces


def fingerprint(folder: Path) -> str:
    """Changes whenever the weights or the scheduler of a folder do: names, sizes and times of its files."""
    files = sorted([*folder.rglob("*.safetensors"), *folder.rglob("scheduler_config.json")])
    facts = [(str(f.relative_to(folder)), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
