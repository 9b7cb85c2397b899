"""The cards of the Wan family, without their polynomials, which are in coefficients.json.

Sizes, frames and shifts are those of the commands of TeaCache's authors; Wan 2.2, which they do not cover, is
as its own makers run it. Parameters are counted as in cards_video.py.
"""

from __future__ import annotations

from dataclasses import replace

from teacache.models.cards import Card, Demo

_UMT5_XXL = 5.68  # billions of values
_WAN_VAE = 0.127

_WAN_1B = Card(
    name="wan-1.3b",
    title="Wan 2.1, 1.3B",
    hub="Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
    pipeline="WanPipeline",
    transformer="WanTransformer3DModel",
    steps=50,
    frames=81,
    height=480,
    width=832,
    fps=16,
    guidance_scale=5.0,
    demo=Demo(steps=30, frames=33, height=480, width=832),
    flow_shift=5.0,
    float32=("vae",),
    parameters={"transformer": 1.419, "text_encoder": _UMT5_XXL, "vae": _WAN_VAE},
    latent_free=True,
    license="apache-2.0",
)

_WAN_14B = replace(
    _WAN_1B,
    name="wan-14b",
    title="Wan 2.1, 14B",
    hub="Wan-AI/Wan2.1-T2V-14B-Diffusers",
    height=720,
    width=1280,
    parameters={"transformer": 14.289, "text_encoder": _UMT5_XXL, "vae": _WAN_VAE},
    note="The size is that of the authors' command; they do not print the size of their timing.",
    demo=Demo(steps=10, frames=17, height=480, width=832),
)

_WAN_I2V_480P = Card(
    name="wan-i2v-480p",
    title="Wan 2.1 I2V, 14B, 480p",
    hub="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers",
    pipeline="WanImageToVideoPipeline",
    transformer="WanTransformer3DModel",
    steps=40,
    frames=81,
    height=480,
    width=832,
    fps=16,
    guidance_scale=5.0,
    demo=Demo(steps=10, frames=17, height=480, width=832),
    flow_shift=3.0,
    float32=("vae", "image_encoder"),
    parameters={"transformer": 16.395, "text_encoder": _UMT5_XXL, "image_encoder": 0.631, "vae": _WAN_VAE},
    latent_free=True,
    license="apache-2.0",
)

_WAN_I2V_720P = replace(
    _WAN_I2V_480P,
    name="wan-i2v-720p",
    title="Wan 2.1 I2V, 14B, 720p",
    hub="Wan-AI/Wan2.1-I2V-14B-720P-Diffusers",
    frames=61,
    height=720,
    width=1280,
    flow_shift=5.0,
    note="61 frames as in the authors' command; the model makes 81 as well.",
)

_WAN_22 = Card(
    name="wan-2.2-a14b",
    title="Wan 2.2, A14B",
    hub="Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    pipeline="WanPipeline",
    transformer="WanTransformer3DModel",
    steps=40,
    frames=81,
    height=720,
    width=1280,
    fps=16,
    guidance_scale=4.0,
    demo=Demo(steps=10, frames=17, height=480, width=832),
    flow_shift=12.0,
    float32=("vae",),
    parameters={
        "transformer": 14.289,
        "transformer_2": 14.289,
        "text_encoder": _UMT5_XXL,
        "vae": _WAN_VAE,
    },
    license="apache-2.0",
    note="No polynomial was published for its experts. Its makers guide the second one with 3; here both get "
    "the same guidance.",
)

WAN_CARDS = (_WAN_1B, _WAN_14B, _WAN_I2V_480P, _WAN_I2V_720P, _WAN_22)
