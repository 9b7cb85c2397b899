"""A faster forward of LatteTransformer3DModel for training on a CPU: same parameters, same mathematics.

Keeps (clip, frame, token, channel) so that text and time are not repeated for every frame, and uses plain
matrix products, several times faster than fused attention for sequences of 16. A test compares it with the
original.
"""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from diffusers import LatteTransformer3DModel
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention

_PACKED_LENGTH = 64  # short sequences are attended to in packs of this length, under a block-diagonal mask


def denoise(
    model: LatteTransformer3DModel,
    latents: torch.Tensor,
    times: torch.Tensor,
    text: torch.Tensor,
    text_bias: torch.Tensor | None = None,
    *,
    frame_index: torch.Tensor | None = None,
) -> torch.Tensor:
    """The model's output (B, 2C, F, H, W) for latents (B, C, F, H, W), times (B,) and text (B, L, 128).

    With `frame_index` (B, F), frames are taken as unrelated images that sit at these places of their clips,
    and the temporal blocks are skipped: exact while those are still the identity.
    """
    batch, channels, frames, height, width = latents.shape
    hidden = model.pos_embed(latents.transpose(1, 2).reshape(-1, channels, height, width)).unflatten(
        0, (batch, frames)
    )
    conditions = {"resolution": None, "aspect_ratio": None}
    modulation, time = model.adaln_single(times, conditions, batch_size=batch, hidden_dtype=hidden.dtype)
    text = model.caption_projection(text)
    places = (
        model.temp_pos_embed[0] if frame_index is None else model.temp_pos_embed[0][frame_index][:, :, None]
    )
    for i, (spatial, temporal) in enumerate(
        zip(model.transformer_blocks, model.temporal_transformer_blocks, strict=True)
    ):
        hidden = _block(spatial, hidden, modulation, text, text_bias)
        if frame_index is not None:
            hidden = hidden + places if i == 0 else hidden
            continue
        hidden = hidden.transpose(1, 2)
        hidden = (hidden + places if i == 0 else hidden).contiguous()
        hidden = _block(temporal, hidden, modulation).transpose(1, 2)
    shift, scale = (model.scale_shift_table[None] + time[:, None])[:, None].chunk(2, dim=2)
    return _unpatchify(model, model.proj_out(_normalize(hidden) * (1 + scale) + shift), height, width)


def _unpatchify(
    model: LatteTransformer3DModel, tokens: torch.Tensor, height: int, width: int
) -> torch.Tensor:
    patch = model.config.patch_size
    grid = tokens.unflatten(2, (height // patch, width // patch)).unflatten(-1, (patch, patch, -1))
    return grid.permute(0, 6, 1, 2, 4, 3, 5).reshape(len(tokens), -1, tokens.shape[1], height, width)


def _normalize(x: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


def _block(
    block: BasicTransformerBlock,
    x: torch.Tensor,
    modulation: torch.Tensor,
    text: torch.Tensor | None = None,
    text_bias: torch.Tensor | None = None,
) -> torch.Tensor:
    table = (block.scale_shift_table[None] + modulation.unflatten(-1, (6, -1)))[:, :, None, None]
    shift1, scale1, gate1, shift2, scale2, gate2 = table.unbind(1)
    x = torch.addcmul(
        x, gate1, _self_attention(block.attn1, torch.addcmul(shift1, _normalize(x), 1 + scale1))
    )
    if block.attn2 is not None:
        x = x + _attend(block.attn2, x.flatten(1, 2), text, text_bias).view_as(x)
    inner = block.ff.net[0].proj(torch.addcmul(shift2, _normalize(x), 1 + scale2))
    return torch.addcmul(x, gate2, block.ff.net[2](F.gelu(inner, approximate="tanh")))


def _self_attention(layer: Attention, x: torch.Tensor) -> torch.Tensor:
    """Attention along the third axis of (B, P, Q, D)."""
    length, sequences = x.shape[2], x.shape[0] * x.shape[1]
    count = max(1, _PACKED_LENGTH // length)
    while sequences % count:
        count -= 1
    packed = x.reshape(sequences // count, count * length, x.shape[3])
    bias = _block_diagonal(length, count, x.device) if count > 1 else None
    return _attend(layer, packed, packed, bias).view_as(x)


def _attend(
    layer: Attention, x: torch.Tensor, source: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    query, key, value = layer.to_q(x), layer.to_k(source), layer.to_v(source)
    query, key, value = (t.unflatten(-1, (layer.heads, -1)).transpose(1, 2) for t in (query, key, value))
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    weights = (scores if bias is None else scores + bias).softmax(-1)
    return layer.to_out[0]((weights @ value).transpose(1, 2).flatten(2))


@functools.cache
def _block_diagonal(length: int, count: int, device: torch.device) -> torch.Tensor:
    owner = torch.arange(length * count, device=device) // length
    return torch.where(owner[:, None] == owner[None], 0.0, -1e4)
