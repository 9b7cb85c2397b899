"""A few frames of unfinished latents, quickly: what a preview shows.

Autoencoders of video decode a latent frame for itself as the first frame of a clip would be: one picture
instead of four or eight, in a fraction of the time. So a preview of a video model shows stills from moments
spread over the clip, a little softer than the clip will be; that of a frame-by-frame model shows its frames.
Knows autoencoders, nothing of schedulers: the guess at clean latents is made in preview.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from teacache.runs import spectrogram
from teacache.runs.request import Checked
from teacache.runs.sound import Sound

PREVIEW_FRAMES = 4  # decoded for a preview: a whole clip would take as long as several steps

Preview = Callable[[Any, torch.Tensor, Checked], np.ndarray]
Unpack = Callable[[Any, torch.Tensor, Checked], torch.Tensor]
Scale = Callable[[Any, torch.Tensor], torch.Tensor]


def as_received(pipe: Any, latents: torch.Tensor, request: Checked) -> torch.Tensor:
    """They have the autoencoder's layout already."""
    return latents


@dataclass(frozen=True)
class Stills:
    """From latents, unpacked to (1, C, F, h, w) and scaled for the autoencoder, to (f, H, W, 3) uint8."""

    scale: Scale
    unpack: Unpack = as_received

    def __call__(self, pipe: Any, latents: torch.Tensor, request: Checked) -> np.ndarray:
        whole = self.unpack(pipe, latents, request)
        moments = torch.split(spread(self.scale(pipe, whole)), 1, dim=2)  # (1, C, 1, h, w) each
        decoded = [decode(pipe.vae, moment) for moment in moments]  # not all decode more than one clip
        return to_bytes(torch.cat([pixels[:, :, pixels.shape[2] // 2] for pixels in decoded]))


@dataclass(frozen=True)
class Picture:
    """The one frame of an image model with the autoencoder of Stable Diffusion's kind."""

    unpack: Unpack = as_received

    def __call__(self, pipe: Any, latents: torch.Tensor, request: Checked) -> np.ndarray:
        return to_bytes(decode(pipe.vae, by_factor(pipe, self.unpack(pipe, latents, request))))


def unpacked(preview: Preview, pipe: Any, latents: torch.Tensor, request: Checked) -> torch.Tensor | None:
    """Latents as (1, C, F, h, w) or (1, C, h, w), by the preview that is made of them; None of a sound."""
    if isinstance(preview, Stills | Picture):
        return preview.unpack(pipe, latents, request)
    return latents if preview is latte else None


def sound(pipe: Any, latents: torch.Tensor, request: Checked) -> np.ndarray:
    """The picture of a sound, from latents that its autoencoder takes as they are."""
    return sound_of(pipe, pipe.decode_latents(latents, request.seconds).float().cpu().numpy(), request)[0]


def sound_of(pipe: Any, output: np.ndarray, request: Checked) -> tuple[np.ndarray, Sound]:
    """(1, channels, N) as a pipeline returns it -> its picture (1, H, W, 3) uint8, and the sound itself."""
    sound = Sound(np.ascontiguousarray(output[0].T), pipe.sampling_rate)
    return spectrogram.picture(sound, height=request.height, width=request.width), sound


def latte(pipe: Any, latents: torch.Tensor, request: Checked) -> np.ndarray:
    """Latte's autoencoder knows no time, so each of the chosen frames decodes by itself."""
    chosen = spread(latents)
    video = pipe.decode_latents(chosen, chosen.shape[2])
    return floats_to_bytes(pipe.video_processor.postprocess_video(video=video, output_type="np")[0])


def spread(latents: torch.Tensor) -> torch.Tensor:
    """At most four frames of (1, C, F, h, w), from the first to the last."""
    count = latents.shape[2]
    chosen = np.linspace(0, count - 1, min(PREVIEW_FRAMES, count)).round().astype(int)
    return latents[:, :, chosen.tolist()]


def decode(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    """Latents that are already scaled, to pixels in [-1, 1]."""
    latents = latents.to(vae.dtype)
    if getattr(vae.config, "timestep_conditioning", False):  # LTX from 0.9.1 on: how noisy they still are
        return vae.decode(latents, latents.new_full((len(latents),), 0.05), return_dict=False)[0]
    return vae.decode(latents, return_dict=False)[0]


def to_bytes(pixels: torch.Tensor) -> np.ndarray:
    """(f, 3, H, W) in [-1, 1] -> (f, H, W, 3) uint8."""
    return floats_to_bytes((pixels.float() / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).cpu().numpy())


def floats_to_bytes(frames: np.ndarray) -> np.ndarray:
    """(F, H, W, 3) in [0, 1] -> uint8, rounded as diffusers rounds images."""
    return (frames * 255).round().astype(np.uint8)


# --- scaling: the inverse of what each encoder's latents were normalised by ------------------------


def as_they_are(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """Open-Sora: the autoencoder itself undoes it."""
    return latents


def by_factor(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """Stable Diffusion's kind, CogVideoX, Hunyuan: one factor, and a shift where there is one."""
    config = pipe.vae.config
    return latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0.0)


def by_statistics(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """Wan, QwenImage: mean and deviation of each channel."""
    config = pipe.vae.config
    return latents * _channels(config.latents_std, latents) + _channels(config.latents_mean, latents)


def mochi(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """Statistics and a factor; old checkpoints have the factor alone."""
    factor = pipe.vae.config.scaling_factor
    if pipe.vae.config.latents_mean is None or pipe.vae.config.latents_std is None:
        return latents / factor
    return by_statistics(pipe, latents / factor)


def cosmos(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """Statistics of each channel and frame, for data of a deviation that the scheduler states."""
    latents, config = latents / pipe.scheduler.config.sigma_data, pipe.vae.config
    if config.latents_mean is None:
        return latents
    mean, std = (
        torch.tensor(values).view(1, config.latent_channels, -1, 1, 1)[:, :, : latents.shape[2]].to(latents)
        for values in (config.latents_mean, config.latents_std)
    )
    return latents * std + mean


def ltx(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """Statistics that are part of the autoencoder's weights."""
    vae = pipe.vae
    return pipe._denormalize_latents(latents, vae.latents_mean, vae.latents_std, vae.config.scaling_factor)


def _channels(values: Any, latents: torch.Tensor) -> torch.Tensor:
    return torch.tensor(values).view(1, -1, *[1] * (latents.ndim - 2)).to(latents)


# --- unpacking: from the sequence or layout that the transformer works in --------------------------


def frames_first(pipe: Any, latents: torch.Tensor, request: Checked) -> torch.Tensor:
    """CogVideoX: (1, F, C, h, w)."""
    return latents.transpose(1, 2)


def channels_last(pipe: Any, latents: torch.Tensor, request: Checked) -> torch.Tensor:
    """Kandinsky 5: (1, F, h, w, C), with what it is conditioned on as further channels."""
    return latents[..., : pipe.transformer.config.in_visual_dim].movedim(-1, 1)


def sequence(pipe: Any, latents: torch.Tensor, request: Checked) -> torch.Tensor:
    """LTX: (1, tokens, C), frames before rows before columns."""
    space, time = pipe.vae_spatial_compression_ratio, pipe.vae_temporal_compression_ratio
    patches = (pipe.transformer_spatial_patch_size, pipe.transformer_temporal_patch_size)
    size = ((request.frames - 1) // time + 1, request.height // space, request.width // space)
    return pipe._unpack_latents(latents, *size, *patches)


def patches(pipe: Any, latents: torch.Tensor, request: Checked) -> torch.Tensor:
    """FLUX, QwenImage: 2x2 patches as channels."""
    return pipe._unpack_latents(latents, request.height, request.width, pipe.vae_scale_factor)
