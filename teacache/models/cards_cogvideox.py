"""The cards of CogVideoX and of what stands on it, by the rules of cards_video.py."""

from __future__ import annotations

from dataclasses import replace

from teacache.models.cards import Card, Demo

T5_XXL = 4.76  # billions of values: the encoder of T5 v1.1 XXL
_VAE = 0.216
_APACHE = "apache-2.0"
_LICENCE = "CogVideoX licence: free for research, commercial use after registration"
_URL = "https://huggingface.co/zai-org/CogVideoX-5b/blob/main/LICENSE"

_COGVIDEOX_2B = Card(
    name="cogvideox-2b",
    title="CogVideoX-2B",
    hub="zai-org/CogVideoX-2b",
    pipeline="CogVideoXPipeline",
    transformer="CogVideoXTransformer3DModel",
    steps=50,
    frames=49,
    height=480,
    width=720,
    fps=8,
    guidance_scale=6.0,
    demo=Demo(steps=20, frames=33, height=480, width=720),
    one_size=True,
    dtype="float16",
    parameters={"transformer": 1.694, "text_encoder": T5_XXL, "vae": _VAE},
    latent_free=True,
    license=_APACHE,
    note="No speedup was published for this size, only thresholds.",
)

_COGVIDEOX_5B = Card(
    name="cogvideox-5b",
    title="CogVideoX-5B",
    hub="zai-org/CogVideoX-5b",
    pipeline="CogVideoXPipeline",
    transformer="CogVideoXTransformer3DModel",
    steps=50,
    frames=49,
    height=480,
    width=720,
    fps=8,
    guidance_scale=6.0,
    demo=Demo(steps=16, frames=25, height=480, width=720),
    one_size=True,
    parameters={"transformer": 5.570, "text_encoder": T5_XXL, "vae": _VAE},
    latent_free=True,
    license=_LICENCE,
    license_url=_URL,
)

_COGVIDEOX_5B_I2V = replace(
    _COGVIDEOX_5B,
    name="cogvideox-5b-i2v",
    title="CogVideoX-5B-I2V",
    hub="zai-org/CogVideoX-5b-I2V",
    pipeline="CogVideoXImageToVideoPipeline",
    call={"use_dynamic_cfg": True},
    license_url="https://huggingface.co/zai-org/CogVideoX-5b-I2V/blob/main/LICENSE",
)

_COGVIDEOX_15 = Card(
    name="cogvideox-1.5-5b",
    title="CogVideoX1.5-5B",
    hub="zai-org/CogVideoX1.5-5B",
    pipeline="CogVideoXPipeline",
    transformer="CogVideoXTransformer3DModel",
    steps=50,
    frames=81,
    height=768,
    width=1360,
    fps=16,
    guidance_scale=6.0,
    demo=Demo(steps=16, frames=33, height=480, width=848),
    call={"use_dynamic_cfg": True},
    parameters={"transformer": 5.571, "text_encoder": T5_XXL, "vae": _VAE},
    latent_free=True,
    license=_LICENCE,
    license_url=_URL,
    note="The published speedups are older than the polynomial; the seconds beside them imply others.",
)

_COGVIDEOX_15_I2V = replace(
    _COGVIDEOX_15,
    name="cogvideox-1.5-5b-i2v",
    title="CogVideoX1.5-5B-I2V",
    hub="zai-org/CogVideoX1.5-5B-I2V",
    pipeline="CogVideoXImageToVideoPipeline",
    parameters={"transformer": 5.572, "text_encoder": T5_XXL, "vae": _VAE},
)

_CONSISID = Card(
    name="consisid",
    title="ConsisID",
    hub="BestWishYsh/ConsisID-preview",
    files=("face_encoder/*",),
    packages=("consisid_eva_clip", "facexlib", "insightface", "cv2", "torchvision"),
    pipeline="ConsisIDPipeline",
    transformer="ConsisIDTransformer3DModel",
    steps=50,
    frames=49,
    height=480,
    width=720,
    fps=8,
    guidance_scale=6.0,
    demo=Demo(steps=16, frames=25, height=480, width=720),
    one_size=True,
    parameters={"transformer": 6.162, "text_encoder": T5_XXL, "vae": _VAE},
    latent_free=True,
    license=_APACHE,
    note="Uses the polynomial of CogVideoX-5B unfitted, as the authors do; without what finds a face.",
)

COGVIDEOX_CARDS = (
    _COGVIDEOX_2B,
    _COGVIDEOX_5B,
    _COGVIDEOX_5B_I2V,
    _COGVIDEOX_15,
    _COGVIDEOX_15_I2V,
    _CONSISID,
)
