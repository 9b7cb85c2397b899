"""The parts of Open-Sora 1.2's denoiser: embeddings, one block, the last layer.

Tokens travel as (B, T, S, C): frames and places of a frame keep axes of their own, so that a block needs no
other word on how the clip is laid out. Knows nothing of latents, pixels or schedules.
"""

from __future__ import annotations

from typing import Literal

import torch
from diffusers.models.embeddings import get_timestep_embedding
from torch import nn
from torch.nn import functional as F

from teacache.models.opensora.attention import CrossAttention, Rotation, SelfAttention

SINUSOID = 256  # numbers that a scalar (timestep, frame rate) is spread to before its network
Axis = Literal["space", "time"]


def normalised(x: torch.Tensor) -> torch.Tensor:
    """Layer norm without weights, eps 1e-6."""
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


class ScalarEmbedder(nn.Module):
    """A number as a vector: 128 cosines, then 128 sines, then two layers."""

    def __init__(self, width: int):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(SINUSOID, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        """(B,) -> (B, width)."""
        waves = get_timestep_embedding(value, SINUSOID, flip_sin_to_cos=True, downscale_freq_shift=0)
        return self.mlp(waves.to(self.mlp[0].weight.dtype))


class Mlp(nn.Module):
    """Two layers with the tanh form of GELU between."""

    def __init__(self, width: int, inner: int, out: int):
        super().__init__()
        self.fc1 = nn.Linear(width, inner)
        self.fc2 = nn.Linear(inner, out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., out)."""
        return self.fc2(F.gelu(self.fc1(x), approximate="tanh"))


class PatchEmbedder(nn.Module):
    """Patches of the latents as tokens."""

    def __init__(self, channels: int, width: int, patch: tuple[int, int, int]):
        super().__init__()
        self.proj = nn.Conv3d(channels, width, kernel_size=patch, stride=patch)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, channels, T, H, W) -> (B, T', H' W', width)."""
        return self.proj(x).flatten(3).permute(0, 2, 3, 1)


class CaptionEmbedder(nn.Module):
    """The text's embeddings brought to the denoiser's width; keeps the learned null prompt."""

    def __init__(self, caption_width: int, width: int, tokens: int):
        super().__init__()
        # In the width of the text encoder: it takes the place of a prompt's embeddings.
        self.register_buffer("y_embedding", torch.randn(tokens, caption_width) / caption_width**0.5)
        self.y_proj = Mlp(caption_width, width, width)

    def forward(self, text: torch.Tensor, null_prompts: int = 0) -> torch.Tensor:
        """(B, L, caption width) -> (B + null_prompts, L, width): the text, then the null prompt cut to L.

        Read here and nowhere else: an offload brings the weights only to a module's own call.
        """
        if null_prompts:
            null = self.y_embedding[None, : text.shape[1]].to(text.dtype)
            text = torch.cat([text, null.expand(null_prompts, -1, -1)])
        return self.y_proj(text)


class STDiT3Block(nn.Module):
    """Self-attention along one axis, cross-attention to the text, and an MLP.

    Self-attention and MLP are modulated and gated by the timestep; the cross-attention is neither.
    """

    def __init__(self, width: int, heads: int, *, mlp_ratio: float, qk_norm: bool, axis: Axis):
        super().__init__()
        self.axis = axis
        self.scale_shift_table = nn.Parameter(torch.randn(6, width) / width**0.5)
        self.attn = SelfAttention(width, heads, qk_norm=qk_norm)
        self.cross_attn = CrossAttention(width, heads)
        self.mlp = Mlp(width, int(width * mlp_ratio), width)

    def forward(
        self,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        temb: torch.Tensor,
        encoder_attention_mask: torch.Tensor | None = None,
        rotation: Rotation | None = None,
    ) -> torch.Tensor:
        """(B, T, S, C), text (B, L, C), timestep (B, 1 or T, 6, C), mask (B, L) -> (B, T, S, C)."""
        x = hidden_states
        modulation = (self.scale_shift_table + temb).unsqueeze(3).unbind(2)  # six of (B, 1 or T, 1, C)
        shift, scale, gate, mlp_shift, mlp_scale, mlp_gate = modulation
        x = x + gate * self._along_axis(normalised(x) * (1 + scale) + shift, rotation)
        text = self.cross_attn(x.flatten(1, 2), encoder_hidden_states, encoder_attention_mask)
        x = x + text.view(x.shape)
        return x + mlp_gate * self.mlp(normalised(x) * (1 + mlp_scale) + mlp_shift)

    def _along_axis(self, x: torch.Tensor, rotation: Rotation | None) -> torch.Tensor:
        batch = x.shape[0]
        if self.axis == "space":
            return self.attn(x.flatten(0, 1)).unflatten(0, (batch, -1))
        mixed = self.attn(x.transpose(1, 2).flatten(0, 1), rotation)
        return mixed.unflatten(0, (batch, -1)).transpose(1, 2)


class FinalLayer(nn.Module):
    """Tokens to patches of the output, modulated by the timestep alone."""

    def __init__(self, width: int, out: int):
        super().__init__()
        self.scale_shift_table = nn.Parameter(torch.randn(2, width) / width**0.5)
        self.linear = nn.Linear(width, out)

    def forward(
        self,
        hidden_states: torch.Tensor,
        temb: torch.Tensor,
        still_temb: torch.Tensor | None = None,
        x_mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """(B, T, S, C), timestep (B, C) -> (B, T, S, out).

        Frames that `x_mask` (B, T) leaves out are modulated once more, at `still_temb`, the embedding of t=0:
        the authors' layer normalises the modulated tokens again there, and the weights were trained with it.
        """
        x = self._modulated(hidden_states, temb)
        if x_mask is not None:
            x = torch.where(x_mask[:, :, None, None], x, self._modulated(x, still_temb))
        return self.linear(x)

    def _modulated(self, x: torch.Tensor, temb: torch.Tensor) -> torch.Tensor:
        shift, scale = (self.scale_shift_table + temb[:, None])[:, :, None, None].unbind(1)
        return normalised(x) * (1 + scale) + shift
