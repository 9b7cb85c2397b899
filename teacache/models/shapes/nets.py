"""The networks: their sizes, and builders that return untrained ones ready for our training.

Knows diffusers' classes; knows nothing of data or training loops.
"""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, LatteTransformer3DModel

from teacache.models.shapes.data import FRAMES
from teacache.models.training.noising import Prediction

LATENT_CHANNELS, LATENT_SIZE = 8, 8
TEXT_WIDTH = 128
HEADS, HEAD_WIDTH = 3, 64
LAYERS, GROWN_LAYERS = 4, 8  # pairs of a spatial and a temporal block: while it learns, and at the end


def build_vae() -> AutoencoderKL:
    """An untrained autoencoder: 64x64 pixels to 8 channels of 8x8 (0.95 million parameters)."""
    widths = (16, 32, 64, 64)
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * len(widths),
        up_block_types=("UpDecoderBlock2D",) * len(widths),
        block_out_channels=widths,
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=8,
        sample_size=64,
        mid_block_add_attention=False,
        scaling_factor=1.0,
    )


def build_transformer(*, layers: int = LAYERS, heads: int = HEADS) -> LatteTransformer3DModel:
    """An untrained denoiser whose blocks all start as the identity and whose output starts at zero.

    Half of its output channels stay zero for ever: LattePipeline takes them for a variance and drops them.
    """
    width = heads * HEAD_WIDTH
    model = LatteTransformer3DModel(
        num_attention_heads=heads,
        attention_head_dim=HEAD_WIDTH,
        in_channels=LATENT_CHANNELS,
        out_channels=2 * LATENT_CHANNELS,
        num_layers=layers,
        cross_attention_dim=width,
        attention_bias=True,
        sample_size=LATENT_SIZE,
        patch_size=2,
        activation_fn="gelu-approximate",
        num_embeds_ada_norm=1000,
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
        caption_channels=TEXT_WIDTH,
        video_length=FRAMES,
    )
    zero_outputs([model.proj_out])
    for block in [*model.transformer_blocks, *model.temporal_transformer_blocks]:
        attentions = [attention for attention in (block.attn1, block.attn2) if attention is not None]
        zero_outputs([block.ff.net[2], *[attention.to_out[0] for attention in attentions]])
    return model


@torch.no_grad()
def grown(model: LatteTransformer3DModel, *, layers: int) -> LatteTransformer3DModel:
    """The same function with more blocks: after each trained block come as many that are the identity.

    Raises ValueError unless `layers` is a multiple of what the model has.
    """
    have = model.config.num_layers
    if layers % have:
        raise ValueError(f"{have} layers cannot grow evenly to {layers}")
    bigger, stride = build_transformer(layers=layers, heads=model.config.num_attention_heads), layers // have
    lists = ("transformer_blocks", "temporal_transformer_blocks")
    rest = {key: value for key, value in model.state_dict().items() if key.split(".")[0] not in lists}
    bigger.load_state_dict(rest, strict=False)
    for name in lists:
        for i, block in enumerate(getattr(model, name)):
            getattr(bigger, name)[i * stride].load_state_dict(block.state_dict())
    return bigger


@torch.no_grad()
def zero_outputs(layers: list[torch.nn.Linear]) -> None:
    """Make linear layers return zero, so that the residual branch they end adds nothing yet."""
    for layer in layers:
        layer.weight.zero_()
        layer.bias.zero_()


def build_scheduler(*, prediction: Prediction = "flow", shift: float = 1.0) -> DPMSolverMultistepScheduler:
    """Euler steps of rectified flow: this solver at order 1. FlowMatchEuler does not fit LattePipeline.

    For a network that predicts v the same solver takes DDIM's steps on the cosine schedule; only the flow has
    a `shift`.
    """
    noise = {
        "flow": {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": shift},
        "v": {
            "prediction_type": "v_prediction",
            "beta_schedule": "squaredcos_cap_v2",
            "timestep_spacing": "trailing",
        },
    }
    return DPMSolverMultistepScheduler(
        **noise[prediction], solver_order=1, algorithm_type="dpmsolver++", final_sigmas_type="zero"
    )
