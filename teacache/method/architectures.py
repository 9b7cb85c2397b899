"""Where each transformer class keeps what TeaCache needs: names only, one line a class, no copied forward.

Knows the names of modules and arguments inside diffusers; not what is done with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import torch
from torch import nn

from teacache.errors import Phrase, SettingsError, UnsupportedModelError
from teacache.method.distance import Means
from teacache.method.placing import bring_weights

Stream = Literal[
    "hidden_states",
    "encoder_hidden_states",
    "audio_hidden_states",
    "control_hidden_states",
    "visual_embed",
    "x",
]
"""A sequence of tokens, by the name of the blocks' argument that brings it."""
IMAGE: Stream = "hidden_states"
TEXT: Stream = "encoder_hidden_states"
AUDIO: Stream = "audio_hidden_states"
CONTROL: Stream = "control_hidden_states"

Indicator = str | tuple[str, ...] | Callable[[nn.Module, Callable[[str], Any]], torch.Tensor]
"""A source by name, a chain of submodules, or a function of the first block and of what returns its arguments
by name."""

ROUNDED = "_rounded"  # at the end of a reading's name: the same with rounded means


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Another way to read the same class; None keeps what the class has."""

    indicator: Indicator | None = None
    exits: Mapping[str, Stream] | None = None
    latent_free: bool | None = None
    from_timestep: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """What a transformer class calls its parts.

    A source says where a tensor is read:
    - "input:attn1": what this submodule of the first block receives as hidden_states; its first attention
      gets, in every class with adaptive norms, the paper's timestep embedding modulated noisy input;
    - "argument:temb": an argument of the first block;
    - "output:time_embedding": what this submodule of the transformer returns, where it is called several
      times in a call the first time; of a tuple the first value, "output:adaln_single[1]" the second;
    - a tuple of submodules of the transformer: what the others make, in float32, of what the first returns;
    - "latents": what the transformer itself received, the paper's noisy input.
    `variants` holds other ways to read the class by name: "authors" is what the authors' published code
    compares and where its residual ends, where that differs. Their polynomials and thresholds mean something
    only with their indicator and their residual.
    """

    # attribute with the list of blocks -> what a block returns, in order
    blocks: Mapping[str, tuple[Stream, ...]]
    # the same for lists between the blocks that only some configurations of the class have
    side_blocks: Mapping[str, tuple[Stream, ...]] = field(default_factory=dict)
    indicator: Indicator = "input:attn1"  # source of the tensor that is compared between calls
    # first module after the blocks -> the stream it receives
    exits: Mapping[str, Stream] = field(default_factory=lambda: {"norm_out": IMAGE})
    # a stream that does not come out as the first block gets it -> the source of what it becomes
    entries: Mapping[Stream, str] = field(default_factory=dict)
    text_first: bool = False  # the exit gets the text's tokens too, in front; they are handed on as they come
    # source of the timestep embedding, for the trace; not "input:". It is what two layers make of the sines
    # and cosines of the timestep: not yet what shifts and scales, nor a sum with the text
    embedding: Indicator | None = "argument:temb"
    latent_free: bool = False  # the indicator does not depend on the latents, so a replay of a trace is exact
    # the submodules that make the indicator from the timestep alone: the first gets the timestep as the
    # transformer did, each other what the one before returns; then decisions wait for the device once a run
    from_timestep: tuple[str, ...] = ()
    means: Means = "float32"  # how the distances of the indicator are taken
    variants: Mapping[str, Variant] = field(default_factory=dict)

    def read_as(self, name: str) -> Architecture:
        """The same class read another way: "default", "authors", a variant of its own, or another signal.

        Without a variant "authors" it is the class itself: the authors read it the same way, or not at all.
        "embedding" and "latent" decide by the timestep embedding or by the noisy input alone, as the paper's
        figure 3 and table 2 do.
        With "_rounded" behind its name the means are rounded to the dtype of what is compared, as torch.mean
        does in the authors' code wherever they run a model in half precision. That is the exception here and
        not the rule: of such a distance only two or three digits are left.
        Raises SettingsError that lists the known names.
        """
        if name.endswith(ROUNDED):
            return replace(self.read_as(name.removesuffix(ROUNDED)), means="rounded")
        signals = self._signals()
        known = dict.fromkeys(("default", "authors", *self.variants, *signals))
        if name not in known:
            wanted = Phrase("one of {known}", known=", ".join(known))
            raise SettingsError("variant", name, wanted, "give 'default', or 'authors' as published")
        variant = self.variants.get(name) or signals.get(name)
        if variant is None:
            return self
        changes = {key: value for key, value in vars(variant).items() if value is not None}
        return replace(self, **changes)

    def _signals(self) -> dict[str, Variant]:
        """The signals that every class can be decided by in place of its indicator, named as in a trace."""
        found = {}
        if self.embedding is not None:
            found["embedding"] = Variant(indicator=self.embedding, latent_free=True, from_timestep=())
        found["latent"] = Variant(indicator="latents", latent_free=False, from_timestep=())
        return found


def _without_extra_positions(block: nn.Module, argument: Callable[[str], Any]) -> torch.Tensor:
    """The authors compare what Cosmos' first norm makes of the tokens before `extra_pos_emb` is added."""
    bring_weights(block)
    return block.norm1(argument("hidden_states"), argument("embedded_timestep"), argument("temb"))[0]


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
