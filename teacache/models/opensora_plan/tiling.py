"""A network run on parts of a clip that fit into memory: tiles blended over their overlap, time windows.

The parts and the blending are those of tiled_encode and tiled_decode in PKU-YuanGroup/Open-Sora-Plan v1.1.0,
opensora/models/ae/videobase/causal_vae/modeling_causalvae.py. Knows sizes, not what the network does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

Run = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, kw_only=True)
class Tiling:
    """Sizes of the parts, in latents; the defaults are those that the authors sample with.

    `side`: height and width of a tile; `overlap`: share of a tile that the next one covers too; `frames`:
    length of a time window.
    """

    side: int = 64
    overlap: float = 0.25
    frames: int = 8

    def __post_init__(self) -> None:
        if self.frames < 2 or not 0 <= self.overlap < 1 or int(self.side * (1 - self.overlap)) < 1:
            raise ValueError(f"{self} has no next tile or window: give 2 frames or more and overlap below 1.")


def in_windows(run: Run, x: torch.Tensor, *, frames: int) -> torch.Tensor:
    """Run time windows of (B, C, T, H, W) that share one frame, and drop the later one's first frame."""
    starts = range(0, max(x.shape[2] - 1, 1), frames - 1)
    parts = [run(x[:, :, start : start + frames]) for start in starts]
    return torch.cat([parts[0], *(part[:, :, 1:] for part in parts[1:])], dim=2)


def in_tiles(run: Run, x: torch.Tensor, *, side: int, overlap: float, result_side: int) -> torch.Tensor:
    """Run square tiles of (B, C, T, H, W), `side` wide, and blend what comes out, `result_side` wide each."""
    step, blend = int(side * (1 - overlap)), int(result_side * overlap)
    height, width = x.shape[-2:]
    rows = [
        [run(x[..., i : i + side, j : j + side]) for j in range(0, width, step)]
        for i in range(0, height, step)
    ]
    keep = result_side - blend
    for i, row in enumerate(rows):
        for j, tile in enumerate(row):
            # In place and in this order, so that a corner mixes all four tiles, as it does for the authors.
            if i:
                _blend(rows[i - 1][j], tile, blend, dim=-2)
            if j:
                _blend(row[j - 1], tile, blend, dim=-1)
    return torch.cat([torch.cat([t[..., :keep, :keep] for t in row], dim=-1) for row in rows], dim=-2)


def _blend(before: torch.Tensor, after: torch.Tensor, extent: int, *, dim: int) -> None:
    """Fade from the end of one tile into the start of the next, linearly."""
    extent = min(before.shape[dim], after.shape[dim], extent)
    shape = [1] * after.dim()
    shape[dim] = extent
    weight = torch.arange(extent, device=after.device).div(extent).to(after.dtype).view(shape)
    start = after.narrow(dim, 0, extent)
    start.copy_(before.narrow(dim, before.shape[dim] - extent, extent) * (1 - weight) + start * weight)
