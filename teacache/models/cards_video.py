"""The cards of the video models, without their polynomials, which are in coefficients.json.

Steps, sizes, frames and guidance are those of the authors' published runs, else the defaults of the pipeline
class. Parameters are counted on the classes at their published configuration (torch's meta device).
"""

from __future__ import annotations

from dataclasses import replace

from teacache.models.cards import Card, Demo
from teacache.models.cards_cogvideox import COGVIDEOX_CARDS, T5_XXL
from teacache.models.cards_scenes import SCENES
from teacache.models.cards_wan import WAN_CARDS
from teacache.models.shapes import data
from teacache.models.vocabulary import Vocabulary

_SD_VAE = 0.084  # AutoencoderKL as Stable Diffusion has it
_APACHE = "apache-2.0"


_SHAPES = Card(
    name="shapes",
    title="Shapes",
    source="assets/shapes",
    pipeline="LattePipeline",
    transformer="LatteTransformer3DModel",
    steps=50,
    frames=16,
    height=64,
    width=64,
    fps=8,
    guidance_scale=3.0,
    one_size=True,
    only_size=True,
    vocabulary=Vocabulary(words=data.WORDS, examples=tuple(data.example_prompts())),
    license=_APACHE,
    note="A small text-to-video model, trained for this project; two CPU cores are enough.",
)

_LATTE = Card(
    name="latte",
    title="Latte-1",
    hub="maxin-cn/Latte-1",
    pipeline="LattePipeline",
    transformer="LatteTransformer3DModel",
    steps=50,
    frames=16,
    height=512,
    width=512,
    fps=8,
    guidance_scale=7.5,
    demo=Demo(steps=50, frames=16, height=512, width=512),
    one_size=True,
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
    transformer="STDiT3",
    steps=30,
    frames=51,
    height=480,
    width=854,
    fps=24,
    guidance_scale=7.0,
    demo=Demo(steps=30, frames=17, height=480, width=854),
    parameters={"transformer": 1.209, "text_encoder": T5_XXL, "vae": 0.393},
    license=_APACHE,
    note="Its authors report 31 GB for this size on one H100 with everything resident.",
)

_PLAN_65 = Card(
    name="opensora-plan-65",
    title="Open-Sora-Plan 1.1, 65x512x512",
    hub="LanguageBind/Open-Sora-Plan-v1.1.0",
    parts={"text_encoder": "maxin-cn/Latte-1"},
    pipeline="OpenSoraPlanPipeline",
    transformer="LatteTransformer3DModel",
    steps=150,
    frames=65,
    height=512,
    width=512,
    fps=24,
    guidance_scale=7.5,
    demo=Demo(steps=30, frames=65, height=512, width=512),
    one_size=True,
    dtype="float16",
    parameters={"transformer": 1.058, "text_encoder": T5_XXL, "vae": 0.247},
    license="MIT",
    note="Its scheduler repeats some timesteps: 150 steps are 159 calls of the transformer.",
)

_PLAN_221 = replace(
    _PLAN_65,
    name="opensora-plan-221",
    title="Open-Sora-Plan 1.1, 221x512x512",
    frames=221,
    demo=Demo(steps=12, frames=221, height=512, width=512),
)

_HUNYUAN = Card(
    name="hunyuan-video",
    title="HunyuanVideo",
    hub="hunyuanvideo-community/HunyuanVideo",
    pipeline="HunyuanVideoPipeline",
    transformer="HunyuanVideoTransformer3DModel",
    steps=50,
    frames=129,
    height=544,
    width=960,
    fps=24,
    guidance_scale=6.0,
    demo=Demo(steps=20, frames=17, height=544, width=960),
    parameters={"transformer": 12.821, "text_encoder": 7.505, "text_encoder_2": 0.123, "vae": 0.246},
    license="Tencent Hunyuan community licence: not in the EU, the UK and South Korea",
    license_url="https://huggingface.co/tencent/HunyuanVideo/blob/main/LICENSE",
    note="At 25 steps users report another clip; an author advises 50, or a lower threshold.",
)

_LTX = Card(
    name="ltx-video",
    title="LTX-Video 0.9.1",
    hub="a-r-r-o-w/LTX-Video-0.9.1-diffusers",
    pipeline="LTXPipeline",
    transformer="LTXVideoTransformer3DModel",
    steps=50,
    frames=161,
    height=512,
    width=768,
    fps=25,
    guidance_scale=3.0,
    demo=Demo(steps=40, frames=97, height=512, width=768),
    parameters={"transformer": 1.923, "text_encoder": T5_XXL, "vae": 0.935},
    license="RAIL-M: for research only",
    license_url="https://huggingface.co/Lightricks/LTX-Video/blob/main/ltx-video-2b-v0.9.1.license.txt",
    note="Version 0.9.1, in the repository that the authors of the polynomial used.",
)

_MOCHI = Card(
    name="mochi",
    title="Mochi 1",
    hub="genmo/mochi-1-preview",
    pipeline="MochiPipeline",
    transformer="MochiTransformer3DModel",
    steps=64,
    frames=163,
    height=480,
    width=848,
    fps=30,
    guidance_scale=4.5,
    demo=Demo(steps=20, frames=19, height=480, width=848),
    parameters={"transformer": 10.028, "text_encoder": T5_XXL, "vae": 0.460},
    license=_APACHE,
)

_COSMOS = Card(
    name="cosmos",
    title="Cosmos 1.0, 7B",
    hub="nvidia/Cosmos-1.0-Diffusion-7B-Text2World",
    gated=True,
    packages=("cosmos_guardrail",),
    pipeline="CosmosTextToWorldPipeline",
    transformer="CosmosTransformer3DModel",
    steps=36,
    frames=121,
    height=704,
    width=1280,
    fps=30,
    guidance_scale=7.0,
    demo=Demo(steps=16, frames=41, height=480, width=848),
    parameters={"transformer": 7.236, "text_encoder": 4.865, "vae": 0.106},
    license="NVIDIA open model licence",
    note="The authors' 35 steps are 36 calls. Its safety checker, nvidia/Cosmos-1.0-Guardrail, is gated too "
    "and not counted in the weights.",
)

_COSMOS_IMAGE = replace(
    _COSMOS,
    name="cosmos-video2world",
    title="Cosmos 1.0, 7B, from a picture",
    hub="nvidia/Cosmos-1.0-Diffusion-7B-Video2World",
    pipeline="CosmosVideoToWorldPipeline",
)

VIDEO_CARDS = (
    *(SCENES, _SHAPES, _LATTE, _OPENSORA, _PLAN_65, _PLAN_221),
    *COGVIDEOX_CARDS,
    *WAN_CARDS,
    *(_HUNYUAN, _LTX, _MOCHI, _COSMOS, _COSMOS_IMAGE),
)
