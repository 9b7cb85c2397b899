"""How a transformer class calls its parts, and the other ways to read it. Knows no class by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import torch
from torch import nn

from teacache.errors import Phrase, SettingsError
from teacache.method.distance import Means

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
    side_blocks: Mapping[str, tuple[Stream, ...]] = field(default_factory=dict[str, tuple[Stream, ...]])
    indicator: Indicator = "input:attn1"  # source of the tensor that is compared between calls
    # first module after the blocks -> the stream it receives
    exits: Mapping[str, Stream] = field(default_factory=lambda: {"norm_out": IMAGE})
    # a stream that does not come out as the first block gets it -> the source of what it becomes
    entries: Mapping[Stream, str] = field(default_factory=dict[Stream, str])
    text_first: bool = False  # the exit gets the text's tokens too, in front; they are handed on as they come
    # source of the timestep embedding, for the trace; not "input:". It is what two layers make of the sines
    # and cosines of the timestep: not yet what shifts and scales, nor a sum with the text
    embedding: Indicator | None = "argument:temb"
    latent_free: bool = False  # the indicator does not depend on the latents, so a replay of a trace is exact
    # the submodules that make the indicator from the timestep alone: the first gets the timestep as the
    # transformer did, each other what the one before returns; then decisions wait for the device once a run
    from_timestep: tuple[str, ...] = ()
    means: Means = "float32"  # how the distances of the indicator are taken
    variants: Mapping[str, Variant] = field(default_factory=lambda: dict[str, Variant]())

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
        names = dict.fromkeys(("default", "authors", *self.variants, *signals))
        if name not in names:
            wanted = Phrase("one of {known}", known=", ".join(names))
            raise SettingsError("variant", name, wanted, "give 'default', or 'authors' as published")
        variant = self.variants.get(name) or signals.get(name)
        if variant is None:
            return self
        changes = {key: value for key, value in vars(variant).items() if value is not None}
        return replace(self, **changes)

    def _signals(self) -> dict[str, Variant]:
        """The signals that every class can be decided by in place of its indicator, named as in a trace."""
        variants: dict[str, Variant] = {}
        if self.embedding is not None:
            variants["embedding"] = Variant(indicator=self.embedding, latent_free=True, from_timestep=())
        variants["latent"] = Variant(indicator="latents", latent_free=False, from_timestep=())
        return variants
