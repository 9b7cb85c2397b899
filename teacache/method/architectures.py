"""Where each transformer class keeps what TeaCache needs: names only, one line a class, no copied forward.

Knows the names of modules and arguments inside diffusers; not what is done with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from teacache.errors import UnsupportedModelError
from teacache.method.architecture import AUDIO, CONTROL, IMAGE, TEXT, Architecture, Variant
from teacache.method.placing import bring_weights


def _without_extra_positions(block: nn.Module, argument: Callable[[str], Any]) -> torch.Tensor:
    """The authors compare what Cosmos' first norm makes of the tokens before `extra_pos_emb` is added."""
    bring_weights(block)
    norm: Any = block.norm1
    return norm(argument("hidden_states"), argument("embedded_timestep"), argument("temb"))[0]


_BLOCKS = "transformer_blocks"
_SINGLE = "single_transformer_blocks"
_BESIDE_GUIDANCE = "output:time_guidance_embed.timestep_embedder"
_BESIDE_TEXT = "output:time_text_embed.timestep_embedder"  # before pooled text and guidance are added
_TIME_EMBEDDING = Variant(
    indicator="argument:temb", latent_free=True, from_timestep=("time_proj", "time_embedding")
)
_WAN_E = ("condition_embedder.timesteps_proj", "condition_embedder.time_embedder")
_WAN_E0 = (*_WAN_E, "condition_embedder.act_fn", "condition_embedder.time_proj")
# e and e0, which they assert to be in float32; diffusers rounds e to the model's dtype on its way to e0.
_WAN = {
    "authors": Variant(indicator=_WAN_E, latent_free=True, from_timestep=_WAN_E),
    "authors_retention": Variant(indicator=_WAN_E0, latent_free=True, from_timestep=_WAN_E0),
}
_FINAL_NORM_INSIDE = Variant(exits={"proj_out": IMAGE})

