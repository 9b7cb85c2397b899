"""Pipelines of the real classes with random weights, at three sizes: the cost of a call needs no training.

"full" is the published configuration at the paper's setting, "mid" takes about half a second a call on two
cores, "tiny" milliseconds. Weights and prompt embeddings are made where they are used; nothing is downloaded.
Text encoders are left out and autoencoders are toys, since runs start from embeddings and end at latents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLCogVideoX,
    AutoencoderKLHunyuanVideo,
    AutoencoderKLLTXVideo,
    AutoencoderKLWan,
    CogVideoXDDIMScheduler,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    DDIMScheduler,
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideoPipeline,
    HunyuanVideoTransformer3DModel,
    LattePipeline,
    LatteTransformer3DModel,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    PNDMScheduler,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
)

from teacache.models.catalog import CARDS
from teacache.models.opensora import OpenSoraPipeline, OpenSoraVAE, RectifiedFlowScheduler, STDiT3
from teacache.models.opensora_plan import CausalVAE, OpenSoraPlanPipeline

Scale = Literal["full", "mid", "tiny"]


@dataclass(frozen=True, kw_only=True)
class Size:
    """What differs between the sizes of one class."""

    layers: int
    heads: int
    width: int  # of one head
    text: int  # width of a prompt's embeddings
    tokens: int  # of a prompt
    frames: int
    height: int  # pixels
    columns: int  # pixels


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One model to measure."""

    name: str  # of its card, which has steps, guidance and TeaCache's settings
    pipeline: Callable[[Size], DiffusionPipeline]
    sizes: dict[Scale, Size]
    frames_argument: str = "num_frames"
    more: Callable[[Any], dict[str, Any]] = lambda draw: {}  # arguments that only this class has

    def build(self, scale: Scale, device: torch.device, dtype: torch.dtype) -> DiffusionPipeline:
        """The pipeline, with weights drawn on the device."""
        torch.manual_seed(0)
        with device:
            pipe = self.pipeline(self.sizes[scale])
        for part in pipe.components.values():
            if isinstance(part, torch.nn.Module):
                _fill_zeros(part)
                _cast(part.eval().requires_grad_(False).to(device), dtype)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def arguments(self, pipe: DiffusionPipeline, scale: Scale, steps: int) -> dict[str, Any]:
        """Of a call from random embeddings to latents; the seed has to be added."""
        size, weight = self.sizes[scale], next(pipe.transformer.parameters())
        numbers = torch.Generator(weight.device).manual_seed(1)

        def draw() -> torch.Tensor:
            shape = (1, size.tokens, size.text)
            return torch.randn(shape, generator=numbers, device=weight.device).to(pipe.transformer.dtype)

        return {
            "prompt_embeds": draw(),
            "num_inference_steps": steps,
            "guidance_scale": CARDS[self.name].guidance_scale,
            "height": size.height,
            "width": size.columns,
            self.frames_argument: size.frames,
            "output_type": "latent",
            **self.more(draw),
        }


def _latte(size: Size) -> LattePipeline:
    transformer = LatteTransformer3DModel(
        num_attention_heads=size.heads, attention_head_dim=size.width, in_channels=4, out_channels=8,
        num_layers=size.layers, cross_attention_dim=size.heads * size.width, caption_channels=size.text,
        attention_bias=True, sample_size=size.height // 8, patch_size=2, activation_fn="gelu-approximate",
        num_embeds_ada_norm=1000, norm_type="ada_norm_single", norm_elementwise_affine=False, norm_eps=1e-6,
        video_length=size.frames,
    )  # fmt: skip
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 4, 4), norm_num_groups=2, layers_per_block=1, latent_channels=4,
    )  # fmt: skip
    return LattePipeline(None, None, vae, transformer, DDIMScheduler(beta_start=1e-4, beta_end=0.02))


def _opensora(size: Size) -> OpenSoraPipeline:
    transformer = STDiT3(
        hidden_size=size.heads * size.width, depth=size.layers, num_heads=size.heads,
        caption_channels=size.text, model_max_length=size.tokens,
    )  # fmt: skip
    vae = OpenSoraVAE(
        spatial_vae={"block_out_channels": (4, 4, 4, 4), "norm_num_groups": 2, "layers_per_block": 1},
        temporal_vae={"filters": 4, "num_res_blocks": 1, "num_groups": 2},
    )
    return OpenSoraPipeline(None, None, vae, transformer, RectifiedFlowScheduler())


