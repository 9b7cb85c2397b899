"""CausalVAE 4x8x8 of Open-Sora-Plan v1.1.0: clips of 4 n + 1 frames <-> n + 1 latent frames, 8 times smaller.

Knows the published configuration and key names; the parts are in vae_blocks.py, tiles in tiling.py.
"""

from __future__ import annotations

import inspect

import torch
import torch.nn.functional as F
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.models.autoencoders.vae import AutoencoderMixin, DecoderOutput, DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.utils.accelerate_utils import apply_forward_hook
from torch import nn

from teacache.errors import ModelLoadError
from teacache.models.opensora_plan import vae_blocks as blocks
from teacache.models.opensora_plan.tiling import Tiling, in_tiles, in_windows

# The class names that v1.1.0 configurations use, where. Others are refused: v1.0's AttnBlock3D, for one,
# mixes time with channels, and would load and decode to something else.
_KNOWN: dict[str, tuple[str, ...]] = {
    "q_conv": ("CausalConv3d",),
    "encoder_conv_in": ("Conv2d",),
    "encoder_conv_out": ("CausalConv3d",),
    "encoder_attention": ("AttnBlock3DFix",),
    "encoder_resnet_blocks": ("ResnetBlock2D", "ResnetBlock3D"),
    "encoder_spatial_downsample": ("", "Downsample"),
    "encoder_temporal_downsample": ("", "TimeDownsampleRes2x"),
    "encoder_mid_resnet": ("ResnetBlock3D",),
    "decoder_conv_in": ("CausalConv3d",),
    "decoder_conv_out": ("CausalConv3d",),
    "decoder_attention": ("AttnBlock3DFix",),
    "decoder_resnet_blocks": ("ResnetBlock3D",),
    "decoder_spatial_upsample": ("", "SpatialUpsample2x"),
    "decoder_temporal_upsample": ("", "TimeUpsampleRes2x"),
    "decoder_mid_resnet": ("ResnetBlock3D",),
}


