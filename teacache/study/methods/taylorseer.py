"""TaylorSeer, by diffusers' hooks."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import TaylorSeerCacheConfig
from torch import nn

from teacache.errors import Phrase
from teacache.runs.request import Checked
from teacache.study.methods.diffusers_hooks import around, kind_of, without_mixin
from teacache.study.methods.method import Knob, Method, Values, Way

# diffusers' own patterns end in "attn" and so match no attn1 (0.42.1): on most classes they do nothing. The
# paper forecasts the outputs of attention and of the feed-forward, which these name in every class.
OUTPUTS = (r".*\.(attn\d?|cross_attn|self_attn|ff|ffn|ff_context|mlp|mlp_context|feed_forward)",)


def _way(pipe: Any, request: Checked, values: Values) -> Way:
    def configure(part: nn.Module) -> TaylorSeerCacheConfig:
        return TaylorSeerCacheConfig(
            cache_interval=int(values["interval"]),
            disable_cache_before_step=int(values["first_steps"]),
            max_order=int(values["order"]),
            taylor_factors_dtype=torch.float32,
            cache_identifiers=list(OUTPUTS),
        )

    return Way(request=request, around=around(configure))


def _refuses(pipe: Any) -> Phrase | None:
    if (reason := without_mixin(pipe)) is not None:
        return reason
    if kind_of(pipe) in _TWICE:
        return Phrase(
            "A layer of {kind} runs twice in one call, which TaylorSeer takes for two steps.",
            kind=kind_of(pipe),
        )
    return None


# Feed-forward or attention layers that serve text and picture one after the other (diffusers 0.42.1).
_TWICE = ("CogView4Transformer2DModel", "Kandinsky5Transformer3DModel")

TAYLORSEER = Method(
    name="taylorseer",
    title="TaylorSeer",
    about=Phrase(
        "TaylorSeer forecasts the outputs of attention and feed-forward layers by a Taylor series through "
        "their last computed values, instead of reusing them. Every so many steps all is computed and the "
        "series is made anew, which needs several times the memory of a residual."
    ),
    paper="https://arxiv.org/abs/2503.06923",
    knobs=(
        Knob(name="interval", about=Phrase("All is computed at one of so many steps."), slow=3, fast=5),
        Knob(name="order", about=Phrase("Order of the series."), slow=1, fast=1),
        Knob(name="first_steps", about=Phrase("Steps at the start that are computed."), slow=3, fast=3),
    ),
    way=_way,
    refuses=_refuses,
    ladder=tuple({"interval": every, "order": 1, "first_steps": 3} for every in (2, 3, 4, 5, 6, 8)),
)
