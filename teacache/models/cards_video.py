"""The cards of the video models, without their polynomials, which are in coefficients.json.

Steps, sizes, frames and guidance are those of the authors' published runs, else the defaults of the pipeline
class. Parameters are counted on the classes at their published configuration (torch's meta device).
"""

from __future__ import annotations

from dataclasses import replace

from teacache.models.cards import Card

T5_XXL = 4.76  # billions of values: the encoder of T5 v1.1 XXL
UMT5_XXL = 5.68
_SD_VAE = 0.084  # AutoencoderKL as Stable Diffusion has it
_COGVIDEOX_VAE = 0.216
_WAN_VAE = 0.127
_APACHE = "apache-2.0"
_SEE_HUB = "see the hub page"


_SHAPES = Card(
    name="shapes",
    title="Shapes (embedded)",
    source="assets/shapes",
    pipeline="LattePipeline",
    steps=50,
    frames=16,
    height=64,
    width=64,
    fps=8,
    guidance_scale=3.0,
    license=_APACHE,
    note="A small text-to-video model, trained for this project; two CPU cores are enough.",
)

_LATTE = Card(
    name="latte",
    title="Latte-1",
    hub="maxin-cn/Latte-1",
    pipeline="LattePipeline",
    steps=50,
    frames=16,
    height=512,
    width=512,
    fps=8,
    guidance_scale=7.5,
    dtype="float16",
    parameters={"transformer": 1.057, "text_encoder": T5_XXL, "vae": _SD_VAE},
    license=_APACHE,
    note="The paper decodes with the temporal decoder of the same repository, which is not loaded here.",
)

_OPENSORA = Card(
    name="opensora",
    title="Open-Sora 1.2",
    hub="hpcai-tech/OpenSora-STDiT-v3",
    parts={"vae": "hpcai-tech/OpenSora-VAE-v1.2", "text_encoder": "maxin-cn/Latte-1"},
    pipeline="OpenSoraPipeline",
    steps=30,
    frames=51,
    height=480,
    width=854,
    fps=24,
    guidance_scale=7.0,
    parameters={"transformer": 1.209, "text_encoder": T5_XXL, "vae": 0.393},
    license=_SEE_HUB,
    note="Its authors report 31 GB for this size on one H100 with everything resident.",
)

_PLAN_65 = Card(
    name="opensora-plan-65",
    title="Open-Sora-Plan 1.1, 65 frames",
    hub="LanguageBind/Open-Sora-Plan-v1.1.0",
    parts={"text_encoder": "maxin-cn/Latte-1"},
    pipeline="OpenSoraPlanPipeline",
    steps=150,
    frames=65,
    height=512,
    width=512,
    fps=24,
    guidance_scale=7.5,
    dtype="float16",
    parameters={"transformer": 1.058, "text_encoder": T5_XXL, "vae": 0.247},
    license=_SEE_HUB,
    note="Its scheduler repeats some timesteps: 150 steps are 159 calls of the transformer.",
)

_PLAN_221 = replace(
    _PLAN_65,
    name="opensora-plan-221",
    title="Open-Sora-Plan 1.1, 221 frames",
    frames=221,
)

_COGVIDEOX_2B = Card(
    name="cogvideox-2b",
    title="CogVideoX-2B",
    hub="zai-org/CogVideoX-2b",
    pipeline="CogVideoXPipeline",
    steps=50,
    frames=49,
    height=480,
    width=720,
    fps=8,
    guidance_scale=6.0,
    dtype="float16",
    parameters={"transformer": 1.694, "text_encoder": T5_XXL, "vae": _COGVIDEOX_VAE},
    latent_free=True,
    license=_APACHE,
    note="No speedup was published for this size, only thresholds.",
)

_COGVIDEOX_5B = Card(
    name="cogvideox-5b",
    title="CogVideoX-5B",
    hub="zai-org/CogVideoX-5b",
    pipeline="CogVideoXPipeline",
    steps=50,
    frames=49,
    height=480,
    width=720,
    fps=8,
    guidance_scale=6.0,
    parameters={"transformer": 5.570, "text_encoder": T5_XXL, "vae": _COGVIDEOX_VAE},
    latent_free=True,
    license="CogVideoX licence",
)

_COGVIDEOX_15 = Card(
    name="cogvideox-1.5-5b",
    title="CogVideoX1.5-5B",
    hub="zai-org/CogVideoX1.5-5B",
    pipeline="CogVideoXPipeline",
    steps=50,
    frames=81,
    height=768,
    width=1360,
    fps=16,
    guidance_scale=6.0,
    parameters={"transformer": 5.571, "text_encoder": T5_XXL, "vae": _COGVIDEOX_VAE},
    latent_free=True,
    license="CogVideoX licence",
    note="The published speedups are older than the polynomial; the seconds beside them imply others.",
)

_COGVIDEOX_15_I2V = replace(
    _COGVIDEOX_15,
    name="cogvideox-1.5-5b-i2v",
    title="CogVideoX1.5-5B, from an image",
    kind="image_to_video",
    hub="zai-org/CogVideoX1.5-5B-I2V",
    pipeline="CogVideoXImageToVideoPipeline",
    parameters={"transformer": 5.572, "text_encoder": T5_XXL, "vae": _COGVIDEOX_VAE},
)