def _cogvideox(size: Size) -> CogVideoXPipeline:
    transformer = CogVideoXTransformer3DModel(
        num_attention_heads=size.heads, attention_head_dim=size.width, num_layers=size.layers,
        text_embed_dim=size.text, max_text_seq_length=size.tokens, sample_frames=size.frames,
        sample_height=size.height // 8, sample_width=size.columns // 8,
    )  # fmt: skip
    vae = AutoencoderKLCogVideoX(
        block_out_channels=(4, 4, 4, 4), latent_channels=16, layers_per_block=1, norm_num_groups=2
    )
    scheduler = CogVideoXDDIMScheduler(
        beta_schedule="scaled_linear", prediction_type="v_prediction", rescale_betas_zero_snr=True,
        snr_shift_scale=3.0, set_alpha_to_one=True, timestep_spacing="trailing",
    )  # fmt: skip
    return CogVideoXPipeline(None, None, vae, transformer, scheduler)


def _wan(size: Size) -> WanPipeline:
    # 8960 / 1536: the feed-forward of the 1.3B is 35/6 times as wide as its tokens
    inner = size.heads * size.width * 35 // 6
    transformer = WanTransformer3DModel(
        num_attention_heads=size.heads, attention_head_dim=size.width, num_layers=size.layers,
        text_dim=size.text, ffn_dim=inner, freq_dim=256, cross_attn_norm=True,
    )  # fmt: skip
    vae = AutoencoderKLWan(base_dim=4, z_dim=16, num_res_blocks=1)
    scheduler = UniPCMultistepScheduler(
        use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=CARDS["wan-1.3b"].flow_shift
    )
    return WanPipeline(None, None, vae, scheduler, transformer=transformer)


def _plan(size: Size) -> OpenSoraPlanPipeline:
    transformer = LatteTransformer3DModel(
        num_attention_heads=size.heads, attention_head_dim=size.width, in_channels=4, out_channels=8,
        num_layers=size.layers, cross_attention_dim=size.heads * size.width, caption_channels=size.text,
        attention_bias=True, sample_size=size.height // 8, patch_size=2,
        activation_fn="gelu-approximate", num_embeds_ada_norm=1000, norm_type="ada_norm_single",
        norm_elementwise_affine=False, norm_eps=1e-6, video_length=(size.frames - 1) // 4 + 1,
    )  # fmt: skip
    vae = CausalVAE(hidden_size=32, hidden_size_mult=(1, 1, 1, 1), num_res_blocks=1)
    return OpenSoraPlanPipeline(None, None, vae, transformer, PNDMScheduler())


def _ltx(size: Size) -> LTXPipeline:
    transformer = LTXVideoTransformer3DModel(
        num_attention_heads=size.heads, attention_head_dim=size.width, num_layers=size.layers,
        cross_attention_dim=size.heads * size.width, caption_channels=size.text,
    )  # fmt: skip
    vae = AutoencoderKLLTXVideo(
        block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1, 1),
    )  # fmt: skip
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05)
    return LTXPipeline(scheduler, vae, None, None, transformer)


