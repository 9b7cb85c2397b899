"""Which sizes a pipeline class can make: multiples of pixels and of frames, one row each.

An autoencoder shrinks space and time by whole factors, and the transformer cuts the rest into patches; a size
that does not divide would be rounded by the pipeline, mostly without a word. Knows class names and numbers,
imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from teacache.errors import Phrase, RequestError


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Sides are multiples of `side` pixels, lengths are `every` k + `first` frames."""

    side: int = 16  # 8 of the autoencoder times 2 of the patch, in most models
    every: int = 1
    first: int = 1
    single: bool = False  # a model of pictures

    def check(self, frames: int, height: int, width: int) -> None:
        """Raises RequestError, one sentence that names the nearest value that fits."""
        for what, pixels in ((Phrase("The height"), height), (Phrase("The width"), width)):
            if pixels % self.side:
                near = max(self.side, round(pixels / self.side) * self.side)
                raise RequestError(
                    "{what} is {pixels} pixels, but must be a multiple of {side}: try {near}.",
                    what=what,
                    pixels=pixels,
                    side=self.side,
                    near=near,
                )
        if self.single and frames != 1:
            raise RequestError(
                "This model makes pictures, not clips of {frames} frames: ask for 1.", frames=frames
            )
        if (frames - self.first) % self.every or frames < self.first:
            near = self.first + max(0, round((frames - self.first) / self.every)) * self.every
            pattern = Phrase("a multiple of {every}", every=self.every)
            if self.first:
                pattern = Phrase("a multiple of {every} plus {first}", every=self.every, first=self.first)
            raise RequestError(
                "The number of frames is {frames}, but must be {pattern}: try {near}.",
                frames=frames,
                pattern=pattern,
                near=near,
            )


_PICTURE = Rule(single=True)
_COGVIDEOX = Rule(every=8)  # its autoencoder halves time twice and takes latent frames in odd numbers only
RULES: dict[str, Rule] = {
    "CogVideoXPipeline": _COGVIDEOX,
    "CogVideoXImageToVideoPipeline": _COGVIDEOX,
    "ConsisIDPipeline": _COGVIDEOX,
    "WanPipeline": Rule(every=4),
    "WanImageToVideoPipeline": Rule(every=4),
    "WanVACEPipeline": Rule(every=4),
    "SkyReelsV2Pipeline": Rule(every=4),
    "SkyReelsV2DiffusionForcingPipeline": Rule(every=4),
    "ChronoEditPipeline": Rule(every=4),
    "Kandinsky5T2VPipeline": Rule(every=4),
    "SanaVideoPipeline": Rule(every=4),
    "HunyuanVideoPipeline": Rule(every=4),
    "HunyuanVideo15Pipeline": Rule(every=4),
    "LTXPipeline": Rule(side=32, every=8),
    "LTX2Pipeline": Rule(side=32, every=8),
    "MochiPipeline": Rule(every=6),
    "CosmosTextToWorldPipeline": Rule(every=8),
    "CosmosVideoToWorldPipeline": Rule(every=8),
    "OpenSoraPipeline": Rule(side=1),  # it is told the size that was asked for, 925x444, and cuts to 920x440
    "HunyuanImagePipeline": Rule(side=32, single=True),
    "FluxPipeline": _PICTURE,
    "Flux2KleinPipeline": _PICTURE,
    "ChromaPipeline": _PICTURE,
    "StableDiffusion3Pipeline": _PICTURE,
    "CogView4Pipeline": _PICTURE,
    "ZImagePipeline": _PICTURE,
    "LuminaPipeline": _PICTURE,
    "Lumina2Pipeline": _PICTURE,
    "HiDreamImagePipeline": _PICTURE,
    "QwenImagePipeline": _PICTURE,
}


def rule_of(pipeline: str) -> Rule:
    """The row of a pipeline class; the plain one where it has none."""
    return RULES.get(pipeline, Rule())
