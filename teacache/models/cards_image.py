"""The cards of the image models, without their polynomials, which are in coefficients.json.

An image is shown as a video of one frame. Steps, sizes and guidance are those of the authors' published runs,
else the defaults of the pipeline class; parameters are counted as in cards_video.py.
"""

from __future__ import annotations

from teacache.models.cards import Card, Demo

_FLUX_VAE = 0.084

_FLUX = Card(
    name="flux-dev",
    title="FLUX.1-dev",
    hub="black-forest-labs/FLUX.1-dev",
    gated=True,
    pipeline="FluxPipeline",
    transformer="FluxTransformer2DModel",
    steps=28,
    height=1024,
    width=1024,
    guidance_scale=3.5,
    demo=Demo(steps=28, frames=1, height=1024, width=1024),
    parameters={"transformer": 11.901, "text_encoder": 0.123, "text_encoder_2": 4.762, "vae": _FLUX_VAE},
    license="FLUX.1 [dev] non-commercial licence",
)

_LUMINA_NEXT = Card(
    name="lumina-next",
    title="Lumina-Next",
    hub="Alpha-VLLM/Lumina-Next-SFT-diffusers",
    pipeline="LuminaPipeline",
    transformer="LuminaNextDiT2DModel",
    steps=30,
    height=1024,
    width=1024,
    guidance_scale=4.0,
    demo=Demo(steps=30, frames=1, height=1024, width=1024),
    parameters={"transformer": 1.875, "text_encoder": 2.506, "vae": _FLUX_VAE},
    license="apache-2.0",
)

_LUMINA2 = Card(
    name="lumina2",
    title="Lumina-Image 2.0",
    hub="Alpha-VLLM/Lumina-Image-2.0",
    pipeline="Lumina2Pipeline",
    transformer="Lumina2Transformer2DModel",
    steps=50,
    height=1024,
    width=1024,
    guidance_scale=4.0,
    demo=Demo(steps=30, frames=1, height=1024, width=1024),
    parameters={"transformer": 2.607, "text_encoder": 2.614, "vae": _FLUX_VAE},
    license="apache-2.0",
    note="Two polynomials were published: v1 was fitted to Lumina-Next, v2 stands in a comment. Their script "
    "runs a fine-tune of this model.",
)

_HIDREAM = Card(
    name="hidream",
    title="HiDream-I1",
    hub="HiDream-ai/HiDream-I1-Full",
    parts={
        "text_encoder_4": "meta-llama/Llama-3.1-8B-Instruct",
        "tokenizer_4": "meta-llama/Llama-3.1-8B-Instruct",
    },
    gated=True,
    pipeline="HiDreamImagePipeline",
    transformer="HiDreamImageTransformer2DModel",
    steps=50,
    height=1024,
    width=1024,
    guidance_scale=5.0,
    demo=Demo(steps=28, frames=1, height=1024, width=1024),
    parameters={
        "transformer": 17.106,
        "text_encoder": 0.124,
        "text_encoder_2": 0.695,
        "text_encoder_3": 4.762,
        "text_encoder_4": 8.030,
        "vae": _FLUX_VAE,
    },
    latent_free=True,
    license="MIT; its text encoder: Llama 3.1 community licence",
    license_url="https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct",
    note="The model is free; its fourth text encoder, Llama 3.1, is the gated part.",
)

IMAGE_CARDS = (_FLUX, _LUMINA_NEXT, _LUMINA2, _HIDREAM)