def _hunyuan(size: Size) -> HunyuanVideoPipeline:
    third = size.width // 8
    transformer = HunyuanVideoTransformer3DModel(
        num_attention_heads=size.heads, attention_head_dim=size.width, num_layers=size.layers,
        num_single_layers=2 * size.layers, text_embed_dim=size.text, guidance_embeds=True,
        rope_axes_dim=(third, 7 * third // 2, 7 * third // 2),
    )  # fmt: skip
    vae = AutoencoderKLHunyuanVideo(block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=2)
    scheduler = FlowMatchEulerDiscreteScheduler(shift=7.0)
    return HunyuanVideoPipeline(None, None, transformer, vae, scheduler, None, None)


def _two_branches(draw: Callable[[], torch.Tensor]) -> dict[str, Any]:
    return {"negative_prompt_embeds": draw()}


def _masked(draw: Callable[[], torch.Tensor]) -> dict[str, Any]:
    """Two branches, and all of their tokens count."""
    other = draw()
    mask = torch.ones(other.shape[:2], dtype=torch.bool, device=other.device)
    masks = {"prompt_attention_mask": mask, "negative_prompt_attention_mask": mask}
    return {"negative_prompt_embeds": other, **masks}


def _pooled(draw: Callable[[], torch.Tensor]) -> dict[str, Any]:
    """One branch with distilled guidance, and a pooled embedding."""
    like = draw()
    mask = torch.ones(like.shape[:2], dtype=torch.bool, device=like.device)
    return {"prompt_attention_mask": mask, "pooled_prompt_embeds": like.new_zeros(1, 768)}


SUBJECTS: dict[str, Subject] = {
    one.name: one
    for one in (
        Subject(
            name="latte",
            pipeline=_latte,
            frames_argument="video_length",
            more=lambda draw: {"negative_prompt": None, "negative_prompt_embeds": draw()},
            sizes={
                "full": Size(
                    layers=28, heads=16, width=72, text=4096, tokens=120, frames=16, height=512, columns=512
                ),
                "mid": Size(
                    layers=8, heads=8, width=64, text=512, tokens=32, frames=8, height=128, columns=128
                ),
                "tiny": Size(layers=2, heads=2, width=8, text=16, tokens=6, frames=4, height=64, columns=64),
            },
        ),
        Subject(
            name="opensora",
            pipeline=_opensora,
            sizes={
                "full": Size(
                    layers=28, heads=16, width=72, text=4096, tokens=300, frames=51, height=480, columns=854
                ),
                "mid": Size(
                    layers=8, heads=8, width=64, text=512, tokens=32, frames=17, height=128, columns=128
                ),
                "tiny": Size(
                    layers=2, heads=2, width=16, text=16, tokens=6, frames=17, height=64, columns=64
                ),
            },
        ),
        Subject(
            name="wan-1.3b",
            pipeline=_wan,
            more=_two_branches,
            sizes={
                "full": Size(
                    layers=30, heads=12, width=128, text=4096, tokens=512, frames=81, height=480, columns=832
                ),
                "mid": Size(
                    layers=8, heads=4, width=128, text=512, tokens=64, frames=17, height=256, columns=256
                ),
                "tiny": Size(layers=2, heads=2, width=12, text=16, tokens=6, frames=5, height=64, columns=64),
            },
        ),
        Subject(
            name="cogvideox-2b",
            pipeline=_cogvideox,
            more=_two_branches,
            sizes={
                "full": Size(
                    layers=30, heads=30, width=64, text=4096, tokens=226, frames=49, height=480, columns=720
                ),
                "mid": Size(
                    layers=10, heads=8, width=64, text=512, tokens=32, frames=9, height=192, columns=192
                ),
                "tiny": Size(layers=2, heads=2, width=8, text=16, tokens=6, frames=9, height=64, columns=64),
            },
        ),
        Subject(
            name="opensora-plan-65",
            pipeline=_plan,
            more=_two_branches,
            sizes={
                "full": Size(
                    layers=28, heads=16, width=72, text=4096, tokens=300, frames=65, height=512, columns=512
                ),
                "mid": Size(
                    layers=8, heads=8, width=64, text=512, tokens=32, frames=17, height=128, columns=128
                ),
                "tiny": Size(layers=2, heads=2, width=8, text=16, tokens=6, frames=9, height=64, columns=64),
            },
        ),
        Subject(
            name="ltx-video",
            pipeline=_ltx,
            more=_masked,
            sizes={
                "full": Size(
                    layers=28, heads=32, width=64, text=4096, tokens=128, frames=161, height=512, columns=768
                ),
                "mid": Size(
                    layers=8, heads=8, width=64, text=512, tokens=32, frames=33, height=256, columns=256
                ),
                "tiny": Size(layers=2, heads=2, width=16, text=16, tokens=6, frames=9, height=64, columns=64),
            },
        ),
        Subject(
            name="hunyuan-video",
            pipeline=_hunyuan,
            more=_pooled,
            sizes={
                "full": Size(
                    layers=20, heads=24, width=128, text=4096, tokens=256, frames=129, height=544, columns=960
                ),
                "mid": Size(
                    layers=3, heads=4, width=128, text=512, tokens=32, frames=17, height=192, columns=192
                ),
                "tiny": Size(layers=1, heads=2, width=32, text=16, tokens=6, frames=9, height=64, columns=64),
            },
        ),
    )
}


def _cast(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """To a half precision as `from_pretrained` does it: what the class keeps in float32 stays there."""
    names = getattr(module, "_keep_in_fp32_modules", None) or ()
    for name, parameter in module.named_parameters():
        if not any(part in name.split(".") for part in names):
            parameter.data = parameter.data.to(dtype)
    for buffer in module.buffers():
        if buffer.is_floating_point():
            buffer.data = buffer.data.to(dtype)


def _fill_zeros(module: torch.nn.Module) -> None:
    """Gates and last layers start as zeros; a network that always answers 0 would show nothing."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim and not parameter.any():
                parameter.normal_(0, 0.02)
