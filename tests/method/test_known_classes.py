"""Which transformers of the pinned diffusers are in the table, and why each of the others is not.

The list is read from the pipelines themselves, so that another version of diffusers brings its new classes
here before it brings them to a user.
"""

import ast
import re
from functools import cache
from pathlib import Path

import diffusers

from teacache.method.architectures import ARCHITECTURES

SOUND = "makes sound"
FEW_STEPS = "distilled to so few steps that none can be left out"
OLDER = "small or superseded: a run is short without a cache"
UNASKED = "nobody has asked for it: Architecture names its parts in one line"
OTHER = "denoises no latents of pictures, step by step"
LEFT_OUT = {
    "AceStepTransformer1DModel": SOUND,
    "AnyFlowFARTransformer3DModel": FEW_STEPS,
    "AnyFlowTransformer3DModel": FEW_STEPS,
    "AuraFlowTransformer2DModel": OLDER,
    "BriaFibo2Transformer2DModel": UNASKED,
    "BriaFiboTransformer2DModel": UNASKED,
    "BriaTransformer2DModel": UNASKED,
    "CogView3PlusTransformer2DModel": OLDER,
    "Cosmos3OmniTransformer": UNASKED,
    "DiTTransformer2DModel": OLDER,
    "EasyAnimateTransformer3DModel": UNASKED,
    "ErnieImageTransformer2DModel": UNASKED,
    "GlmImageTransformer2DModel": UNASKED,
    "HeliosTransformer3DModel": FEW_STEPS,
    "HunyuanDiT2DModel": OLDER,
    "Ideogram4Transformer2DModel": UNASKED,
    "JoyImageEditPlusTransformer3DModel": UNASKED,
    "JoyImageEditTransformer3DModel": UNASKED,
    "Kandinsky6SRTransformer3DModel": UNASKED,
    "Kandinsky6Transformer3DModel": UNASKED,
    "Krea2Transformer2DModel": UNASKED,
    "LongCatAudioDiTTransformer": SOUND,
    "LongCatImageTransformer2DModel": UNASKED,
    "MotifVideoTransformer3DModel": UNASKED,
    "NucleusMoEImageTransformer2DModel": UNASKED,
    "OmniGenTransformer2DModel": UNASKED,
    "OvisImageTransformer2DModel": UNASKED,
    "PRXTransformer2DModel": OLDER,
    "PixArtTransformer2DModel": OLDER,
    "QwenImage21Transformer2DModel": UNASKED,
    "RFD4ProteinaTransformer": OTHER,
    "SanaTransformer2DModel": OLDER,
    "SanaWMTransformer3DModel": UNASKED,
    "StableAudio3DiTModel": SOUND,
    "StableAudioDiTModel": SOUND,
    "Transformer2DModel": OTHER,
    "UVit2DModel": OTHER,
}


@cache
def used_by_pipelines() -> dict[str, set[str]]:
    """Transformer classes -> the pipelines whose parts they are, by the annotations of their constructors."""
    found: dict[str, set[str]] = {}
    for path in (Path(diffusers.__file__).parent / "pipelines").rglob("pipeline_*.py"):
        for kind in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(kind, ast.ClassDef):
                for name in _transformers(kind):
                    found.setdefault(name, set()).add(kind.name)
    return found


def _transformers(pipeline: ast.ClassDef) -> list[str]:
    makers = [m for m in pipeline.body if isinstance(m, ast.FunctionDef) and m.name == "__init__"]
    given = [a for m in makers for a in m.args.args if a.arg.startswith("transformer") and a.annotation]
    return [
        name for a in given for name in re.findall(r"\w*(?:Model|Transformer)\b", ast.unparse(a.annotation))
    ]


def test_every_class_of_diffusers_is_in_the_table_or_left_out_for_a_reason():
    assert not set(ARCHITECTURES) & set(LEFT_OUT)
    known = {name for name in ARCHITECTURES if hasattr(diffusers, name)}  # it lacks Open-Sora's
    assert set(used_by_pipelines()) == known | set(LEFT_OUT)


def test_what_users_ask_for_most_is_in_the_table():
    """By the threads on caches for video: classes that serve several pipelines count once."""
    asked = {
        *("WanVACEPipeline", "WanAnimatePipeline", "WanImageToVideoPipeline", "WanVideoToVideoPipeline"),
        *("SkyReelsV2Pipeline", "SkyReelsV2DiffusionForcingPipeline", "HunyuanVideoFramepackPipeline"),
        *("HunyuanVideoImageToVideoPipeline", "HunyuanSkyreelsImageToVideoPipeline", "LTXConditionPipeline"),
        *("Cosmos2_5_PredictBasePipeline", "CosmosVideoToWorldPipeline", "HunyuanImagePipeline"),
        *("FluxKontextPipeline", "Flux2Pipeline", "Flux2KleinPipeline", "ChromaPipeline", "ZImagePipeline"),
        *("StableDiffusion3Pipeline", "QwenImageEditPlusPipeline", "Kandinsky5T2VPipeline", "LuminaPipeline"),
    }
    served = {name for kind in ARCHITECTURES for name in used_by_pipelines().get(kind, ())}
    assert asked <= served