# The variants follow ali-vilab/TeaCache at commit 7c10efc: eval/teacache/experiments/ and TeaCache4*/. They
# run Wan 2.1 and FLUX.1-dev alone of their families, and none of the models that have no card of theirs.
ARCHITECTURES: dict[str, Architecture] = {
    # adaln_single, elsewhere time_embed, returns what shifts and scales, then the embedding it is made of.
    "LatteTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE,), "temporal_transformer_blocks": (IMAGE,)},
        embedding="output:adaln_single[1]",
    ),
    "AllegroTransformer3DModel": Architecture(blocks={_BLOCKS: (IMAGE,)}, embedding="output:adaln_single[1]"),
    # The text that the authors cache too is dropped right behind the blocks: bits are equal without it.
    "CogVideoXTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT)},
        exits={"norm_final": IMAGE},
        embedding="output:time_embedding",
        variants={"authors": _TIME_EMBEDDING},
    ),
    "ConsisIDTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT)},
        side_blocks={"perceiver_cross_attention": (IMAGE,)},  # the face's, where it was trained
        exits={"norm_final": IMAGE},
        text_first=True,
        embedding="output:time_embedding",
        variants={"authors": _TIME_EMBEDDING},
    ),
    "WanTransformer3DModel": Architecture(blocks={"blocks": (IMAGE,)}, embedding=_WAN_E, variants=_WAN),
    # Its control blocks come first and are given the video's tokens as they enter all the others.
    "WanVACETransformer3DModel": Architecture(
        blocks={"vace_blocks": (CONTROL, CONTROL), "blocks": (IMAGE,)},
        embedding=_WAN_E,
        variants=_WAN,
    ),
    "WanAnimateTransformer3DModel": Architecture(
        blocks={"blocks": (IMAGE,)},
        side_blocks={"face_adapter": (IMAGE,)},
        embedding=_WAN_E,
        variants=_WAN,
    ),
    "ChronoEditTransformer3DModel": Architecture(
        blocks={"blocks": (IMAGE,)}, embedding=_WAN_E, variants=_WAN
    ),
    "SkyReelsV2Transformer3DModel": Architecture(blocks={"blocks": (IMAGE,)}, embedding=_WAN_E),
    "HunyuanVideoTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT), _SINGLE: (IMAGE, TEXT)},
        indicator="input:attn",
        embedding=_BESIDE_TEXT,
    ),
    "HunyuanVideo15Transformer3DModel": Architecture(blocks={_BLOCKS: (IMAGE, TEXT)}, indicator="input:attn"),
    # What was made before goes through the blocks in front of the new frames, which alone come out.
    "HunyuanVideoFramepackTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT), _SINGLE: (IMAGE, TEXT)},
        indicator="input:attn",
        entries={IMAGE: "output:x_embedder"},
        embedding=_BESIDE_TEXT,
    ),
    "HunyuanImageTransformer2DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT), _SINGLE: (IMAGE, TEXT)},
        indicator="input:attn",
        embedding=_BESIDE_GUIDANCE,
    ),
    "LTXVideoTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE,)},
        embedding="output:time_embed[1]",
        variants={"authors": _FINAL_NORM_INSIDE},
    ),
    # The video decides for both; each stream has its own residual.
    "LTX2VideoTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, AUDIO)},
        exits={"norm_out": IMAGE, "audio_norm_out": AUDIO},
        embedding="output:time_embed[1]",
    ),
    "MochiTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT)},
        embedding="output:time_embed.timestep_embedder",
        variants={"authors": _FINAL_NORM_INSIDE},
    ),
    # Its blocks get the sines and cosines, normed; what two layers make of them is low-rank modulation.
    "CosmosTransformer3DModel": Architecture(
        blocks={_BLOCKS: (IMAGE,)},
        embedding="argument:embedded_timestep",
        variants={"authors": Variant(indicator=_without_extra_positions)},
    ),
    "SanaVideoTransformer3DModel": Architecture(blocks={_BLOCKS: (IMAGE,)}, embedding="output:time_embed[1]"),
    "FluxTransformer2DModel": Architecture(
        blocks={_BLOCKS: (TEXT, IMAGE), _SINGLE: (TEXT, IMAGE)},
        indicator="input:attn",
        embedding=_BESIDE_TEXT,
    ),
    # The single blocks of both get text and picture as one sequence, which is cut before the exit.
    "Flux2Transformer2DModel": Architecture(
        blocks={_BLOCKS: (TEXT, IMAGE), _SINGLE: (IMAGE,)},
        indicator="input:attn",
        embedding=_BESIDE_GUIDANCE,
    ),
    # One network makes of the timestep all that shifts and scales.
    "ChromaTransformer2DModel": Architecture(
        blocks={_BLOCKS: (TEXT, IMAGE), _SINGLE: (IMAGE,)},
        indicator="input:attn",
        embedding="output:distilled_guidance_layer",
    ),
    "SD3Transformer2DModel": Architecture(
        blocks={_BLOCKS: (TEXT, IMAGE)}, indicator="input:attn", embedding=_BESIDE_TEXT
    ),
    "CogView4Transformer2DModel": Architecture(
        blocks={_BLOCKS: (IMAGE, TEXT)}, embedding="output:time_condition_embed.timestep_embedder"
    ),
    # Text and picture are one sequence, as in Lumina2.
    "ZImageTransformer2DModel": Architecture(
        blocks={"layers": ("x",)},
        indicator="input:attention",
        exits={"all_final_layer.2-1": "x"},
        embedding="output:t_embedder",
    ),
    # The blocks get tokens in a row, the exit in frames, rows and columns, as they are embedded.
    "Kandinsky5Transformer3DModel": Architecture(
        blocks={"visual_transformer_blocks": ("visual_embed",)},
        indicator="input:self_attention",
        exits={"out_layer": "visual_embed"},
        entries={"visual_embed": "output:visual_embeddings"},
        embedding="output:time_embeddings",
    ),
    "LuminaNextDiT2DModel": Architecture(
        blocks={"layers": (IMAGE,)}, embedding="output:time_caption_embed.timestep_embedder"
    ),
    "Lumina2Transformer2DModel": Architecture(blocks={"layers": (IMAGE,)}, indicator="input:attn"),
    "HiDreamImageTransformer2DModel": Architecture(
        blocks={"double_stream_blocks": (IMAGE, TEXT), "single_stream_blocks": (IMAGE,)},
        indicator="input:block.attn1",
        exits={"final_layer": IMAGE},
        embedding="output:t_embedder",
        variants={
            "authors": Variant(indicator="output:t_embedder", latent_free=True, from_timestep=("t_embedder",))
        },
    ),
    # Open-Sora 1.2, teacache.models.opensora: a spatial and a temporal block in turn.
    "STDiT3": Architecture(
        blocks={"spatial_blocks": (IMAGE,), "temporal_blocks": (IMAGE,)},
        indicator="input:attn",
        exits={"final_layer": IMAGE},
        embedding="output:t_embedder",
    ),
    "QwenImageTransformer2DModel": Architecture(
        blocks={_BLOCKS: (TEXT, IMAGE)}, indicator="input:attn", embedding=_BESIDE_TEXT
    ),
}


def architecture_of(module: nn.Module) -> Architecture:
    """The row of the table for this transformer's class, or for the nearest of its parents.

    A subclass keeps its parent's parts (FSDP2 makes one of every module that it shards); should its own
    forward pass them by, the hooks say so at the first call. Raises UnsupportedModelError that lists the
    supported classes and shows how to name the parts of another.
    """
    for kind in type(module).__mro__:
        if kind.__name__ in ARCHITECTURES:
            return ARCHITECTURES[kind.__name__]
    raise UnsupportedModelError(
        "TeaCache does not know where {name} keeps its blocks; it knows {known}. Name its parts "
        "in one line, with Architecture from teacache: TeaCache(pipe, 0.1, "
        "architecture=Architecture(blocks={{'transformer_blocks': ('hidden_states',)}}, "
        "indicator='input:attn1', exits={{'norm_out': 'hidden_states'}})).",
        name=type(module).__name__,
        known=", ".join(sorted(ARCHITECTURES)),
    )
