"""The temporal half of Open-Sora 1.2's autoencoder: four frames of latents to one, causally.

A network of 3-D convolutions in the manner of MAGVIT-v2 (arXiv 2310.05737, section 3.1), written from the
facts of hpcaitech/Open-Sora v1.2.0, `opensora/models/vae/vae_temporal.py`. Knows latents (B, C, T, H, W);
nothing of pixels, chunks or scales.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

PACKED = 4  # frames to one


class CausalConv3d(nn.Module):
    """A convolution that sees no later frame: zeros stand in front of the clip and around each frame."""

    def __init__(self, inside: int, outside: int, kernel: int = 3, *, stride: int = 1, bias: bool = True):
        super().__init__()
        side = kernel // 2
        front = kernel - stride  # of the first output, what lies before the clip
        self.padding = (side, side, side, side, front, 0)
        self.conv = nn.Conv3d(inside, outside, kernel, stride=(stride, 1, 1), bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, inside, T, H, W) -> (B, outside, T / stride, H, W)."""
        return self.conv(F.pad(x, self.padding) if any(self.padding) else x)


class ResBlock(nn.Module):
    """Two normalised convolutions beside a shortcut."""

    def __init__(self, inside: int, outside: int, groups: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inside)
        self.conv1 = CausalConv3d(inside, outside, bias=False)
        self.norm2 = nn.GroupNorm(groups, outside)
        self.conv2 = CausalConv3d(outside, outside, bias=False)
        self.conv3 = CausalConv3d(inside, outside, 1, bias=False) if inside != outside else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, inside, T, H, W) -> (B, outside, T, H, W)."""
        y = self.conv1(F.silu(self.norm1(x)))
        y = self.conv2(F.silu(self.norm2(y)))
        return y + (x if self.conv3 is None else self.conv3(x))


def _stack(inside: int, outside: int, count: int, groups: int) -> nn.Sequential:
    return nn.Sequential(*(ResBlock(outside if i else inside, outside, groups) for i in range(count)))


class Encoder(nn.Module):
    """Latents of single frames to the moments of latents of four."""

    def __init__(
        self,
        channels: int,
        moments: int,
        widths: Sequence[int],
        halve: Sequence[bool],
        blocks: int,
        groups: int,
    ):
        super().__init__()
        befores = [widths[0], *widths[:-1]]
        self.conv_in = CausalConv3d(channels, widths[0], bias=False)
        self.block_res_blocks = nn.ModuleList(
            _stack(before, width, blocks, groups) for before, width in zip(befores, widths, strict=True)
        )
        self.conv_blocks = nn.ModuleList(
            CausalConv3d(width, width, stride=2) if half else nn.Identity()
            for width, half in zip(widths[:-1], halve, strict=True)
        )
        self.res_blocks = _stack(widths[-1], widths[-1], blocks, groups)
        self.norm1 = nn.GroupNorm(groups, widths[-1])
        self.conv2 = CausalConv3d(widths[-1], moments, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, channels, T, H, W), T a multiple of the packing -> (B, moments, T', H, W)."""
        x = self.conv_in(x)
        for block, shorten in zip(self.block_res_blocks, [*self.conv_blocks, nn.Identity()], strict=True):
            x = shorten(block(x))
        return self.conv2(F.silu(self.norm1(self.res_blocks(x))))


class Decoder(nn.Module):
    """Latents of four frames to latents of single frames."""

    def __init__(
        self,
        channels: int,
        latents: int,
        widths: Sequence[int],
        halved: Sequence[bool],
        blocks: int,
        groups: int,
    ):
        super().__init__()
        self.conv1 = CausalConv3d(latents, widths[-1])
        self.res_blocks = _stack(widths[-1], widths[-1], blocks, groups)
        afters = [*widths[1:], widths[-1]]  # a level receives what the one above it gave
        self.block_res_blocks = nn.ModuleList(
            _stack(after, width, blocks, groups) for after, width in zip(afters, widths, strict=True)
        )
        self.conv_blocks = nn.ModuleList(
            CausalConv3d(width, 2 * width) if half else nn.Identity()
            for width, half in zip(widths[1:], halved, strict=True)
        )
        self.norm1 = nn.GroupNorm(groups, widths[0])
        self.conv_out = CausalConv3d(widths[0], channels)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """(B, latents, T', H, W) -> (B, channels, T, H, W)."""
        x = self.res_blocks(self.conv1(z))
        for level in reversed(range(len(self.block_res_blocks))):
            x = self.block_res_blocks[level](x)
            if level:
                x = _lengthened(self.conv_blocks[level - 1], x)
        return self.conv_out(F.silu(self.norm1(x)))


def _lengthened(conv: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Twice the channels become twice the frames, neighbouring channels neighbouring frames."""
    if isinstance(conv, nn.Identity):
        return x
    return conv(x).unflatten(1, (-1, 2)).permute(0, 1, 3, 2, 4, 5).flatten(2, 3)


class TemporalVAE(nn.Module):
    """Encoder and decoder over time; the defaults are those of the published weights."""

    def __init__(
        self,
        in_out_channels: int = 4,
        latent_embed_dim: int = 4,
        embed_dim: int = 4,
        filters: int = 128,
        num_res_blocks: int = 4,
        channel_multipliers: Sequence[int] = (1, 2, 2, 4),
        temporal_downsample: Sequence[bool] = (False, True, True),
        num_groups: int = 32,
    ):
        super().__init__()
        widths = [filters * m for m in channel_multipliers]
        rest = (widths, temporal_downsample, num_res_blocks, num_groups)
        self.encoder = Encoder(in_out_channels, 2 * latent_embed_dim, *rest)
        self.decoder = Decoder(in_out_channels, latent_embed_dim, *rest)
        self.quant_conv = CausalConv3d(2 * latent_embed_dim, 2 * embed_dim, 1)
        self.post_quant_conv = CausalConv3d(embed_dim, latent_embed_dim, 1)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, T, H, W) -> (B, 2 C', T', H, W): means and log variances, T' = T / 4 rounded up.

        Zeros go in front where T is no multiple of 4.
        """
        missing = -x.shape[2] % PACKED
        return self.quant_conv(self.encoder(F.pad(x, (0, 0, 0, 0, missing, 0))))

    def decode(self, z: torch.Tensor, frames: int) -> torch.Tensor:
        """(B, C', T', H, W) -> (B, C, frames, H, W); what stands for the zeros in front is cut off."""
        return self.decoder(self.post_quant_conv(z))[:, :, -frames % PACKED :]
