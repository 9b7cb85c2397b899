"""The networks: their sizes, and builders that return untrained ones ready for our training.

Knows diffusers' classes; knows nothing of data or training loops.
"""

from __future__ import annotations

import torch
from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanTransformer3DModel

from teacache.models.scenes.data import FRAMES, SIZE

LATENT_CHANNELS = 16
LATENT_FRAMES, LATENT_SIZE = 1 + (FRAMES - 1) // 4, SIZE // 8
TEXT_WIDTH = 128
HEADS, HEAD_WIDTH = 4, 64
LAYERS, GROWN_LAYERS = 5, 10  # while it learns, and at the end


def build_vae(*, base: int = 16, decoder_base: int = 32) -> AutoencoderKLWan:
    """An untrained autoencoder: 8x in space, 4x in time, to 12 channels (1.9 million parameters).

    As Wan 2.2's: pixels in patches of 2 x 2, shortcuts around every change of size.
    """
    vae = AutoencoderKLWan(
        base_dim=base,
        decoder_base_dim=decoder_base,
        z_dim=LATENT_CHANNELS,
        dim_mult=[1, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[True, True],
        latents_mean=[0.0] * LATENT_CHANNELS,
        latents_std=[1.0] * LATENT_CHANNELS,
        is_residual=True,
        patch_size=2,
        in_channels=12,
        out_channels=12,
    )
    zero_outputs([a.proj for half in (vae.encoder, vae.decoder) for a in half.mid_block.attentions])
    return vae


def channels_last(vae: AutoencoderKLWan) -> AutoencoderKLWan:
    """The same autoencoder, its weights laid out so that a CPU encodes clips nearly twice as fast.

    Two or more together: for one alone torch takes a path that is five times as slow. Training gains nothing.
    """
    for layer in vae.modules():
        if isinstance(layer, torch.nn.Conv3d):
            layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last_3d)
    return vae


def build_transformer(*, layers: int = LAYERS, heads: int = HEADS) -> WanTransformer3DModel:
    """An untrained denoiser whose blocks all start as the identity and whose output starts at zero."""
    model = WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=heads,
        attention_head_dim=HEAD_WIDTH,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        text_dim=TEXT_WIDTH,
        freq_dim=256,
        ffn_dim=4 * heads * HEAD_WIDTH,
        num_layers=layers,
        cross_attn_norm=True,
        rope_max_seq_len=64,
    )
    zero_outputs([model.proj_out])
    for block in model.blocks:
        zero_outputs([block.attn1.to_out[0], block.attn2.to_out[0], block.ffn.net[2]])
        with (
            torch.no_grad()
        ):  # shift, scale, gate of attention and of the feed-forward: open gates learn sooner
            block.scale_shift_table.zero_()
            block.scale_shift_table[:, [2, 5]] = 1.0
    return model


@torch.no_grad()
def grown(model: WanTransformer3DModel, *, layers: int) -> WanTransformer3DModel:
    """The same function with more blocks: after each trained block come as many that are the identity.

    Raises ValueError unless `layers` is a multiple of what the model has.
    """
    have = model.config.num_layers
    if layers % have:
        raise ValueError(f"{have} layers cannot grow evenly to {layers}")
    bigger, stride = build_transformer(layers=layers, heads=model.config.num_attention_heads), layers // have
    rest = {key: value for key, value in model.state_dict().items() if not key.startswith("blocks.")}
    bigger.load_state_dict(rest, strict=False)
    for i, block in enumerate(model.blocks):
        bigger.blocks[i * stride].load_state_dict(block.state_dict())
    return bigger


@torch.no_grad()
def zero_outputs(layers: list[torch.nn.Module]) -> None:
    """Make layers return zero, so that the residual branch they end adds nothing yet."""
    for layer in layers:
        layer.weight.zero_()
        layer.bias.zero_()


def build_scheduler(*, shift: float = 1.0) -> FlowMatchEulerDiscreteScheduler:
    """Euler steps of rectified flow."""
    return FlowMatchEulerDiscreteScheduler(shift=shift)
