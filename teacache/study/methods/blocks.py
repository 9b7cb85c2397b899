"""Caches that skip the block stack as TeaCache does, by diffusers' hooks: FirstBlock-, Mag- and SeaCache.

They add what the last block gave to what entered the first one, which holds only where all blocks see one
layout: not where spatial and temporal blocks alternate (Latte).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from diffusers import FirstBlockCacheConfig, MagCacheConfig, SeaCacheConfig
from diffusers.hooks._common import _ALL_TRANSFORMER_BLOCK_IDENTIFIERS
from diffusers.hooks._helpers import TransformerBlockRegistry
from diffusers.hooks.mag_cache import MagCacheHeadHook
from torch import nn

from teacache.errors import Phrase
from teacache.method.placing import hooks_of
from teacache.runs.request import Checked
from teacache.study.clips import sampling
from teacache.study.methods.diffusers_hooks import around, kind_of, transformers, without_mixin
from teacache.study.methods.method import Knob, Method, Values, Way

_THRESHOLD = Phrase("Change of the first block's residual below which the others are left out.")
_OTHER_SEED = (
    1_000_003  # added to a request's seed for MagCache's calibration: never the noise it is judged on
)


def _refuses(pipe: Any) -> Phrase | None:
    if (reason := without_mixin(pipe)) is not None:
        return reason
    if kind_of(pipe) in _CHANGING:
        return Phrase(
            "The blocks of {kind} change between spatial and temporal layout, so that what leaves the last "
            "one does not fit what entered the first.",
            kind=kind_of(pipe),
        )
    for block in _first_of_each(pipe):
        if not _registered(block):
            return Phrase("diffusers does not know what {kind} returns.", kind=type(block).__name__)
    return None


_CHANGING = ("LatteTransformer3DModel",)
_FIRST_BLOCK_ALONE = {
    "Flux2Transformer2DModel": Phrase(
        "FirstBlockCache expects the last block to return the same as the first, text beside the picture."
    ),
    "Kandinsky5Transformer3DModel": Phrase(
        "FirstBlockCache asks for an argument hidden_states, which these blocks do not have."
    ),
}


def _first_of_each(pipe: Any) -> list[nn.Module]:
    """The first block of each list that these caches skip."""
    return [
        blocks[0]
        for module in transformers(pipe)
        for name, blocks in module.named_children()
        if name in _ALL_TRANSFORMER_BLOCK_IDENTIFIERS and isinstance(blocks, nn.ModuleList)
    ]


def _registered(block: nn.Module) -> bool:
    try:
        TransformerBlockRegistry.get(type(block))
    except ValueError:
        return False
    return True


def _first_block(pipe: Any, request: Checked, values: Values) -> Way:
    def configure(part: nn.Module) -> FirstBlockCacheConfig:
        return FirstBlockCacheConfig(threshold=values["threshold"])

    return Way(request=request, around=around(configure))


def _first_block_refuses(pipe: Any) -> Phrase | None:
    return _refuses(pipe) or _FIRST_BLOCK_ALONE.get(kind_of(pipe))


FIRST_BLOCK = Method(
    name="first_block",
    title="FirstBlockCache",
    about=Phrase(
        "The first block is always computed, and where its residual changed little since the last computed "
        "call the residual of all other blocks is added again. It needs no calibration and compares with the "
        "last computed call, not with a running sum."
    ),
    paper="https://github.com/chengzeyi/ParaAttention",
    knobs=(Knob(name="threshold", about=_THRESHOLD, slow=0.05, fast=0.15),),
    way=_first_block,
    refuses=_first_block_refuses,
    ladder=tuple({"threshold": value} for value in (0.02, 0.04, 0.06, 0.09, 0.13, 0.2, 0.3, 0.5)),
)

# Magnitude ratios per transformer, by number of steps and guidance; measured once, by a run of its own.
_ratios: weakref.WeakKeyDictionary[nn.Module, dict[Hashable, torch.Tensor]] = weakref.WeakKeyDictionary()


def _calibrate(pipe: Any, request: Checked) -> Generator[None, None, None]:
    """One uncached run from other noise, in diffusers' own calibration mode, if none was made before."""
    key = _kind(request)
    if all(key in _ratios.get(part, {}) for part in transformers(pipe)):
        return
    heard: dict[nn.Module, dict[str, list[float]]] = {}
    other = replace(request, seed=(request.seed + _OTHER_SEED) % 2**32)
    yield from sampling(pipe, other, around=_calibrating(heard))
    for part, branches in heard.items():
        several = [torch.tensor(ratios) for ratios in branches.values()]
        _ratios.setdefault(part, {})[key] = torch.stack(several).mean(dim=0)


