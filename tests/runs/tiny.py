"""A whole LattePipeline with random weights, so small that a run takes a fraction of a second."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, LattePipeline, LatteTransformer3DModel
from transformers import T5Config, T5EncoderModel, T5Tokenizer

FRAMES, SIDE = 4, 32
WORDS = ("a", "red", "blue", "ball", "star", "circling", "on", "background")


def save(folder: Path) -> Path:
    """Write the pipeline as a diffusers folder."""
    torch.manual_seed(0)
    pipe = LattePipeline(
        tokenizer=_tokenizer(),
        text_encoder=_text_encoder().eval(),
        vae=_autoencoder().eval(),
        transformer=_transformer().eval(),
        scheduler=DDIMScheduler(
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
            clip_sample=False,
        ),
    )
    pipe.save_pretrained(folder)
    return folder


def load(folder: Path) -> LattePipeline:
    pipe = LattePipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _tokenizer() -> T5Tokenizer:
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -1.0) for word in WORDS)]
    return T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=120)


def _text_encoder() -> T5EncoderModel:
    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
    return T5EncoderModel(T5Config(vocab_size=16, dropout_rate=0.0, use_cache=False, **sizes))


def _autoencoder() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=SIDE,
        scaling_factor=1.0,
        mid_block_add_attention=False,
    )


def _transformer() -> LatteTransformer3DModel:
    return LatteTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=8,
        num_layers=2,
        in_channels=4,
        out_channels=8,
        sample_size=SIDE // 8,
        patch_size=2,
        caption_channels=16,
        cross_attention_dim=16,
        video_length=FRAMES,
        attention_bias=True,
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        activation_fn="gelu-approximate",
    )
