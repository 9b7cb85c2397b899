"""Pipelines of the real classes with random weights: kilobytes on disk, milliseconds a call, no network.

`PIPELINES` has a builder for every pipeline class, `VARIANTS` for a second kind of the same class. They can
be saved and loaded as any checkpoint; `prepare` then sets what no checkpoint holds. Weights that start as
zeros (gates, output layers) get small values, so that no part of a model is without effect.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLCosmos, DiffusionPipeline
from PIL import Image

from teacache.runs.adapters.particular import Face
from tests.tiny import (
    cogvideox,
    cosmos,
    hunyuan,
    images,
    kandinsky,
    latte,
    ltx,
    mochi,
    opensora,
    opensora_plan,
    pictures,
    tangoflux,
    wan,
    wan_kin,
)
from tests.tiny.seeding import seeded as _seeded

SIDE = 32  # pixels
PROMPT = "a red ball circling"


PIPELINES: dict[str, Callable[[], DiffusionPipeline]] = {
    "LattePipeline": _seeded(latte.latte),
    "AllegroPipeline": _seeded(latte.allegro),
    "CogVideoXPipeline": _seeded(cogvideox.cogvideox),
    "CogVideoXImageToVideoPipeline": _seeded(cogvideox.cogvideox_image),
    "ConsisIDPipeline": _seeded(cogvideox.consisid),
    "WanPipeline": _seeded(wan.wan),
    "WanImageToVideoPipeline": _seeded(wan.wan_image),
    "SanaVideoPipeline": _seeded(wan.sana_video),
    "HunyuanVideoPipeline": _seeded(hunyuan.hunyuan_video),
    "HunyuanVideo15Pipeline": _seeded(hunyuan.hunyuan_video_15),
    "LTXPipeline": _seeded(ltx.ltx),
    "LTX2Pipeline": _seeded(ltx.ltx2),
    "MochiPipeline": _seeded(mochi.mochi),
    "CosmosTextToWorldPipeline": _seeded(cosmos.cosmos),
    "OpenSoraPipeline": _seeded(opensora.opensora),
    "OpenSoraPlanPipeline": _seeded(opensora_plan.opensora_plan),
    "FluxPipeline": _seeded(images.flux),
    "Lumina2Pipeline": _seeded(images.lumina2),
    "HiDreamImagePipeline": _seeded(images.hidream),
    "QwenImagePipeline": _seeded(images.qwen_image),
    "LuminaPipeline": _seeded(pictures.lumina_next),
    "ZImagePipeline": _seeded(pictures.z_image),
    "Flux2KleinPipeline": _seeded(pictures.flux2_klein),
    "ChromaPipeline": _seeded(pictures.chroma),
    "StableDiffusion3Pipeline": _seeded(pictures.stable_diffusion_3),
    "CogView4Pipeline": _seeded(pictures.cogview4),
    "HunyuanImagePipeline": _seeded(pictures.hunyuan_image),
    "WanVACEPipeline": _seeded(wan_kin.vace),
    "WanAnimatePipeline": _seeded(wan_kin.animate),
    "ChronoEditPipeline": _seeded(wan_kin.chronoedit),
    "SkyReelsV2Pipeline": _seeded(wan_kin.skyreels),
    "SkyReelsV2DiffusionForcingPipeline": _seeded(wan_kin.skyreels_forcing),
    "HunyuanVideoFramepackPipeline": _seeded(hunyuan.framepack),
    "Kandinsky5T2VPipeline": _seeded(kandinsky.kandinsky5),
    "CosmosVideoToWorldPipeline": _seeded(cosmos.cosmos_image),
    "TangoFluxPipeline": _seeded(tangoflux.tangoflux),
}
FULL_SIZE: dict[str, Callable[[], DiffusionPipeline]] = {"WanPipeline": _seeded(wan.wan_at_full_size)}
VARIANTS: dict[str, Callable[[], DiffusionPipeline]] = {
    "Wan 2.2": _seeded(wan.wan_2_2),
    "CogVideoX 1.5": _seeded(cogvideox.cogvideox_15),
    "CogVideoX 1.5 I2V": _seeded(cogvideox.cogvideox_15_image),
}

# Frames that each class can make, where it is not 5 (4 k + 1) or, for models of pictures, 1.
FRAMES = {
    "LattePipeline": 4,
    "OpenSoraPipeline": 17,
    "AllegroPipeline": 24,
    "CogVideoXPipeline": 9,
    "CogVideoXImageToVideoPipeline": 9,
    "ConsisIDPipeline": 9,
    "LTXPipeline": 9,
    "LTX2Pipeline": 9,
    "MochiPipeline": 7,
    "CosmosTextToWorldPipeline": 9,
    "CosmosVideoToWorldPipeline": 9,
}
IMAGE_MODELS = (
    "FluxPipeline",
    "Lumina2Pipeline",
    "HiDreamImagePipeline",
    "QwenImagePipeline",
    "LuminaPipeline",
    "ZImagePipeline",
    "Flux2KleinPipeline",
    "ChromaPipeline",
    "StableDiffusion3Pipeline",
    "CogView4Pipeline",
    "HunyuanImagePipeline",
)
SOUND_MODELS = ("TangoFluxPipeline",)
IMAGE_TO_VIDEO = (
    "CogVideoXImageToVideoPipeline",
    "ConsisIDPipeline",
    "WanImageToVideoPipeline",
    "WanAnimatePipeline",
    "ChronoEditPipeline",
    "HunyuanVideoFramepackPipeline",
    "CosmosVideoToWorldPipeline",
)


def build(name: str) -> DiffusionPipeline:
    """The pipeline of a class, or a variant, ready to be called."""
    return prepare((PIPELINES | VARIANTS)[name]())


def half(name: str, dtype: torch.dtype) -> DiffusionPipeline:
    """The same in half precision, with what its class keeps in float32 when it is loaded so."""
    pipe = build(name).to(dtype)
    if isinstance(pipe.vae, AutoencoderKLCosmos):  # no CPU encodes with it in half precision
        pipe.vae.float()
    for part in (pipe.transformer, getattr(pipe, "transformer_2", None)):
        kept = set(getattr(part, "_keep_in_fp32_modules", None) or ())
        for path, parameter in part.named_parameters() if kept else ():
            if kept & set(path.split(".")):
                parameter.data = parameter.data.float()
    return pipe


def save(name: str, folder: Path) -> Path:
    """The same as a checkpoint on disk."""
    (PIPELINES | VARIANTS)[name]().save_pretrained(folder)
    return folder


def frames_of(pipe: DiffusionPipeline) -> int:
    """The shortest clip with more than one latent frame; 1 for a model of pictures or of sounds."""
    name = type(pipe).__name__
    return 1 if name in (*IMAGE_MODELS, *SOUND_MODELS) else FRAMES.get(name, 5)


def seconds_of(pipe: DiffusionPipeline) -> float | None:
    """The length of a sound; None for a model of pictures."""
    return tangoflux.SECONDS if type(pipe).__name__ in SOUND_MODELS else None


def prepare(pipe: DiffusionPipeline) -> DiffusionPipeline:
    """What classes keep in attributes rather than in files, made small; a loaded pipeline needs it too."""
    pipe.set_progress_bar_config(disable=True)
    match type(pipe).__name__:
        case "HiDreamImagePipeline":
            pipe.default_sample_size = 4  # it scales every request to the area of this many latents squared
        case "HunyuanVideo15Pipeline" | "HunyuanVideo15ImageToVideoPipeline":
            pipe.vision_num_semantic_tokens = 3
            pipe.tokenizer_max_length = 500  # characters: the instruction alone has over 400
            pipe.tokenizer_2_max_length = 16
        case "AllegroPipeline":
            pipe.vae.stride = (16, 16, 16)  # tiles of 24x32x32; as published they overlap by 120 pixels
        case "ConsisIDPipeline":
            pipe.teacache_face_reader = _face
        case "Kandinsky5I2IPipeline" | "Kandinsky5T2IPipeline":
            pipe.resolutions = [(SIDE, SIDE)]
        case "Kandinsky5T2VPipeline":  # its instruction would be cut: characters are tokens here
            pipe.prompt_template, pipe.prompt_template_encode_start_idx = "{}", 0
    return pipe


def call_arguments(pipe: DiffusionPipeline, *, steps: int, guidance: float) -> dict[str, Any]:
    """Keyword arguments of a small call with latents for its result, seeded; guidance 1 means none.

    Distilled models take the guidance in their one call; HunyuanVideo 1.5 has it in its guider, which is set.
    """
    name = type(pipe).__name__
    arguments: dict[str, Any] = {
        "prompt": PROMPT,
        "num_inference_steps": steps,
        "height": SIDE,
        "width": SIDE,
        "generator": torch.Generator("cpu").manual_seed(0),
        "output_type": "latent",
    }
    if name in ("HunyuanVideo15Pipeline", "HunyuanImagePipeline"):
        pipe.guider = pipe.guider.new(guidance_scale=guidance)
    elif name == "QwenImagePipeline":
        arguments |= {"true_cfg_scale": guidance, "negative_prompt": " "}
    else:
        arguments["guidance_scale"] = guidance
    if name in SOUND_MODELS:
        del arguments["height"], arguments["width"]
        arguments["duration"] = seconds_of(pipe)
    elif name not in (*IMAGE_MODELS, "WanAnimatePipeline"):
        arguments[_FRAMES_ARGUMENT.get(name, "num_frames")] = frames_of(pipe)
    if name in IMAGE_TO_VIDEO:
        arguments["image"] = picture()
    return arguments | _particular(pipe, guidance)


def picture(width: int = SIDE, height: int = SIDE) -> Image.Image:
    """A smooth picture of any size."""
    across = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, across.transpose(Image.Transpose.ROTATE_180), across))


_FRAMES_ARGUMENT = {"LattePipeline": "video_length", "SanaVideoPipeline": "frames"}


def _particular(pipe: DiffusionPipeline, guidance: float) -> dict[str, Any]:
    """What single classes ask for beyond the rest."""
    match type(pipe).__name__:
        case "LattePipeline" | "AllegroPipeline" | "LuminaPipeline":
            return {"clean_caption": False}
        case "WanAnimatePipeline":
            moves = [picture() for _ in range(frames_of(pipe))]
            return {"pose_video": moves, "face_video": moves, "segment_frame_length": len(moves)}
        case "HunyuanVideoFramepackPipeline":
            return {"latent_window_size": 2}
        case "ZImagePipeline":  # no guidance is 0 there
            return {"guidance_scale": guidance if guidance > 1 else 0.0}
        case "SanaVideoPipeline":
            return {"use_resolution_binning": False}
        case "ConsisIDPipeline":
            face = _face(picture())
            return {"id_cond": face.identity, "id_vit_hidden": face.views}
        case "LTX2Pipeline":  # without the extra calls of its two other kinds of guidance
            plain = {
                "stg_scale": 0.0,
                "modality_scale": 1.0,
                "audio_stg_scale": 0.0,
                "audio_modality_scale": 1.0,
            }
            return {**plain, "audio_guidance_scale": guidance}
    return {}


def _face(image: Image.Image) -> Face:
    """In place of ConsisID's face recognition, which needs weights of its own: some face, as embeddings."""
    numbers = torch.Generator().manual_seed(0)
    views = [torch.randn(1, 2, 4, generator=numbers) for _ in range(5)]
    return Face(torch.randn(1, 4, generator=numbers), views, image)
