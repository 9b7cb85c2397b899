"""Kandinsky 5: the picture's tokens lie in frames, rows and columns, and come out so."""

from __future__ import annotations

from diffusers import FlowMatchEulerDiscreteScheduler, Kandinsky5T2VPipeline, Kandinsky5Transformer3DModel

from tests.tiny import text
from tests.tiny.hunyuan import autoencoder


def kandinsky5() -> Kandinsky5T2VPipeline:
    tokenizer, encoder = text.qwen_vision()
    tokenizer_2, encoder_2 = text.clip(8)
    return Kandinsky5T2VPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        vae=autoencoder(),
        transformer=Kandinsky5Transformer3DModel(
            in_visual_dim=4, out_visual_dim=4, in_text_dim=text.WIDTH, in_text_dim2=8, time_dim=16,
            model_dim=24, ff_dim=32, num_text_blocks=1, num_visual_blocks=2, axes_dims=(4, 4, 4),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
    )  # fmt: skip