class Middle(nn.Module):
    """The lowest level: a block, attention within frames, a block."""

    def __init__(self, channels: int):
        super().__init__()
        self.block_1 = blocks.ResnetBlock3D(channels, channels)
        self.attn_1 = blocks.AttnBlock3DFix(channels)
        self.block_2 = blocks.ResnetBlock3D(channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    """Residual blocks, then the steps in space and time that the configuration names, by attribute name."""

    def __init__(self, kind: str, widths: list[int], steps: dict[str, str]):
        super().__init__()
        pairs = zip(widths, widths[1:], strict=False)
        self.block = nn.ModuleList(getattr(blocks, kind)(*pair) for pair in pairs)
        for name, step in steps.items():
            if step:
                setattr(self, name, getattr(blocks, step)(widths[-1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for part in [*self.block, *(m for name, m in self.named_children() if name != "block")]:
            x = part(x)
        return x


class Encoder(nn.Module):
    """Clips (B, 3, 4 n + 1, H, W) -> (B, 2 z, n + 1, H/8, W/8), mean and log variance."""

    def __init__(self, config):
        super().__init__()
        widths = [config.hidden_size * m for m in (1, *config.hidden_size_mult)]
        self.conv_in = blocks.FrameConv2d(3, widths[0], 3, padding=1)
        self.down = nn.ModuleList(
            Level(
                config.encoder_resnet_blocks[i],
                [widths[i], *[widths[i + 1]] * config.num_res_blocks],
                {
                    "downsample": config.encoder_spatial_downsample[i],
                    "time_downsample": config.encoder_temporal_downsample[i],
                },
            )
            for i in range(len(config.hidden_size_mult))
        )
        self.mid = Middle(widths[-1])
        self.norm_out = blocks.norm(widths[-1])
        self.conv_out = blocks.CausalConv3d(widths[-1], 2 * config.z_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    """Latents (B, z, n + 1, h, w) -> (B, 3, 4 n + 1, 8 h, 8 w)."""

    def __init__(self, config):
        super().__init__()
        widths = [config.hidden_size * m for m in (*config.hidden_size_mult, config.hidden_size_mult[-1])]
        self.conv_in = blocks.CausalConv3d(config.z_channels, widths[-1])
        self.mid = Middle(widths[-1])
        self.up = nn.ModuleList(
            Level(
                config.decoder_resnet_blocks[i],
                [widths[i + 1], *[widths[i]] * (config.num_res_blocks + 1)],
                {
                    "upsample": config.decoder_spatial_upsample[i],
                    "time_upsample": config.decoder_temporal_upsample[i],
                },
            )
            for i in range(len(config.hidden_size_mult))
        )
        self.norm_out = blocks.norm(widths[0])
        self.conv_out = blocks.CausalConv3d(widths[0], 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.mid(self.conv_in(x))
        for level in reversed(self.up):
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class CausalVAE(ModelMixin, AutoencoderMixin, ConfigMixin):
    """Clips to latents and back; in tiles and time windows, as the authors run it, unless switched off.

    The defaults are the released v1.1.0 configuration. Latents are unscaled here: multiply by
    `config.scaling_factor` after encoding, divide by it before decoding. Raises ModelLoadError for a
    configuration with other parts than v1.1.0 has.
    """

    @register_to_config
    def __init__(
        self,
        hidden_size: int = 128,
        z_channels: int = 4,
        hidden_size_mult: tuple[int, ...] = (1, 2, 4, 4),
        attn_resolutions: tuple[int, ...] = (),
        double_z: bool = True,
        embed_dim: int = 4,
        num_res_blocks: int = 2,
        q_conv: str = "CausalConv3d",
        encoder_conv_in: str = "Conv2d",
        encoder_conv_out: str = "CausalConv3d",
        encoder_attention: str = "AttnBlock3DFix",
        encoder_resnet_blocks: tuple[str, ...] = ("ResnetBlock2D",) * 2 + ("ResnetBlock3D",) * 2,
        encoder_spatial_downsample: tuple[str, ...] = ("Downsample",) * 3 + ("",),
        encoder_temporal_downsample: tuple[str, ...] = ("", *("TimeDownsampleRes2x",) * 2, ""),
        encoder_mid_resnet: str = "ResnetBlock3D",
        decoder_conv_in: str = "CausalConv3d",
        decoder_conv_out: str = "CausalConv3d",
        decoder_attention: str = "AttnBlock3DFix",
        decoder_resnet_blocks: tuple[str, ...] = ("ResnetBlock3D",) * 4,
        decoder_spatial_upsample: tuple[str, ...] = ("", *("SpatialUpsample2x",) * 3),
        decoder_temporal_upsample: tuple[str, ...] = ("", "", *("TimeUpsampleRes2x",) * 2),
        decoder_mid_resnet: str = "ResnetBlock3D",
        scaling_factor: float = 0.18215,  # the authors' pipelines divide by it before decoding
    ):
        super().__init__()
        _refuse_other_parts(self.config)
        self.encoder, self.decoder = Encoder(self.config), Decoder(self.config)
        self.quant_conv = blocks.CausalConv3d(2 * z_channels, 2 * embed_dim, (1, 1))
        self.post_quant_conv = blocks.CausalConv3d(embed_dim, z_channels, (1, 1))
        self.spatial_factor = 2 ** sum(map(bool, decoder_spatial_upsample))
        self.temporal_factor = 2 ** sum(map(bool, decoder_temporal_upsample))
        self.use_tiling, self.tiling = True, Tiling()

    @classmethod
    def parts(cls) -> set[str]:
        """What a published configuration must say: everything that shapes the network."""
        return set(inspect.signature(cls.__init__).parameters) - {"self", "scaling_factor"}

    def latent_frames(self, frames: int) -> int:
        """Latent frames of a clip of that many frames; exact for 4 n + 1."""
        return (frames - 1) // self.temporal_factor + 1

    def frames(self, latent_frames: int) -> int:
        """Frames that these latent frames decode to."""
        return (latent_frames - 1) * self.temporal_factor + 1

    @apply_forward_hook  # so that offloading notices calls that are not forward
    def encode(self, x: torch.Tensor, return_dict: bool = True) -> AutoencoderKLOutput | tuple:
        """(B, 3, 4 n + 1, H, W) in [-1, 1] -> the distribution of the latents (B, 4, n + 1, H/8, W/8)."""
        side = self.tiling.side * self.spatial_factor
        window = self.frames(self.tiling.frames)

        def whole(part: torch.Tensor) -> torch.Tensor:
            return self.quant_conv(self.encoder(part))

        def tiles(part: torch.Tensor) -> torch.Tensor:
            return in_tiles(whole, part, side=side, overlap=self.tiling.overlap, result_side=self.tiling.side)

        split = self.use_tiling and (max(x.shape[-2:]) > side or x.shape[2] > window)
        posterior = DiagonalGaussianDistribution(in_windows(tiles, x, frames=window) if split else whole(x))
        return AutoencoderKLOutput(latent_dist=posterior) if return_dict else (posterior,)

    @apply_forward_hook
    def decode(self, z: torch.Tensor, return_dict: bool = True) -> DecoderOutput | tuple:
        """Unscaled latents (B, 4, n + 1, h, w) -> (B, 3, 4 n + 1, 8 h, 8 w), about [-1, 1], not clamped."""
        side, window = self.tiling.side, self.tiling.frames

        def whole(part: torch.Tensor) -> torch.Tensor:
            return self.decoder(self.post_quant_conv(part))

        def tiles(part: torch.Tensor) -> torch.Tensor:
            wide = side * self.spatial_factor
            return in_tiles(whole, part, side=side, overlap=self.tiling.overlap, result_side=wide)

        split = self.use_tiling and (max(z.shape[-2:]) > side or z.shape[2] > window)
        video = in_windows(tiles, z, frames=window) if split else whole(z)
        return DecoderOutput(sample=video) if return_dict else (video,)

    def forward(self, sample: torch.Tensor, return_dict: bool = True) -> DecoderOutput | tuple:
        """What is left of a clip after encoding and decoding; the same shape."""
        return self.decode(self.encode(sample).latent_dist.mode(), return_dict=return_dict)


def _refuse_other_parts(config) -> None:
    levels = len(config.hidden_size_mult)
    for field, choices in _KNOWN.items():
        named = config[field]
        names = (named,) if isinstance(named, str) else tuple(named)
        for name in names:
            if name not in choices:
                raise ModelLoadError(
                    "This VAE has {field} {name!r}, but only {known} of v1.1.0 can be read: choose a v1.1.0 "
                    "checkpoint.",
                    field=field,
                    name=name,
                    known=" or ".join(map(repr, choices)),
                )
        if not isinstance(named, str) and len(names) != levels:
            raise ModelLoadError(
                "This VAE has {levels} levels but {count} {field}: its config is damaged.",
                levels=levels,
                count=len(names),
                field=field,
            )
    if config.attn_resolutions or not config.double_z:
        raise ModelLoadError(
            "This VAE has attention inside its levels or no variance, which Open-Sora-Plan v1.1.0 never had: "
            "choose a v1.1.0 checkpoint."
        )
