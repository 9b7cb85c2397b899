"""A Latte pipeline with random weights, small enough to run in milliseconds, as a folder on disk."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, LattePipeline, LatteTransformer3DModel
from transformers import T5Config, T5EncoderModel

from teacache.models.shapes.text import build_tokenizer


def save(folder: Path) -> Path:
    """Write the folder, in half precision as shipped checkpoints are: clips of 2 frames of 16x16 pixels."""
    torch.manual_seed(0)
    text = T5Config(vocab_size=48, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    transformer = LatteTransformer3DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=1,
        cross_attention_dim=16, caption_channels=16, attention_bias=True, sample_size=16, patch_size=2,
        num_embeds_ada_norm=1000, norm_type="ada_norm_single", norm_elementwise_affine=False, video_length=2,
    )  # fmt: skip
    LattePipeline(
        tokenizer=build_tokenizer(),
        text_encoder=T5EncoderModel(text).half(),
        vae=AutoencoderKL(
            block_out_channels=(8,), latent_channels=4, norm_num_groups=4, sample_size=16
        ).half(),
        transformer=transformer.half(),
        scheduler=DDIMScheduler(),
    ).save_pretrained(folder)
    return folder
