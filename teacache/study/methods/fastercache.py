"""FasterCache, by diffusers' hooks."""

from __future__ import annotations

from typing import Any

from diffusers import FasterCacheConfig
from torch import nn

from teacache.errors import Phrase
from teacache.runs.adapters import adapter_of
from teacache.runs.request import Checked
from teacache.study.methods.diffusers_hooks import around, kind_of, transformers, without_timestep
from teacache.study.methods.method import Knob, Method, Values, Way

# How the output of each class that stacks both branches in one call of five dimensions is laid out; of all
# others FasterCache can approximate attention, but not the unconditional branch (diffusers 0.42.1).
FORMATS = {
    "LatteTransformer3DModel": "BCFHW",
    "AllegroTransformer3DModel": "BCFHW",
    "MochiTransformer3DModel": "BCFHW",
    "CogVideoXTransformer3DModel": "BFCHW",
}


def branches_stacked(pipe: Any, request: Checked) -> bool:
    """Whether one call makes both branches of guidance and FasterCache can leave one of them out."""
    one_call = adapter_of(pipe).calls_per_step(pipe, request) == 1
    return request.guidance_scale > 1 and one_call and kind_of(pipe) in FORMATS


def _way(pipe: Any, request: Checked, values: Values) -> Way:
    attention, branch = (-1, values["attention_end"]), (-1, values["branch_end"])

    def configure(part: nn.Module) -> FasterCacheConfig:
        return FasterCacheConfig(
            spatial_attention_block_skip_range=2,
            temporal_attention_block_skip_range=2,
            spatial_attention_timestep_skip_range=attention,
            temporal_attention_timestep_skip_range=attention,
            unconditional_batch_skip_range=int(values["every"]),
            unconditional_batch_timestep_skip_range=branch,
            tensor_format=FORMATS.get(kind_of(pipe), "BCFHW"),
            is_guidance_distilled=not branches_stacked(pipe, request),
            current_timestep_callback=lambda: pipe.current_timestep,
        )

    return Way(request=request, around=around(configure))


def _refuses(pipe: Any) -> Phrase | None:
    if (reason := without_timestep(pipe)) is not None:
        return reason
    if len(transformers(pipe)) > 1:
        return Phrase(
            "FasterCache extrapolates from two steps made before, and the second transformer of {kind} "
            "begins where it already should.",
            kind=type(pipe).__name__,
        )
    return None


FASTERCACHE = Method(
    name="fastercache",
    title="FasterCache",
    about=Phrase(
        "FasterCache extrapolates attention from its last two outputs at every second step. Where one call "
        "makes both branches of guidance, it also leaves the unconditional one out and rebuilds it from low "
        "and high frequencies."
    ),
    paper="https://arxiv.org/abs/2410.19355",
    knobs=(
        Knob(
            name="every",
            about=Phrase("The unconditional branch is computed at one of so many steps."),
            slow=3,
            fast=5,
        ),
        Knob(
            name="attention_end",
            about=Phrase("Timestep below which attention is extrapolated."),
            slow=681,
            fast=900,
        ),
        Knob(
            name="branch_end",
            about=Phrase("Timestep below which the unconditional branch is left out."),
            slow=641,
            fast=900,
        ),
    ),
    way=_way,
    refuses=_refuses,
    ladder=tuple(
        {"every": every, "attention_end": end, "branch_end": end}
        for every, end in ((2, 500), (3, 641), (5, 641), (5, 750), (5, 900), (10, 940))
    ),
)
