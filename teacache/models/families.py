"""What all models of one pipeline class share: one row a class, known before any weights are.

The transformer has a row in `method/architectures.py`, the pipeline one in `runs/adapters`, which says how to
call it; a test holds the three together. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text_to_video", "image_to_video", "text_to_image", "text_to_audio"]


@dataclass(frozen=True, kw_only=True)
class Family:
    """One pipeline class. Sides are multiples of `side` pixels, lengths `every` k + `first` frames.

    An autoencoder shrinks space and time by whole factors, and the transformer cuts the rest into patches; a
    size that does not divide would be rounded by the pipeline, mostly without a word.
    """

    transformer: str  # its class
    kind: Kind = "text_to_video"
    side: int = 16  # 8 of the autoencoder times 2 of the patch, in most models
    every: int = 1
    first: int = 1
    one_length: bool = False  # it makes no other number of frames than it was trained for
    # frames of a clip of so many latent frames, for a class whose configuration counts the latter
    frames_of: Callable[[int], int] | None = None


def _wan(transformer: str = "WanTransformer3DModel", kind: Kind = "text_to_video") -> Family:
    return Family(transformer=transformer, kind=kind, every=4)


def _cogvideox(transformer: str = "CogVideoXTransformer3DModel", kind: Kind = "text_to_video") -> Family:
    # its autoencoder halves time twice and takes latent frames in odd numbers only
    return Family(transformer=transformer, kind=kind, every=8)


def _picture(transformer: str, side: int = 16) -> Family:
    return Family(transformer=transformer, kind="text_to_image", side=side)


FAMILIES: dict[str, Family] = {
    # its temporal position embedding has one entry per trained frame
    "LattePipeline": Family(transformer="LatteTransformer3DModel", one_length=True),
    "AllegroPipeline": Family(transformer="AllegroTransformer3DModel", frames_of=lambda latents: 4 * latents),
    "CogVideoXPipeline": _cogvideox(),
    "CogVideoXImageToVideoPipeline": _cogvideox(kind="image_to_video"),
    "ConsisIDPipeline": _cogvideox("ConsisIDTransformer3DModel", "image_to_video"),
    "WanPipeline": _wan(),
    "WanImageToVideoPipeline": _wan(kind="image_to_video"),
    "WanVACEPipeline": _wan("WanVACETransformer3DModel"),
    "SkyReelsV2Pipeline": _wan("SkyReelsV2Transformer3DModel"),
    "SkyReelsV2DiffusionForcingPipeline": _wan("SkyReelsV2Transformer3DModel"),
    "ChronoEditPipeline": _wan("ChronoEditTransformer3DModel", "image_to_video"),
    "Kandinsky5T2VPipeline": Family(transformer="Kandinsky5Transformer3DModel", every=4),
    "SanaVideoPipeline": Family(transformer="SanaVideoTransformer3DModel", every=4),
    "HunyuanVideoPipeline": Family(transformer="HunyuanVideoTransformer3DModel", every=4),
    "HunyuanVideo15Pipeline": Family(transformer="HunyuanVideo15Transformer3DModel", every=4),
    "HunyuanImagePipeline": _picture("HunyuanImageTransformer2DModel", side=32),
    "LTXPipeline": Family(transformer="LTXVideoTransformer3DModel", side=32, every=8),
    "LTX2Pipeline": Family(transformer="LTX2VideoTransformer3DModel", side=32, every=8),
    "MochiPipeline": Family(transformer="MochiTransformer3DModel", every=6),
    "CosmosTextToWorldPipeline": Family(transformer="CosmosTransformer3DModel", every=8),
    "CosmosVideoToWorldPipeline": Family(
        transformer="CosmosTransformer3DModel", kind="image_to_video", every=8
    ),
    # it is told the size that was asked for, 925x444, and cuts to 920x440
    "OpenSoraPipeline": Family(transformer="STDiT3", side=1),
    # the first latent frame is one, each other four
    "OpenSoraPlanPipeline": Family(
        transformer="LatteTransformer3DModel", frames_of=lambda latents: 4 * (latents - 1) + 1
    ),
    "FluxPipeline": _picture("FluxTransformer2DModel"),
    "Flux2KleinPipeline": _picture("Flux2Transformer2DModel"),
    "ChromaPipeline": _picture("ChromaTransformer2DModel"),
    "StableDiffusion3Pipeline": _picture("SD3Transformer2DModel"),
    "CogView4Pipeline": _picture("CogView4Transformer2DModel"),
    "ZImagePipeline": _picture("ZImageTransformer2DModel"),
    "LuminaPipeline": _picture("LuminaNextDiT2DModel"),
    "Lumina2Pipeline": _picture("Lumina2Transformer2DModel"),
    "HiDreamImagePipeline": _picture("HiDreamImageTransformer2DModel"),
    "QwenImagePipeline": _picture("QwenImageTransformer2DModel"),
    "TangoFluxPipeline": Family(transformer="FluxTransformer2DModel", kind="text_to_audio"),
}


def family_of(pipeline: str) -> Family:
    """The row of a pipeline class; where it has none, that of a model that makes clips from words."""
    return FAMILIES.get(pipeline, _UNKNOWN)


_UNKNOWN = Family(transformer="")