_CONSISID = Card(
    name="consisid",
    title="ConsisID, from a face",
    kind="image_to_video",
    hub="BestWishYsh/ConsisID-preview",
    files=("face_encoder/*",),
    packages=("consisid_eva_clip", "facexlib", "insightface", "cv2", "torchvision"),
    pipeline="ConsisIDPipeline",
    steps=50,
    frames=49,
    height=480,
    width=720,
    fps=8,
    guidance_scale=6.0,
    parameters={"transformer": 6.162, "text_encoder": T5_XXL, "vae": _COGVIDEOX_VAE},
    latent_free=True,
    license=_APACHE,
    note="Uses the polynomial of CogVideoX-5B unfitted, as the authors do; without what finds a face.",
)

_WAN_1B = Card(
    name="wan-1.3b",
    title="Wan 2.1, 1.3B",
    hub="Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
    pipeline="WanPipeline",
    steps=50,
    frames=81,
    height=480,
    width=832,
    fps=16,
    guidance_scale=5.0,
    flow_shift=5.0,
    float32=("vae",),
    parameters={"transformer": 1.419, "text_encoder": UMT5_XXL, "vae": _WAN_VAE},
    latent_free=True,
    license=_APACHE,
)

_WAN_14B = replace(
    _WAN_1B,
    name="wan-14b",
    title="Wan 2.1, 14B",
    hub="Wan-AI/Wan2.1-T2V-14B-Diffusers",
    parameters={"transformer": 14.289, "text_encoder": UMT5_XXL, "vae": _WAN_VAE},
    note="The size is the pipeline's default; the size of the authors' timing is not known here.",
)

_WAN_I2V_480P = Card(
    name="wan-i2v-480p",
    title="Wan 2.1, 14B, 480p, from an image",
    kind="image_to_video",
    hub="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers",
    pipeline="WanImageToVideoPipeline",
    steps=40,
    frames=81,
    height=480,
    width=832,
    fps=16,
    guidance_scale=5.0,
    flow_shift=3.0,
    float32=("vae", "image_encoder"),
    parameters={"transformer": 16.395, "text_encoder": UMT5_XXL, "image_encoder": 0.631, "vae": _WAN_VAE},
    latent_free=True,
    license=_APACHE,
)

_WAN_I2V_720P = replace(
    _WAN_I2V_480P,
    name="wan-i2v-720p",
    title="Wan 2.1, 14B, 720p, from an image",
    hub="Wan-AI/Wan2.1-I2V-14B-720P-Diffusers",
    height=720,
    width=1280,
    flow_shift=5.0,
)

_WAN_22 = Card(
    name="wan-2.2-a14b",
    title="Wan 2.2, two experts of 14B",
    hub="Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    pipeline="WanPipeline",
    steps=40,
    frames=81,
    height=720,
    width=1280,
    fps=16,
    guidance_scale=4.0,
    float32=("vae",),
    parameters={
        "transformer": 14.289,
        "transformer_2": 14.289,
        "text_encoder": UMT5_XXL,
        "vae": _WAN_VAE,
    },
    license=_APACHE,
    note="The authors published no polynomial for its experts; those of Wan 2.1 were not fitted to them.",
)

_HUNYUAN = Card(
    name="hunyuan-video",
    title="HunyuanVideo",
    hub="hunyuanvideo-community/HunyuanVideo",
    pipeline="HunyuanVideoPipeline",
    steps=50,
    frames=129,
    height=544,
    width=960,
    fps=24,
    guidance_scale=6.0,
    parameters={"transformer": 12.821, "text_encoder": 7.505, "text_encoder_2": 0.123, "vae": 0.246},
    license="Tencent Hunyuan community licence",
    note="At 25 steps users report another clip; an author advises 50, or a lower threshold.",
)

_LTX = Card(
    name="ltx-video",
    title="LTX-Video",
    hub="Lightricks/LTX-Video",
    pipeline="LTXPipeline",
    steps=50,
    frames=161,
    height=512,
    width=768,
    fps=25,
    guidance_scale=3.0,
    parameters={"transformer": 1.923, "text_encoder": T5_XXL, "vae": 0.419},
    license=_SEE_HUB,
    note="The polynomial was published for version 0.9.1.",
)

_MOCHI = Card(
    name="mochi",
    title="Mochi 1",
    hub="genmo/mochi-1-preview",
    pipeline="MochiPipeline",
    steps=64,
    frames=163,
    height=480,
    width=848,
    fps=30,
    guidance_scale=4.5,
    parameters={"transformer": 10.028, "text_encoder": T5_XXL, "vae": 0.460},
    license=_APACHE,
)

_COSMOS = Card(
    name="cosmos",
    title="Cosmos 1.0, 7B",
    hub="nvidia/Cosmos-1.0-Diffusion-7B-Text2World",
    packages=("cosmos_guardrail",),
    pipeline="CosmosTextToWorldPipeline",
    steps=36,
    frames=121,
    height=704,
    width=1280,
    fps=30,
    guidance_scale=7.0,
    parameters={"transformer": 7.236, "text_encoder": 4.865, "vae": 0.106},
    license="NVIDIA open model licence",
    note="The authors' 35 steps are 36 calls; its safety checker is not counted.",
)

VIDEO_CARDS = (
    _SHAPES,
    _LATTE,
    _OPENSORA,
    _PLAN_65,
    _PLAN_221,
    _COGVIDEOX_2B,
    _COGVIDEOX_5B,
    _COGVIDEOX_15,
    _COGVIDEOX_15_I2V,
    _CONSISID,
    _WAN_1B,
    _WAN_14B,
    _WAN_I2V_480P,
    _WAN_I2V_720P,
    _WAN_22,
    _HUNYUAN,
    _LTX,
    _MOCHI,
    _COSMOS,
)