def _kind(request: Checked) -> Hashable:
    return request.steps, request.size, request.guidance_scale


def _calibrating(heard: dict[nn.Module, dict[str, list[float]]]) -> Callable[[Any, Checked], Any]:
    def configure(part: nn.Module) -> MagCacheConfig:
        return MagCacheConfig(
            calibrate=True, num_inference_steps=10**6
        )  # so that it never prints, nor resets

    calibrating = around(configure)

    @contextmanager
    def put(pipe: Any, request: Checked) -> Iterator[None]:
        with calibrating(pipe, request):
            handles = [part.register_forward_hook(_listen(part, heard)) for part in transformers(pipe)]
            try:
                yield
            finally:
                for handle in handles:
                    handle.remove()

    return put


def _listen(part: nn.Module, heard: dict[nn.Module, dict[str, list[float]]]) -> Callable[..., None]:
    """Reads the ratios so far after every call: the pipeline's end-of-run reset would take them away."""
    head = next(hook for hook in hooks_of(part) if isinstance(hook, MagCacheHeadHook))

    def hook(*_: Any) -> None:
        states: dict[str, Any] = head.state_manager._state_cache
        heard[part] = {name: list(state.calibration_ratios) for name, state in states.items()}

    return hook


def _mag_cache(pipe: Any, request: Checked, values: Values) -> Way:
    def configure(part: nn.Module) -> MagCacheConfig:
        ratios = _ratios[part][_kind(request)]
        return MagCacheConfig(
            threshold=values["threshold"],
            max_skip_steps=int(values["most"]),
            retention_ratio=values["retention"],
            num_inference_steps=len(ratios),
            mag_ratios=ratios,
        )

    return Way(request=request, around=around(configure))


MAG_CACHE = Method(
    name="mag_cache",
    title="MagCache",
    about=Phrase(
        "One calibration run measures by how much the residual's magnitude shrinks from step to step. From "
        "that table alone it sums up the error of reusing and skips while it is small, with no decision that "
        "waits for the device."
    ),
    paper="https://arxiv.org/abs/2506.09045",
    knobs=(
        Knob(
            name="threshold",
            about=Phrase("Sum of errors up to which calls are left out."),
            slow=0.06,
            fast=0.12,
        ),
        Knob(name="most", about=Phrase("Calls in a row that may be left out."), slow=2, fast=4),
        Knob(
            name="retention",
            about=Phrase("Share of the steps at the start that is computed."),
            slow=0.2,
            fast=0.2,
        ),
    ),
    way=_mag_cache,
    refuses=_refuses,
    prepare=_calibrate,
    ladder=tuple(
        {"threshold": threshold, "most": most, "retention": 0.2}
        for threshold, most in ((0.01, 1), (0.03, 2), (0.06, 2), (0.12, 3), (0.12, 4), (0.24, 6), (0.5, 8))
    ),
)


def _sea_cache(pipe: Any, request: Checked, values: Values) -> Way:
    def configure(part: nn.Module) -> SeaCacheConfig:
        return SeaCacheConfig(threshold=values["threshold"], max_consecutive_cached=int(values["most"]))

    return Way(request=request, around=around(configure))


def _sea_refuses(pipe: Any) -> Phrase | None:
    if (reason := _refuses(pipe)) is not None:
        return reason
    if kind_of(pipe) != "WanTransformer3DModel":
        return Phrase(
            "The pipeline of {kind} does not tell the cache its step and noise level.", kind=kind_of(pipe)
        )
    configs: list[Any] = [part.config for part in transformers(pipe)]
    if any(config.in_channels != config.out_channels for config in configs):
        return Phrase(
            "SeaCache reads latents of text-to-video models only, not those with an image beside them."
        )
    return None


SEA_CACHE = Method(
    name="sea_cache",
    title="SeaCache",
    about=Phrase(
        "SeaCache filters the latents so that only what the model is working on at this noise level is "
        "compared between steps. While the summed change is small it extrapolates the residual of the blocks."
    ),
    paper="https://arxiv.org/abs/2602.18993",
    knobs=(
        Knob(name="threshold", about=Phrase("Sum at which a call is computed."), slow=0.15, fast=0.3),
        Knob(name="most", about=Phrase("Calls in a row that may be left out."), slow=2, fast=4),
    ),
    way=_sea_cache,
    refuses=_sea_refuses,
    ladder=tuple(
        {"threshold": threshold, "most": most}
        for threshold, most in ((0.05, 1), (0.1, 2), (0.15, 2), (0.2, 3), (0.3, 4), (0.45, 6), (0.7, 8))
    ),
)
