"""The parts of CausalVAE: convolutions that look back in time only, and what is built of them.

Tensors are (B, C, T, H, W). Names of attributes are those of the published weights, from
PKU-YuanGroup/Open-Sora-Plan v1.1.0, opensora/models/ae/videobase/modules. Knows neither tiles nor configs.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

_GROUPS, _EPS = 32, 1e-6  # modules/normalize.py


def norm(channels: int) -> nn.GroupNorm:
    """The one normalisation of this network."""
    return nn.GroupNorm(_GROUPS, channels, eps=_EPS)


def per_frame(layer, x: torch.Tensor) -> torch.Tensor:
    """Run a layer for pictures on (B, C, T, H, W), every frame by itself."""
    batch, _, frames = x.shape[:3]
    pictures = layer(x.transpose(1, 2).flatten(0, 1))
    return pictures.unflatten(0, (batch, frames)).transpose(1, 2)


def first_frame_before(x: torch.Tensor, count: int) -> torch.Tensor:
    """The past that a clip does not have: its first frame, `count` times (modules/conv.py)."""
    return torch.cat([x[:, :, :1].expand(-1, -1, count, -1, -1), x], dim=2)


class FrameConv2d(nn.Conv2d):
    """A convolution of pictures, run on each frame."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return per_frame(super().forward, x)


class CausalConv3d(nn.Module):
    """A convolution whose frame t sees the frames up to t; `kernel` is (time, side)."""

    def __init__(self, inside: int, outside: int, kernel: tuple[int, int] = (3, 3)):
        super().__init__()
        time, side = kernel
        self.past = time - 1
        self.conv = nn.Conv3d(inside, outside, (time, side, side), padding=(0, side // 2, side // 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(first_frame_before(x, self.past) if self.past else x)


class ResnetBlock3D(nn.Module):
    """Two normed convolutions and a way around them; its norms average over space and time."""

    def __init__(self, inside: int, outside: int):
        super().__init__()
        self.norm1, self.norm2 = norm(inside), norm(outside)
        self.conv1, self.conv2 = self.convolution(inside, outside, 3), self.convolution(outside, outside, 3)
        if inside != outside:
            self.nin_shortcut = self.convolution(inside, outside, 1)

    def convolution(self, inside: int, outside: int, size: int) -> nn.Module:
        return CausalConv3d(inside, outside, (size, size))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)


class ResnetBlock2D(ResnetBlock3D):
    """The same for pictures: every frame is normed by itself."""

    def convolution(self, inside: int, outside: int, size: int) -> nn.Module:
        return nn.Conv2d(inside, outside, size, padding=size // 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return per_frame(super().forward, x)


class AttnBlock3DFix(nn.Module):
    """Attention with one head between the places of each frame. modules/attention.py."""

    def __init__(self, channels: int):
        super().__init__()
        self.norm = norm(channels)
        self.q, self.k, self.v, self.proj_out = (CausalConv3d(channels, channels, (1, 1)) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.norm(x)
        frames, places = x.shape[2], x.shape[3:]
        q, k, v = (
            part(h).permute(0, 2, 3, 4, 1).flatten(2, 3).flatten(0, 1) for part in (self.q, self.k, self.v)
        )
        h = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]
        h = h.unflatten(0, (-1, frames)).unflatten(2, places)
        return x + self.proj_out(h.permute(0, 4, 1, 2, 3))


class Downsample(nn.Module):
    """Half the height and width, frame by frame; pads on the right and below. modules/updownsample.py."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = FrameConv2d(channels, channels, 3, stride=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class SpatialUpsample2x(nn.Module):
    """Twice the height and width: every pixel four times, then a convolution within the frame."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = CausalConv3d(channels, channels, (1, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(per_frame(lambda pictures: F.interpolate(pictures, scale_factor=2), x))


class TimeDownsampleRes2x(nn.Module):
    """T -> (T + 1) / 2 frames: a learned mix of the mean of three and a strided convolution."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv3d(channels, channels, 3, stride=(2, 1, 1), padding=(0, 1, 1))
        self.mix_factor = nn.Parameter(torch.tensor([2.0]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = first_frame_before(x, 2)
        mean = F.avg_pool3d(x, (3, 1, 1), stride=(2, 1, 1))
        return _mixed(self.mix_factor, mean, self.conv(x))


class TimeUpsampleRes2x(nn.Module):
    """T -> 2 T - 1 frames: the first stays, the others are interpolated; mixed with a convolution of that."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = CausalConv3d(channels, channels)
        self.mix_factor = nn.Parameter(torch.tensor([2.0]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[2] > 1:
            later = F.interpolate(x[:, :, 1:], scale_factor=(2, 1, 1), mode="trilinear")
            x = torch.cat([x[:, :, :1], later], dim=2)
        return _mixed(self.mix_factor, x, self.conv(x))


def _mixed(factor: torch.Tensor, plain: torch.Tensor, learned: torch.Tensor) -> torch.Tensor:
    share = torch.sigmoid(factor)
    return share * plain + (1 - share) * learned
