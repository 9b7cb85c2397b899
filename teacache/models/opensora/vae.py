"""The autoencoder of Open-Sora 1.2: one of diffusers' for the frames, a causal one for time.

Clips are worked in chunks of 17 frames (5 latent frames), frames in groups of 4, so that memory does not grow
with the clip. Written from the facts of hpcaitech/Open-Sora v1.2.0, `opensora/models/vae/vae.py`. Knows
clips and latents; nothing of models that make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import AutoencoderKL, ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput, DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.utils.accelerate_utils import apply_forward_hook
from torch import nn

from teacache.errors import RequestError
from teacache.models.opensora.temporal_vae import PACKED, TemporalVAE

SDXL_LAYOUT: dict[str, Any] = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "latent_channels": 4,
    "norm_num_groups": 32,
    "scaling_factor": 0.18215,  # Open-Sora's, not the 0.13025 of SDXL
}


class _Frames(nn.Module):
    """The autoencoder of single frames; `module` is its name in the published weights."""

    def __init__(self, config: dict[str, Any]):
        super().__init__()
        self.module = AutoencoderKL.from_config(config)


class OpenSoraVAE(ModelMixin, ConfigMixin):
    """Clip to latents and back, in two stages; the defaults are those of OpenSora-VAE-v1.2.

    `spatial_vae` are arguments of diffusers' AutoencoderKL, `temporal_vae` those of TemporalVAE; `shift` and
    `scale`, one number per channel, make the latents about standard normal.
    """

    @register_to_config
    def __init__(
        self,
        spatial_vae: dict[str, Any] | None = None,
        temporal_vae: dict[str, Any] | None = None,
        micro_frame_size: int = 17,
        micro_batch_size: int = 4,
        shift: Sequence[float] = (-0.10, 0.34, 0.27, 0.98),
        scale: Sequence[float] = (3.85, 2.32, 2.33, 3.06),
    ):
        super().__init__()
        self.spatial_vae = _Frames({**SDXL_LAYOUT, **(spatial_vae or {})})
        self.temporal_vae = TemporalVAE(**(temporal_vae or {}))
        self.register_buffer("scale", torch.tensor(scale).view(1, -1, 1, 1, 1))
        self.register_buffer("shift", torch.tensor(shift).view(1, -1, 1, 1, 1))

    def __getattr__(self, name: str) -> Any:
        """A part of the model; diffusers' look-up would find the config's field of that name first."""
        return nn.Module.__getattr__(self, name)

    @property
    def spatial_factor(self) -> int:
        """Pixels to one latent, along each side."""
        return 2 ** (len(self.spatial_vae.module.config.block_out_channels) - 1)

    @property
    def chunk_latents(self) -> int:
        """Latent frames of one chunk."""
        return -(-self.config.micro_frame_size // PACKED)

    @apply_forward_hook
    def encode(self, x: torch.Tensor, return_dict: bool = True) -> AutoencoderKLOutput | tuple:
        """(B, 3, T, H, W) in [-1, 1] -> the distribution of the latents (B, C, T', H / 8, W / 8).

        The frames are encoded by the mode of their distribution, each chunk of 17 by itself.
        """
        frames = self._encoded_frames(x)
        chunks = frames.split(self.config.micro_frame_size, dim=2)
        moments = torch.cat([self.temporal_vae.encode(chunk) for chunk in chunks], dim=2)
        mean, logvar = moments.chunk(2, dim=1)
        shift, scale = self.shift.to(mean.device), self.scale.to(mean.device)  # group offloading leaves them
        mean, logvar = (mean - shift) / scale, logvar - 2 * scale.log()
        distribution = DiagonalGaussianDistribution(torch.cat([mean, logvar], dim=1))
        return AutoencoderKLOutput(latent_dist=distribution) if return_dict else (distribution,)

    @apply_forward_hook
    def decode(
        self, z: torch.Tensor, num_frames: int | None = None, return_dict: bool = True
    ) -> DecoderOutput | tuple[torch.Tensor]:
        """Latents (B, C, T', h, w) -> a clip (B, 3, num_frames, 8 h, 8 w) in about [-1, 1].

        `num_frames` None: as many as the latents can hold. Raises RequestError if the latents do not make
        that many.
        """
        most = self._frames_of(z.shape[2])
        count = most if num_frames is None else num_frames
        if not most - PACKED < count <= most:
            raise RequestError(f"{z.shape[2]} latent frames make up to {most} frames, but not {count}.")
        z = z.to(self.dtype) * self.scale.to(z.device) + self.shift.to(z.device)
        chunks, left = [], count
        for chunk in z.split(self.chunk_latents, dim=2):
            chunks.append(self.temporal_vae.decode(chunk, min(left, self.config.micro_frame_size)))
            left -= self.config.micro_frame_size
        video = self._decoded_frames(torch.cat(chunks, dim=2))
        return DecoderOutput(sample=video) if return_dict else (video,)

    def _frames_of(self, latents: int) -> int:
        """The longest clip of that many latent frames; a single one is an image."""
        if latents == 1:
            return 1
        whole, rest = divmod(latents, self.chunk_latents)
        return whole * self.config.micro_frame_size + rest * PACKED

    def _encoded_frames(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 3, T, H, W) -> (B, C, T, h, w), scaled by the spatial factor 0.18215."""
        frames, factor = self.spatial_vae.module, self.spatial_vae.module.config.scaling_factor
        flat = x.to(self.dtype).transpose(1, 2).flatten(0, 1)
        parts = [frames.encode(part).latent_dist.mode() for part in flat.split(self.config.micro_batch_size)]
        return (torch.cat(parts) * factor).unflatten(0, (x.shape[0], -1)).transpose(1, 2)

    def _decoded_frames(self, z: torch.Tensor) -> torch.Tensor:
        """(B, C, T, h, w) -> (B, 3, T, H, W)."""
        frames, factor = self.spatial_vae.module, self.spatial_vae.module.config.scaling_factor
        flat = (z / factor).transpose(1, 2).flatten(0, 1)
        parts = [frames.decode(part).sample for part in flat.split(self.config.micro_batch_size)]
        return torch.cat(parts).unflatten(0, (z.shape[0], -1)).transpose(1, 2)
