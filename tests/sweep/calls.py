"""What a tiny pipeline of any class is called with: by the names in its signature, with the few arguments
that single classes want otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import torch
from diffusers import HunyuanVideo15ModularPipeline, ModularPipeline
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from diffusers.pipelines.ltx2.pipeline_ltx2_ic_lora import LTX2ReferenceCondition

from tests import tiny
from tests.sweep import classes
from tests.sweep.build import relative_of

SIDE = tiny.SIDE
_SCALE = "calculate_dimensions"


@contextmanager
def small() -> Iterator[None]:
    """What some pipelines have written in their code, made small: QwenImage's editing scales every picture to
    a megapixel, HunyuanVideo 1.5 reads a thousand words and 729 parts of a picture.
    """
    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("diffusers.") and _SCALE in vars(module):
                scale = partial(_scaled, getattr(module, _SCALE))
                stack.enter_context(patch.object(module, _SCALE, scale))
        for name, value in (("vision_num_semantic_tokens", 3), ("tokenizer_max_length", 500)):
            stack.enter_context(patch.object(HunyuanVideo15ModularPipeline, name, value))
        yield


def _scaled(scale: Callable, area: float, ratio: float) -> Any:
    return scale(SIDE * SIDE, ratio)


def accepted(pipe: Any) -> set[str]:
    """The arguments that a pipeline takes."""
    if isinstance(pipe, ModularPipeline):
        return {given.name for given in pipe.blocks.inputs if given.name}
    return {p.name for p in classes.parameters(type(pipe).__call__)}


def arguments(pipe: Any, steps: int) -> dict[str, Any]:
    """A small seeded call of that many steps, with every picture that the class starts from, or those of its
    first workflow.
    """
    name = type(pipe).__name__
    if name in tiny.PIPELINES:
        given = tiny.call_arguments(pipe, steps=steps, guidance=1.0)
    else:
        takes, flows = accepted(pipe), workflows(pipe)
        makers = _VALUES if flows else _VALUES | _PICTURES
        given = {key: value(pipe, steps) for key, value in makers.items() if key in takes}
        given |= next(iter(flows.values()), {})
    if "max_sequence_length" in accepted(pipe):
        given["max_sequence_length"] = _LENGTHS.get(relative_of(type(pipe)), 64)
    if "num_frames" in given:
        given["num_frames"] = frames(pipe)
    return given | _EXTRA.get(name, _nothing)(pipe, steps)


def workflows(pipe: Any) -> dict[str, dict[str, Any]]:
    """What each workflow of a modular pipeline is called with beyond the words, all by the same names."""
    triggers = getattr(pipe.blocks, "_workflow_map", None) if isinstance(pipe, ModularPipeline) else None
    names = {key for given in (triggers or {}).values() for key in given} & _PICTURES.keys()
    return {
        flow: {key: _PICTURES[key](pipe, 0) if given.get(key) else None for key in names}
        for flow, given in (triggers or {}).items()
    }


def frames(pipe: Any) -> int:
    """How many frames the class's relative makes."""
    name = relative_of(type(pipe))
    return 1 if name in tiny.IMAGE_MODELS else _FRAMES.get(name) or tiny.FRAMES.get(name, 5)


def clip(length: int) -> list[Any]:
    """That many pictures."""
    return [tiny.picture() for _ in range(length)]


def _picture(pipe: Any) -> Any:
    """FLUX.2 takes none that is smaller than 64 x 64."""
    side = 64 if relative_of(type(pipe)).startswith("Flux2") else SIDE
    return tiny.picture(side, side)


