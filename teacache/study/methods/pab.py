"""Pyramid Attention Broadcast, by diffusers' hooks."""

from __future__ import annotations

from typing import Any

from diffusers import PyramidAttentionBroadcastConfig
from torch import nn

from teacache.errors import Phrase
from teacache.runs.request import Checked
from teacache.study.methods.diffusers_hooks import around, without_timestep
from teacache.study.methods.method import Knob, Method, Values, Way


def _way(pipe: Any, request: Checked, values: Values) -> Way:
    span, every = (values["start"], values["end"]), int(values["spatial"])

    def configure(part: nn.Module) -> PyramidAttentionBroadcastConfig:
        return PyramidAttentionBroadcastConfig(
            spatial_attention_block_skip_range=every,
            temporal_attention_block_skip_range=every * 2,
            cross_attention_block_skip_range=every * 3,
            spatial_attention_timestep_skip_range=span,
            temporal_attention_timestep_skip_range=span,
            cross_attention_timestep_skip_range=span,
            current_timestep_callback=lambda: pipe.current_timestep,
        )

    return Way(request=request, around=around(configure))


PAB = Method(
    name="pab",
    title="PAB",
    about=Phrase(
        "Pyramid Attention Broadcast keeps the outputs of attention for several steps, spatial attention the "
        "shortest, cross-attention the longest. The rest of every block runs at every step, so it can save "
        "no more than what attention costs."
    ),
    paper="https://arxiv.org/abs/2408.12588",
    knobs=(
        Knob(
            name="spatial",
            about=Phrase(
                "Spatial attention is computed at one of so many steps, temporal attention at half and "
                "cross-attention at a third of those."
            ),
            slow=2,
            fast=4,
        ),
        Knob(name="start", about=Phrase("Timestep below which all is computed."), slow=100, fast=100),
        Knob(name="end", about=Phrase("Timestep above which all is computed."), slow=800, fast=930),
    ),
    way=_way,
    refuses=without_timestep,
    ladder=tuple(
        {"spatial": every, "start": start, "end": end}
        for every, start, end in (
            (2, 100, 800),
            (3, 100, 800),
            (4, 100, 850),
            (4, 100, 930),
            (6, 50, 950),
            (8, 0, 980),
        )
    ),
)
