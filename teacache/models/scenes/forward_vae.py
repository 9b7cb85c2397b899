"""A faster forward of AutoencoderKLWan for training: the whole clip at once instead of chunk by chunk.

Same parameters, same mathematics: the convolutions are causal, so a chunk sees of its past what the whole
clip sees. For autoencoders with residual blocks (`is_residual`, as Wan 2.2's). A test compares it with the
original.
"""

from __future__ import annotations

import torch
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders.autoencoder_kl_wan import (
    WanResample,
    WanResidualDownBlock,
    WanResidualUpBlock,
    patchify,
    unpatchify,
)


def moments(vae: AutoencoderKLWan, clips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and log variance (N, C, 1 + F/4, H/8, W/8) of clips (N, 3, 1 + F, H, W) in [-1, 1]."""
    encoder = vae.encoder
    x = encoder.conv_in(patchify(clips, vae.config.patch_size))
    for block in encoder.down_blocks:
        x = _down(block, x)
    x = encoder.mid_block(x)
    x = encoder.conv_out(encoder.nonlinearity(encoder.norm_out(x)))
    mean, log_variance = vae.quant_conv(x).chunk(2, dim=1)
    return mean, log_variance.clamp(-30, 20)


def decoded(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    """Clips (N, 3, 1 + F, H, W) of latents (N, C, 1 + F/4, H/8, W/8), not cut to [-1, 1]."""
    decoder = vae.decoder
    x = decoder.mid_block(decoder.conv_in(vae.post_quant_conv(latents)))
    for block in decoder.up_blocks:
        x = _up(block, x)
    x = decoder.conv_out(decoder.nonlinearity(decoder.norm_out(x)))
    return unpatchify(x, vae.config.patch_size)


def _down(block: WanResidualDownBlock, x: torch.Tensor) -> torch.Tensor:
    shortcut = block.avg_shortcut(x)
    for resnet in block.resnets:
        x = resnet(x)
    if block.downsampler is not None:
        x = _resampled(block.downsampler, x)
    return x + shortcut


def _up(block: WanResidualUpBlock, x: torch.Tensor) -> torch.Tensor:
    shortcut = None if block.avg_shortcut is None else block.avg_shortcut(x, first_chunk=True)
    for resnet in block.resnets:
        x = resnet(x)
    if block.upsampler is not None:
        x = _resampled(block.upsampler, x)
    return x if shortcut is None else x + shortcut


def _resampled(layer: WanResample, x: torch.Tensor) -> torch.Tensor:
    """The first frame stands alone in time; the others come in pairs."""
    if layer.mode == "upsample3d" and x.shape[2] > 1:
        pairs = layer.time_conv(x[:, :, 1:]).unflatten(1, (2, -1))
        x = torch.cat([x[:, :, :1], torch.stack(pairs.unbind(1), 3).flatten(2, 3)], 2)
    x = layer.resample(x.transpose(1, 2).flatten(0, 1)).unflatten(0, (len(x), -1)).transpose(1, 2)
    if layer.mode == "downsample3d" and x.shape[2] > 1:
        x = torch.cat([x[:, :, :1], layer.time_conv(x)], 2)
    return x
