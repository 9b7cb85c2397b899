"""A pipeline's call as every run here makes it: from encoded prompt to pixels, with TeaCache attached.

Knows pipelines through adapters, and TeaCache; nothing of threads, events or time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from teacache.method.bystander import Bystander, Share
from teacache.method.cache import TeaCache
from teacache.method.session import Observer
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.runs.adapters import adapter_of
from teacache.runs.adapters.particular import stepped
from teacache.runs.request import Checked

Around = Callable[
    [Any, Checked], AbstractContextManager[Any]
]  # puts another cache on a pipeline, for one run
AfterStep = Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]  # as diffusers' callback_on_step_end


@dataclass(frozen=True)
class Another:
    """A cache that runs in TeaCache's place."""

    around: Around
    share: Share  # what part of a call's work it did, which nobody else can know


def call(
    pipe: Any,
    request: Checked,
    embeddings: dict[str, Any],
    *,
    settings: Settings,
    experts: dict[str, Settings],
    observer: Observer,
    after_step: AfterStep,
    another: Another | None = None,
    meet: Callable[[TeaCache], None] = lambda cache: None,
) -> tuple[Any, Trace]:
    """What the pipeline makes of a checked request, and the trace; the noise is that of a CPU generator.

    `embeddings` are arguments of its call, `experts` the settings of single transformers. What `observer` and
    `after_step` raise ends it. With `another` cache TeaCache only watches. `meet` is shown what is attached.
    """
    adapter = adapter_of(pipe)
    cache = (
        TeaCache(
            pipe,
            settings=settings,
            experts=experts,
            probe=request.probe,
            observer=observer,
            cache_device=request.cache_device,
        )
        if another is None
        else Bystander(pipe, share=another.share, observer=observer)
    )
    meet(cache)
    with (
        nullcontext() if another is None else another.around(pipe, request),
        cache,
        adapter.around(pipe, request),
        nullcontext() if adapter.callback else stepped(pipe, after_step),
    ):
        output = pipe(
            **embeddings,
            **adapter.arguments(request),
            generator=torch.Generator("cpu").manual_seed(request.seed),
            output_type="np",
            return_dict=False,
            **({"callback_on_step_end": after_step} if adapter.callback else {}),
        )[0]
    return output, cache.trace


def experts_of(pipe: Any, settings: Settings) -> dict[str, Settings]:
    """The settings of single transformers in a run at `settings`: those that the pipeline brings, as asked.

    They differ from `pipe.teacache_settings` where they must; what a request changes there, it changes in
    them too, and its threshold is everybody's, so that an uncached run is one.
    """
    usual = getattr(pipe, "teacache_settings", None) or settings
    experts: dict[str, Settings] = getattr(pipe, "teacache_experts", None) or {}
    return {
        name: own.following(usual, settings).replaced(
            threshold=settings.threshold, schedule=settings.schedule
        )
        for name, own in experts.items()
    }
