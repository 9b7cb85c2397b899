"""STDiT3, the denoiser of Open-Sora 1.2, as a diffusers model with the published names of weights.

Written from the facts of hpcaitech/Open-Sora v1.2.0, `opensora/models/stdit/stdit3.py`. Knows latents, text
embeddings and timesteps; nothing of prompts, schedules or caches.
"""

from __future__ import annotations

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.models.modeling_outputs import Transformer2DModelOutput
from torch import nn
from torch.nn import functional as F

from teacache.errors import RequestError
from teacache.models.opensora.attention import RotaryFrequencies
from teacache.models.opensora.layers import (
    CaptionEmbedder,
    FinalLayer,
    PatchEmbedder,
    ScalarEmbedder,
    STDiT3Block,
)


class STDiT3(ModelMixin, ConfigMixin):
    """Spatial and temporal blocks in turn, over patches of the latents; the defaults are STDiT3-XL/2.

    `class_dropout_prob` belongs to the training and has no effect here. Raises RequestError for a width that
    the heads cannot share.
    """

    _no_split_modules = ["STDiT3Block"]
    _repeated_blocks = ["STDiT3Block"]
    _skip_layerwise_casting_patterns = ["rope", "norm", "y_embedder"]

    @register_to_config
    def __init__(
        self,
        patch_size: tuple[int, int, int] = (1, 2, 2),
        in_channels: int = 4,
        mlp_ratio: float = 4.0,
        pred_sigma: bool = True,
        class_dropout_prob: float = 0.1,
        hidden_size: int = 1152,
        depth: int = 28,
        num_heads: int = 16,
        caption_channels: int = 4096,
        model_max_length: int = 300,
        input_sq_size: int = 512,
        qk_norm: bool = True,
    ):
        super().__init__()
        if hidden_size % num_heads:
            raise RequestError(f"hidden_size {hidden_size} cannot be shared by {num_heads} heads.")
        self.patch = tuple(patch_size)
        self.out_channels = 2 * in_channels if pred_sigma else in_channels
        self.rope = RotaryFrequencies(hidden_size // num_heads)
        self.x_embedder = PatchEmbedder(in_channels, hidden_size, self.patch)
        self.t_embedder = ScalarEmbedder(hidden_size)
        self.fps_embedder = ScalarEmbedder(hidden_size)
        self.t_block = nn.Sequential(nn.SiLU(), nn.Linear(hidden_size, 6 * hidden_size))
        self.y_embedder = CaptionEmbedder(caption_channels, hidden_size, model_max_length)
        shared = {"mlp_ratio": mlp_ratio, "qk_norm": qk_norm}
        self.spatial_blocks = nn.ModuleList(
            STDiT3Block(hidden_size, num_heads, axis="space", **shared) for _ in range(depth)
        )
        self.temporal_blocks = nn.ModuleList(
            STDiT3Block(hidden_size, num_heads, axis="time", **shared) for _ in range(depth)
        )
        values = self.patch[0] * self.patch[1] * self.patch[2] * self.out_channels
        self.final_layer = FinalLayer(hidden_size, values)

    def forward(
        self,
        hidden_states: torch.Tensor,
        timestep: torch.Tensor | float,
        encoder_hidden_states: torch.Tensor,
        encoder_attention_mask: torch.Tensor | None = None,
        fps: torch.Tensor | float = 24.0,
        height: float = 480.0,
        width: float = 854.0,
        x_mask: torch.Tensor | None = None,
        null_prompts: int = 0,
        return_dict: bool = True,
    ) -> Transformer2DModelOutput | tuple[torch.Tensor]:
        """One evaluation of the network.

        `hidden_states` (B, channels, T, H, W) latents; `timestep` 0 to 1000, one or (B,);
        `encoder_hidden_states` (B, L, caption width) from the text encoder; with `null_prompts` it holds so
        many rows less, since the last rows get the learned prompt of no text;
        `encoder_attention_mask` (B, L) or (1, L), nonzero where a token counts; `fps` of the clip;
        `height`, `width` in pixels, which scale the positions. `x_mask` (B, T) is False for frames that are
        given and not to be denoised: they are treated as at timestep 0. Returns (B, 2 channels, T, H, W): the
        velocity towards the data, then a variance that nothing uses.

        Timestep, frame rate and size are rounded to the model's dtype first, because the authors' are.
        """
        batch, _, *size = hidden_states.shape
        t, still = self._moments(timestep, fps, batch, x_mask is not None)
        temb = self._modulation(t, still, x_mask)
        x = self.x_embedder(self._padded(hidden_states.to(self.dtype)))
        grid = [-(-n // p) for n, p in zip(size, self.patch, strict=True)]
        x = x + self._positions(grid[1], grid[2], height, width).to(x.dtype)
        text = self.y_embedder(encoder_hidden_states.to(self.dtype), null_prompts)
        mask = None if encoder_attention_mask is None else encoder_attention_mask.bool().expand(batch, -1)
        rotation = self.rope(grid[0])
        for spatial, temporal in zip(self.spatial_blocks, self.temporal_blocks, strict=True):
            x = spatial(x, text, temb, mask)
            x = temporal(x, text, temb, mask, rotation)
        x = self._unpatched(self.final_layer(x, t, still, x_mask), grid)
        x = x[:, :, : size[0], : size[1], : size[2]]
        return Transformer2DModelOutput(sample=x) if return_dict else (x,)

    def _moments(
        self, timestep: torch.Tensor | float, fps: torch.Tensor | float, batch: int, masked: bool
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """What the blocks know of time and frame rate, (B, C): at this timestep, and at 0 if needed."""
        rate = self.fps_embedder(self._rounded(fps, batch))
        now = self.t_embedder(self._rounded(timestep, batch)) + rate
        return now, self.t_embedder(self._rounded(0.0, batch)) + rate if masked else None

    def _rounded(self, value: torch.Tensor | float, batch: int) -> torch.Tensor:
        if not isinstance(value, torch.Tensor):
            return torch.full((batch,), float(value), dtype=self.dtype, device=self.device)
        return value.to(self.device, self.dtype).reshape(-1).expand(batch)

    def _modulation(
        self, t: torch.Tensor, still: torch.Tensor | None, x_mask: torch.Tensor | None
    ) -> torch.Tensor:
        """(B, 1, 6, C), or (B, T, 6, C) where frames differ."""
        temb = self.t_block(t).unflatten(-1, (6, -1))[:, None]
        if x_mask is None:
            return temb
        return torch.where(
            x_mask[:, :, None, None], temb, self.t_block(still).unflatten(-1, (6, -1))[:, None]
        )

    def _padded(self, x: torch.Tensor) -> torch.Tensor:
        """Zeros at the end of each axis, up to whole patches (a 240p frame is 30 x 53 latents)."""
        rest = [-n % p for n, p in zip(x.shape[2:], self.patch, strict=True)]
        return F.pad(x, (0, rest[2], 0, rest[1], 0, rest[0])) if any(rest) else x

    def _positions(self, rows: int, columns: int, height: float, width: float) -> torch.Tensor:
        """(rows * columns, C): sines and cosines of the column, then those of the row.

        A coordinate is counted in units that depend on the pixels and on the number of tokens: index * base /
        (length * scale), base = round(sqrt(tokens)), scale = sqrt(pixels) / input_sq_size.
        """
        pixels = self._seen(height) * self._seen(width)
        scale = pixels**0.5 / self.config.input_sq_size
        base = round((rows * columns) ** 0.5)
        half = self.config.hidden_size // 2
        waves = 10000.0 ** -(torch.arange(0, half, 2, device=self.device, dtype=torch.float32) / half)
        waves = waves.to(self.dtype).float()
        parts = []
        for length in (columns, rows):
            angles = torch.outer(torch.arange(length, device=self.device) / scale * base / length, waves)
            parts.append(torch.cat([angles.sin(), angles.cos()], dim=-1))
        column, row = parts[0][None], parts[1][:, None]
        both = torch.cat([column.expand(rows, -1, -1), row.expand(-1, columns, -1)], dim=-1)
        return both.flatten(0, 1)

    def _seen(self, pixels: float) -> float:
        return torch.tensor(float(pixels), dtype=self.dtype, device="cpu").item()

    def _unpatched(self, x: torch.Tensor, grid: list[int]) -> torch.Tensor:
        """(B, T, S, values) -> (B, out channels, frames, rows, columns)."""
        x = x.unflatten(3, (*self.patch, self.out_channels)).unflatten(2, grid[1:])
        x = x.permute(0, 7, 1, 4, 2, 5, 3, 6)  # (B, C, T, t, H, h, W, w)
        return x.flatten(6, 7).flatten(4, 5).flatten(2, 3)
