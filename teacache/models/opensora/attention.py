"""Attention of Open-Sora 1.2: along one axis of the clip, and from the clip to the text.

Knows tensors; nothing of blocks, timesteps or where the tokens come from.
"""

from __future__ import annotations

import torch
from diffusers.models.normalization import RMSNorm
from torch import nn
from torch.nn import functional as F

Rotation = tuple[torch.Tensor, torch.Tensor]  # cosines and sines, (length, head width) each


class RotaryFrequencies(nn.Module):
    """Rotary positions over time (arXiv 2104.09864, section 3.4.2), with a stored table of frequencies.

    The published checkpoint holds the table as `rope.freqs`, 10000^(-2k/head width), one for all blocks.
    """

    def __init__(self, head_width: int):
        super().__init__()
        exponents = torch.arange(0, head_width, 2, dtype=torch.float32) / head_width
        self.freqs = nn.Parameter(10000.0**-exponents, requires_grad=False)

    def forward(self, length: int) -> Rotation:
        """Cosines and sines for positions 0 to length - 1; in the table's dtype, as the authors run it."""
        positions = torch.arange(length, device=self.freqs.device, dtype=self.freqs.dtype)
        angles = torch.outer(positions, self.freqs).repeat_interleave(2, dim=-1)
        return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, rotation: Rotation) -> torch.Tensor:
    """Turn neighbouring pairs of channels (0 with 1, 2 with 3, ...) of `x` (..., length, head width)."""
    cosines, sines = rotation
    even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
    turned = torch.stack((-odd, even), dim=-1).flatten(-2)
    return (x * cosines + turned * sines).to(x.dtype)


class SelfAttention(nn.Module):
    """Attention among the tokens of one sequence, with RMS-normalised queries and keys (eps 1e-6)."""

    def __init__(self, width: int, heads: int, *, qk_norm: bool):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.q_norm = RMSNorm(width // heads, eps=1e-6) if qk_norm else nn.Identity()
        self.k_norm = RMSNorm(width // heads, eps=1e-6) if qk_norm else nn.Identity()
        self.proj = nn.Linear(width, width)

    def forward(self, hidden_states: torch.Tensor, rotation: Rotation | None = None) -> torch.Tensor:
        """(sequences, length, width) -> the same shape; `rotation` only where position matters."""
        q, k, v = self.qkv(hidden_states).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = self.q_norm(q), self.k_norm(k)
        if rotation is not None:
            q, k = rotate(q, rotation), rotate(k, rotation)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return self.proj(mixed.transpose(1, 2).flatten(2))


class CrossAttention(nn.Module):
    """Attention from every token of the clip to the tokens of its text."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q_linear = nn.Linear(width, width)
        self.kv_linear = nn.Linear(width, 2 * width)
        self.proj = nn.Linear(width, width)

    def forward(
        self, hidden_states: torch.Tensor, text: torch.Tensor, mask: torch.Tensor | None
    ) -> torch.Tensor:
        """(B, N, width) and (B, L, width) -> (B, N, width); `mask` (B, L), True where a text token counts."""
        q = self.q_linear(hidden_states).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        k, v = self.kv_linear(text).unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        allowed = None if mask is None else mask[:, None, None, :]
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        return self.proj(mixed.transpose(1, 2).flatten(2))