def drawn(*shape: int) -> torch.Tensor:
    """Random numbers, the same at every call."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


_FRAMES = {"LTX2Pipeline": 3}  # its tiny autoencoder makes many tokens of a frame
_Value = Callable[[Any, int], Any]
_VALUES: dict[str, _Value] = {
    "prompt": lambda pipe, steps: tiny.PROMPT,
    "num_inference_steps": lambda pipe, steps: steps,
    "height": lambda pipe, steps: SIDE,
    "width": lambda pipe, steps: SIDE,
    "num_frames": lambda pipe, steps: frames(pipe),
    "frames": lambda pipe, steps: frames(pipe),
    "generator": lambda pipe, steps: torch.Generator("cpu").manual_seed(0),
    "output_type": lambda pipe, steps: "pil" if isinstance(pipe, ModularPipeline) else "latent",
    "use_resolution_binning": lambda pipe, steps: False,
    "clean_caption": lambda pipe, steps: False,
}
# Models whose text has one length.
_LENGTHS = {"CogVideoXPipeline": 226, "CogVideoXImageToVideoPipeline": 226, "ConsisIDPipeline": 226,
            "MochiPipeline": 256}  # fmt: skip
_PICTURES: dict[str, _Value] = {
    "image": lambda pipe, steps: _picture(pipe),
    "last_image": lambda pipe, steps: tiny.picture(),
    "mask_image": lambda pipe, steps: tiny.picture().convert("L"),
    "control_image": lambda pipe, steps: tiny.picture(),
    "control_mask": lambda pipe, steps: tiny.picture().convert("L"),
    "video": lambda pipe, steps: clip(frames(pipe)),
    "control_video": lambda pipe, steps: clip(frames(pipe)),
    "conditions": lambda pipe, steps: [LTX2VideoCondition(tiny.picture(), crf=0)],
    "reference_conditions": lambda pipe, steps: [LTX2ReferenceCondition(clip(frames(pipe)))],
}


def _nothing(pipe: Any, steps: int) -> dict[str, Any]:
    return {}


def _only_image(pipe: Any, steps: int) -> dict[str, Any]:
    """Of a class that takes an image or a video."""
    return {"video": None}


def _only_video(pipe: Any, steps: int) -> dict[str, Any]:
    return {"image": None}


def _small(pipe: Any, steps: int) -> dict[str, Any]:
    return {"_auto_resize": False, "max_area": SIDE * SIDE}


def _decoded(pipe: Any, steps: int) -> dict[str, Any]:
    """For a class that cannot return latents."""
    return {"output_type": "pt"}


def _cloze(pipe: Any, steps: int) -> dict[str, Any]:
    rows = [[tiny.picture(), tiny.picture()], [tiny.picture(), None]]
    larger = {name: SIDE for name in ("upsampling_height", "upsampling_width") if name in accepted(pipe)}
    return {"task_prompt": "[IMAGE2] from [IMAGE1]", "content_prompt": tiny.PROMPT, "image": rows, **larger}


def _embedded(pipe: Any, steps: int) -> dict[str, Any]:
    """HunyuanVideo reads words and picture with a model that no test needs."""
    words = {"prompt_embeds": drawn(1, 8, 16), "pooled_prompt_embeds": drawn(1, 8)}
    words["prompt_attention_mask"] = torch.ones(1, 8)
    return {"prompt": None, **words, **{f"negative_{name}": 0 * value + 1 for name, value in words.items()}}


def _read(pipe: Any, steps: int) -> dict[str, Any]:
    """FLUX.2 reads three layers of a model that no test needs."""
    words = drawn(1, 8, pipe.transformer.config.joint_attention_dim)
    return {"prompt": None, "prompt_embeds": words.to(pipe.transformer.dtype)}


def _falling(pipe: Any, steps: int) -> dict[str, Any]:
    """For a class that is given its noise levels, without the last."""
    return {"sigmas": [1 - i / steps for i in range(steps)]}


def _to_zero(pipe: Any, steps: int) -> dict[str, Any]:
    return {"sigmas": [1 - i / steps for i in range(steps)] + [0.0]}


def _refined(pipe: Any, steps: int) -> dict[str, Any]:
    """The clip of an earlier pass, long enough for two tiles in time."""
    ratio = pipe.vae_temporal_compression_ratio
    side = SIDE // pipe.vae_spatial_compression_ratio
    positions = [4 * ratio, 8 * ratio]
    return {
        "latents": drawn(1, 4, 9, side, side), "keyframes_latents": drawn(1, 4, 2, side, side),
        "keyframe_positions": positions, "num_frames": positions[-1] + 1, "audio_latents": drawn(1, 2, 8, 2),
        **_falling(pipe, steps),
    }  # fmt: skip


def _chunks(pipe: Any, steps: int) -> dict[str, Any]:
    return {"controls": clip(9), "num_frames": 9, "num_frames_per_chunk": 5}


def _windows(pipe: Any, steps: int) -> dict[str, Any]:
    return {
        "prompt": "a red ball | a blue ball", "num_frames": 33, "temporal_tile_size": 16,
        "temporal_overlap": 8, "num_inference_steps": steps + 1,
    }  # fmt: skip


_EXTRA: dict[str, _Value] = {
    "Cosmos2VideoToWorldPipeline": _only_image,
    "Cosmos2_5_PredictBasePipeline": _only_video,
    "Cosmos2_5_TransferPipeline": _chunks,
    "CosmosVideoToWorldPipeline": _only_image,
    "EchoModularPipeline": _to_zero,
    "Flux2ModularPipeline": lambda pipe, steps: {"text_encoder_out_layers": (9, 18, 27)},
    "Flux2Pipeline": _read,
    "FluxKontextInpaintPipeline": _small,
    "FluxKontextModularPipeline": _small,
    "FluxKontextPipeline": _small,
    "HunyuanVideoImageToVideoPipeline": _embedded,
    "Kandinsky5I2VPipeline": lambda pipe, steps: {"num_frames": 25},
    "LTX25ModularPipeline": lambda pipe, steps: {"image_crf": 0},
    "LTX2ModularPipeline": lambda pipe, steps: {"image_crf": 0},
    "LTX2DFRPipeline": _falling,
    "LTX2DFRTemporalRefinePipeline": _refined,
    "LTX2ImageToVideoPipeline": lambda pipe, steps: {"image_crf": 0},
    "LTXConditionPipeline": lambda pipe, steps: {"video": None, "conditions": None},
    "LTXI2VLongMultiPromptPipeline": _windows,
    "QwenImageLayeredPipeline": _decoded,
    "SkyReelsV2DiffusionForcingVideoToVideoPipeline": lambda pipe, steps: {
        "overlap_history": 1,
        "base_num_frames": 5,
        "num_frames": 9,
    },
    "SkyReelsV2ImageToVideoPipeline": lambda pipe, steps: {"last_image": None},
    "VisualClozeGenerationPipeline": _cloze,
    "VisualClozePipeline": _cloze,
}
