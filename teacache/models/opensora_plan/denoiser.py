"""The published LatteT2V checkpoint as diffusers' LatteTransformer3DModel: the same network, other words.

What differs is the configuration's spelling, one weight that no forward uses, and the positions in time of
long clips. Knows configs and weights; nothing of files.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import LatteTransformer3DModel
from diffusers.models.embeddings import get_1d_sincos_pos_embed_from_grid

from teacache.errors import ModelLoadError, Phrase

# The null prompt of training; sampling encodes an empty text instead.
UNUSED = ("caption_projection.y_embedding",)

# Everything that both classes know under the same name.
_SHARED = (
    "num_attention_heads", "attention_head_dim", "in_channels", "out_channels", "num_layers",
    "cross_attention_dim", "attention_bias", "patch_size", "activation_fn", "num_embeds_ada_norm",
    "norm_type", "norm_elementwise_affine", "norm_eps", "caption_channels", "video_length",
)  # fmt: skip

# What diffusers' class cannot compute; other trainings of that code base have used the first two.
_REFUSED = {
    "use_rope": (
        False,
        Phrase("This checkpoint uses rotary positions, which diffusers' Latte does not compute"),
    ),
    "compress_kv_factor": (
        1,
        Phrase("This checkpoint compresses keys and values, which diffusers' Latte does not"),
    ),
    "patch_size_t": (
        1,
        Phrase("This checkpoint has patches of several frames, which diffusers' Latte does not have"),
    ),
}


def denoiser_config(published: dict[str, Any]) -> dict[str, Any]:
    """The arguments of LatteTransformer3DModel for a published `config.json`.

    Raises ModelLoadError, one sentence, for a network that diffusers' class is not: `use_rope`,
    `compress_kv_factor` other than 1, patches or positions in time of another kind, pictures not square.
    """
    for field, (default, problem) in _REFUSED.items():
        if published.get(field, default) not in (default, None):
            raise ModelLoadError(
                "{problem} ({field} is {value!r}): choose 65x512x512 or 221x512x512 of v1.1.0.",
                problem=problem,
                field=field,
                value=published[field],
            )
    stretch = published.get("interpolation_scale_1d")
    if stretch not in (None, _stretch(published.get("video_length", 0))):
        raise ModelLoadError(
            "This checkpoint divides positions in time by {stretch} (interpolation_scale_1d), which "
            "is not the rule of v1.1.0: choose 65x512x512 or 221x512x512 of it.",
            stretch=stretch,
        )
    missing = [name for name in (*_SHARED, "sample_size") if name not in published]
    if missing:
        raise ModelLoadError(
            "This is no LatteT2V config, since it lacks {missing}.", missing=", ".join(missing)
        )
    return {name: published[name] for name in _SHARED} | {"sample_size": _side(published["sample_size"])}


def denoiser_weights(published: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights without what no forward uses; the other names are diffusers' own."""
    return {name: value for name, value in published.items() if name not in UNUSED}


def set_positions_in_time(transformer: LatteTransformer3DModel) -> None:
    """Give long clips the positions that they were trained with: 0, 1/3, 2/3, ... for 221 frames.

    Diffusers' class keeps its table in a buffer that is not saved, so this is due after every loading; it
    keeps dtype and device and may be repeated.
    """
    frames = transformer.config.video_length
    positions = torch.arange(frames) / _stretch(frames)
    width = transformer.config.num_attention_heads * transformer.config.attention_head_dim
    table = get_1d_sincos_pos_embed_from_grid(width, positions, output_type="pt").float()[None]
    buffer = transformer.temp_pos_embed
    transformer.temp_pos_embed = table.to(buffer.device, buffer.dtype)


def _stretch(latent_frames: int) -> int:
    """What positions in time are divided by: 3 for 56 latent frames, 1 for 17.

    opensora/models/diffusion/latte/modeling_latte.py, where interpolation_scale_1d is not given.
    """
    return max(latent_frames // 16, 1)


def _side(size: int | list[int]) -> int:
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) != 1:
        raise ModelLoadError(
            "This checkpoint is for pictures of {size} latents, but diffusers' Latte is square: "
            "choose 65x512x512 or 221x512x512 of v1.1.0.",
            size=size,
        )
    return sides.pop()
