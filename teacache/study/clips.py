"""Runs a pipeline once and quietly, to the end: the whole run, or its trace alone.

The plain tool of calibrations, sweeps and rivals, which need neither previews nor progress. Knows pipelines
through teacache.runs; knows nothing of pages or stores.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

import torch

from teacache.method.cache import TeaCache
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.platform.waiting import adapting
from teacache.runs.adapters import adapter_of
from teacache.runs.comparison import Run
from teacache.runs.events import Event
from teacache.runs.generate import Finished, generate, lock_of
from teacache.runs.request import Checked, Request

OFF = Settings(threshold=0)
Result = TypeVar("Result")


def sample(pipe: Any, request: Request, settings: Settings = OFF, **how: Any) -> Run:
    """Run a checked request at these settings (default: uncached, everything recorded).

    The noise depends on the request's seed alone, so that runs at other settings share it; `how` is passed to
    `generate`. Errors of the run pass through.
    """
    return last(sampling(pipe, request, settings, **how))


def sampling(
    pipe: Any,
    request: Request,
    settings: Settings = OFF,
    *,
    watch: Callable[[Event], None] = lambda event: None,
    **how: Any,
) -> Generator[None, None, Run]:
    """The same, with a pause at every call and once a second: closed there, it stops before the next call.

    `watch` is told of every event.
    """
    run = generate(pipe, request, settings=settings, preview_every=0, **how)
    with closing(run) as events:  # Ctrl-C stops it
        for event in events:
            watch(event)
            if isinstance(event, Finished):
                return event.run
            yield
    raise AssertionError("a run ends with Finished or raises")


def last(steps: Generator[Any, None, Result]) -> Result:
    """What a generator returns, when all that it yields is of no interest."""
    with closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value


def uncached_trace(pipe: Any, request: Checked, *, variant: str = "default") -> Trace:
    """The trace of an uncached run whose latents are never decoded; `variant` says what is compared.

    Raises SettingsError for a variant that the transformer's class does not have.
    """
    return undecoded_trace(pipe, request, OFF.replaced(variant=variant))


def undecoded_trace(pipe: Any, request: Checked, settings: Settings) -> Trace:
    """The trace of a run at these settings whose latents are never decoded.

    Raises SettingsError for settings that the transformer's class does not take.
    """
    adapter = adapter_of(pipe)
    run = adapter.around(pipe, request)
    with lock_of(pipe), torch.no_grad(), adapting(), TeaCache(pipe, settings=settings) as cache, run:
        pipe(
            **adapter.encode(pipe, request),
            **adapter.arguments(request),
            generator=torch.Generator("cpu").manual_seed(request.seed),
            output_type="latent",
        )
    return replace(
        cache.trace,
        model=request.model,
        prompt=request.prompt,
        seed=request.seed,
        size=request.size,
        guidance_scale=request.guidance_scale,
    )
