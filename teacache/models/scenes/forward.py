"""A faster forward of WanTransformer3DModel for training: same parameters, same mathematics.

One text token stands for all the zeros that the pipeline fills a prompt up with, and on a CPU attention is a
plain matrix product, faster there than the fused one for so few tokens. A test compares it with the original.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from diffusers.models.transformers.transformer_wan import WanAttention, WanTransformerBlock

Rotation = tuple[torch.Tensor, torch.Tensor]


def denoise(
    model: WanTransformer3DModel,
    latents: torch.Tensor,
    times: torch.Tensor,
    text: torch.Tensor,
    text_bias: torch.Tensor | None = None,
) -> torch.Tensor:
    """The model's output (B, C, F, H, W) for latents (B, C, F, H, W), times (B,) and text (B, L, 128).

    `text_bias` (L,) is added to the scores of the text's tokens.
    """
    patch = model.config.patch_size
    grid = [side // step for side, step in zip(latents.shape[2:], patch, strict=True)]
    cos, sin = (part[0, :, 0, 0::2] for part in model.rope(latents))  # each value comes twice
    x = model.patch_embedding(latents).flatten(2).transpose(1, 2)
    time, modulation, text, _ = model.condition_embedder(times, text)
    modulation = modulation.unflatten(1, (6, -1))
    for block in model.blocks:
        x = _block(block, x, modulation, (cos, sin), text, text_bias)
    shift, scale = (model.scale_shift_table + time[:, None]).chunk(2, dim=1)
    x = model.proj_out(_normalize(x) * (1 + scale) + shift)
    x = x.unflatten(1, grid).unflatten(-1, (*patch, -1))
    return x.permute(0, 7, 1, 4, 2, 5, 3, 6).reshape(len(x), -1, *latents.shape[2:])


def _normalize(x: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


def _block(
    block: WanTransformerBlock,
    x: torch.Tensor,
    modulation: torch.Tensor,
    rotation: Rotation,
    text: torch.Tensor,
    text_bias: torch.Tensor | None,
) -> torch.Tensor:
    table = (block.scale_shift_table + modulation)[:, :, None]
    shift1, scale1, gate1, shift2, scale2, gate2 = table.unbind(1)
    inner = torch.addcmul(shift1, _normalize(x), 1 + scale1)
    x = torch.addcmul(x, gate1, _attend(block.attn1, inner, inner, rotation=rotation))
    x = x + _attend(block.attn2, block.norm2(x), text, bias=text_bias)
    inner = block.ffn.net[0].proj(torch.addcmul(shift2, _normalize(x), 1 + scale2))
    return torch.addcmul(x, gate2, block.ffn.net[2](F.gelu(inner, approximate="tanh")))


def _attend(
    layer: WanAttention,
    x: torch.Tensor,
    source: torch.Tensor,
    *,
    rotation: Rotation | None = None,
    bias: torch.Tensor | None = None,
) -> torch.Tensor:
    query, key, value = layer.norm_q(layer.to_q(x)), layer.norm_k(layer.to_k(source)), layer.to_v(source)
    query, key, value = (t.unflatten(-1, (layer.heads, -1)).transpose(1, 2) for t in (query, key, value))
    if rotation is not None:
        query, key = _rotated(query, *rotation), _rotated(key, *rotation)
    if x.device.type != "cpu":
        mixed = F.scaled_dot_product_attention(query, key, value.to(query.dtype), _like(bias, query))
    else:
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        mixed = (scores if bias is None else scores + bias).softmax(-1) @ value
    return layer.to_out[0](mixed.transpose(1, 2).flatten(2))


def _like(bias: torch.Tensor | None, query: torch.Tensor) -> torch.Tensor | None:
    return None if bias is None else bias.to(query.dtype)


def _rotated(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary position embedding of neighbouring pairs. x: (B, heads, L, 64); cos, sin: (L, 32)."""
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)
