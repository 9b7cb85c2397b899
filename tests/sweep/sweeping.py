"""The sweep itself: every listed class, in every mode, at both precisions.

Holds what is known not to work, each with its reason.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from teacache.errors import TeaCacheError
from tests import tiny
from tests.sweep import checks, classes
from tests.sweep.build import build
from tests.sweep.modes import Mode, modes

# dtype, steps, whether also without the cache, at threshold 0 and a second time, modes (none: all)
RUNS = (
    (torch.float32, 3, True, ()),
    (torch.bfloat16, 28, False, ("guided",)),
)

# Pipeline class -> why no tiny one can be built here.
NOT_BUILT = {
    "LTX25ModularPipeline": "decodes with a second diffusion model; its denoising is LTX2ModularPipeline's",
    "ZImageOmniPipeline": "needs Siglip2, of which no tiny one is made here",
}

_UNKNOWN = {"skip-layer": "diffusers' guider does not know how to skip this class of blocks"}
_SWAPPED = {"skip-layer": "diffusers' guider hands on a skipped block's text as its picture"}
_NO_FIELD = "asks the transformer's configuration for guidance_embeds, which Chroma's does not have"

# Pipeline class -> mode -> why the pipeline itself, without the cache, breaks in it here.
NOT_RUN: dict[str, dict[str, str]] = {
    "AnimaModularPipeline": _UNKNOWN,
    "ChromaInpaintPipeline": dict.fromkeys(("guided", "unguided", "strength"), _NO_FIELD),
    "HunyuanVideo15ImageToVideoPipeline": _UNKNOWN,
    "HunyuanVideo15ModularPipeline": _UNKNOWN,
    "HunyuanVideo15Pipeline": _UNKNOWN,
    "QwenImageEditModularPipeline": _SWAPPED,
    "QwenImageEditPlusModularPipeline": _SWAPPED,
    "QwenImageLayeredModularPipeline": _SWAPPED,
    "QwenImageModularPipeline": _SWAPPED,
    "StableDiffusion3ModularPipeline": _SWAPPED,
    "Wan22VaceModularPipeline": _UNKNOWN,
    "WanImage2VideoModularPipeline": {"flf2v": "crops the last picture with torchvision"},
    "ZImageModularPipeline": _UNKNOWN,
}

_KEPT = "keeps its times in float32 when it is loaded in half precision, which a cast of the whole does not"

# Pipeline class -> why it does not run here cast to bfloat16 as a whole, without the cache either.
NO_HALF = {
    "Kandinsky5I2IPipeline": _KEPT,
    "Kandinsky5I2VPipeline": _KEPT,
    "Kandinsky5T2IPipeline": _KEPT,
    "Kandinsky5T2VPipeline": _KEPT,
    "LucyEditPipeline": "its autoencoder is given float32",
}

# Pipeline class -> mode -> what is wrong there with the cache, and why it is left so.
KNOWN: dict[str, dict[str, str]] = {
    "EchoModularPipeline": {
        "guided": "has no scheduler and tells nobody its number of steps, so that the last may be reused"
    },
    "Flux2KleinKVPipeline": {
        "guided": "refused: in the first call the reference's tokens enter the blocks and do not leave them"
    },
}


@dataclass(frozen=True)
class Result:
    """What came of one mode of a class."""

    pipeline: str
    mode: str
    dtype: str
    steps: int
    faults: tuple[str, ...]
    seconds: float

    @property
    def unexpected(self) -> bool:
        """Whether something is wrong that nobody knows of."""
        return bool(self.faults) and self.mode not in KNOWN.get(self.pipeline, {})

    def __str__(self) -> str:
        return f"{self.mode}, {self.dtype}, {self.steps} steps: {'; '.join(self.faults) or 'ok'}"


def names() -> list[str]:
    """Every class that can be built, and the second kinds of a class that tests/tiny has."""
    return sorted(classes.every_class().keys() - NOT_BUILT.keys()) + sorted(tiny.VARIANTS)


def sweep(name: str) -> Iterator[Result]:
    """Run a class, or a variant, in all the modes that it has. Raises CannotBuild."""
    pipe = tiny.build(name) if name in tiny.VARIANTS else build(classes.every_class()[name])
    for dtype, steps, thorough, chosen in RUNS:
        if dtype != torch.float32 and name in NO_HALF:
            continue
        _cast(pipe, dtype)
        for mode, given in modes(pipe).items():
            if mode in NOT_RUN.get(name, {}) or (chosen and mode not in chosen):
                continue
            start = time.perf_counter()
            faults = tuple(_faults(pipe, given, steps, thorough=thorough))
            seconds = time.perf_counter() - start
            yield Result(name, mode, str(dtype).removeprefix("torch."), steps, faults, seconds)


def _faults(pipe: Any, given: Mode, steps: int, *, thorough: bool) -> list[str]:
    try:
        return checks.faults(pipe, given, steps, thorough=thorough)
    except TeaCacheError as error:
        return [f"refused: {error}"]


def _cast(pipe: Any, dtype: torch.dtype) -> None:
    pipe.to(dtype)
    if type(pipe.vae).__name__ == "AutoencoderKLCosmos":
        pipe.vae.float()  # torch has no pooling in bfloat16 on CPUs that its encoder needs
