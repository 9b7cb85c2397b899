"""Every pipeline class that the method knows, run for real at a tiny size."""

import inspect
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache

import diffusers
import torch

from teacache.method.architectures import ARCHITECTURES
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import tiny
from tests.representative import one_of_each

STEPS = 4
MIXED = Settings(threshold=1, schedule=(True, False, False, True))
BATCHED, SEPARATE, ONE = ("batched",), ("cond", "uncond"), ("cond",)
UNNAMED = ("call0", "call1")  # separate calls whose names the pipeline keeps to itself


@dataclass(frozen=True)
class System:
    """A pipeline, and how its calls of the transformer split into branches when guidance is on."""

    pipeline: str  # in tests.tiny
    branches: tuple[str, ...]
    more: tuple[tuple[str, object], ...] = ()  # arguments of every call
    few: int = 3  # the fewest steps of which the second can be reused
    warm_up: int = 0  # calls beyond the steps that are asked for, with which a scheduler starts

    @property
    def positions(self) -> int:
        """Steps of the trace of a run of `few` steps."""
        return self.few + self.warm_up


SYSTEMS = {
    "Latte": System("LattePipeline", BATCHED),
    "Allegro": System("AllegroPipeline", BATCHED),
    "CogVideoX": System("CogVideoXPipeline", BATCHED),
    "CogVideoX I2V": System("CogVideoXImageToVideoPipeline", BATCHED),
    "CogVideoX 1.5": System("CogVideoX 1.5", BATCHED, (("use_dynamic_cfg", True),)),
    "CogVideoX 1.5 I2V": System("CogVideoX 1.5 I2V", BATCHED, (("use_dynamic_cfg", True),)),
    "ConsisID": System("ConsisIDPipeline", BATCHED),
    "Wan 2.1": System("WanPipeline", SEPARATE),
    "Wan 2.1 I2V": System("WanImageToVideoPipeline", SEPARATE),
    "Wan 2.2": System("Wan 2.2", SEPARATE, few=5),  # so that the first expert has two steps
    "HunyuanVideo": System("HunyuanVideoPipeline", ONE),  # distilled: guidance is a number in one call
    "HunyuanVideo, true CFG": System(
        "HunyuanVideoPipeline", SEPARATE, (("true_cfg_scale", 2.0), ("negative_prompt", "dull"))
    ),
    "HunyuanVideo-1.5": System("HunyuanVideo15Pipeline", SEPARATE),
    "LTX": System("LTXPipeline", BATCHED),
    "LTX-2": System("LTX2Pipeline", BATCHED),
    "LTX-2, all guidance": System(
        "LTX2Pipeline",
        ("batched", "uncond_stg", "uncond_modality"),
        (("stg_scale", 1.0), ("modality_scale", 2.0), ("spatio_temporal_guidance_blocks", [0])),
    ),
    "Mochi": System("MochiPipeline", BATCHED),
    "Cosmos": System("CosmosTextToWorldPipeline", UNNAMED),
    "SanaVideo": System("SanaVideoPipeline", BATCHED),
    "FLUX": System("FluxPipeline", ONE),
    "FLUX, true CFG": System(
        "FluxPipeline", SEPARATE, (("true_cfg_scale", 2.0), ("negative_prompt", "dull"))
    ),
    "Lumina2": System("Lumina2Pipeline", UNNAMED),
    "HiDream": System("HiDreamImagePipeline", BATCHED),
    "QwenImage": System("QwenImagePipeline", SEPARATE),
    "Wan VACE": System("WanVACEPipeline", SEPARATE),
    "Wan Animate": System("WanAnimatePipeline", SEPARATE),
    "ChronoEdit": System("ChronoEditPipeline", UNNAMED),
    "SkyReels V2": System("SkyReelsV2Pipeline", SEPARATE),
    "SkyReels V2, diffusion forcing": System("SkyReelsV2DiffusionForcingPipeline", SEPARATE),
    "HunyuanVideo Framepack": System("HunyuanVideoFramepackPipeline", ("call0",)),  # distilled, nameless
    "HunyuanImage": System("HunyuanImagePipeline", SEPARATE),
    "Kandinsky 5": System("Kandinsky5T2VPipeline", UNNAMED),
    "Cosmos, from a picture": System("CosmosVideoToWorldPipeline", UNNAMED),
    "FLUX.2": System("Flux2KleinPipeline", SEPARATE),
    "Chroma": System("ChromaPipeline", UNNAMED),
    "Stable Diffusion 3": System("StableDiffusion3Pipeline", BATCHED),
    "CogView4": System("CogView4Pipeline", SEPARATE),
    "Z-Image": System("ZImagePipeline", BATCHED),
    "Lumina-Next": System("LuminaPipeline", BATCHED),
    "TangoFlux": System("TangoFluxPipeline", BATCHED),
    "Open-Sora": System("OpenSoraPipeline", BATCHED),
    "Open-Sora-Plan": System("OpenSoraPlanPipeline", BATCHED, few=4, warm_up=9),  # PNDM needs four points
}


def traits(kind: str, variant: str = "default") -> set[Hashable]:
    """What a class of the table may be the first to show: where its indicator and its residual are read."""
    parts = ARCHITECTURES[kind].read_as(variant)
    source = parts.indicator
    read = source.partition(":")[0] if isinstance(source, str) else type(source).__name__
    return {
        ("indicator", read, parts.latent_free, bool(parts.from_timestep)),
        ("streams", *sorted(set(parts.exits.values()))),
        ("lists", len(parts.blocks), bool(parts.side_blocks)),
        ("entries", bool(parts.entries), parts.text_first),
    }


def ways(name: str) -> set[Hashable]:
    """What a system may be the first to show: how it calls its transformer, and how that is read."""
    system = SYSTEMS[name]
    kind = getattr(diffusers, system.pipeline, None)
    said = inspect.signature(kind.__init__).parameters.get("transformer") if kind else None
    known = [known for known in ARCHITECTURES if said and known in str(said.annotation)]
    called = {system.branches, ("warm up", bool(system.warm_up)), ("more", len(system.more))}
    return called.union(*map(traits, known))


EACH_WAY = one_of_each(SYSTEMS, ways)


@cache
def pipe_of(pipeline: str):
    """Built once for all tests: each leaves it as it was, which is half of what they prove."""
    return tiny.build(pipeline)


def run(pipe, system: System, *, steps=STEPS, guidance=5.0, taller=1, seed=0, **more) -> torch.Tensor:
    """The final latents of one run."""
    arguments = tiny.call_arguments(pipe, steps=steps, guidance=guidance) | dict(system.more) | more
    if "height" in arguments:  # a sound has no size, and always as many tokens
        arguments["height"] *= taller
    arguments["generator"] = torch.Generator().manual_seed(seed)
    output = pipe(**arguments)
    made = next(output[name] for name in ("images", "frames", "audios") if name in output)
    return made[0] if isinstance(made, list) else made  # one section of Framepack's


def cached(pipe, system: System, settings: Settings, **how) -> tuple[torch.Tensor, TeaCache]:
    """One run with a cache that is attached for it alone."""
    with TeaCache(pipe, settings=settings) as cache:
        return run(pipe, system, **how), cache


def weighed(pipe, system: System, *, steps: int, variant="default") -> Settings:
    """Settings at which a run of so many steps decides by its distances: some calls are below, some above."""
    _, cache = cached(pipe, system, Settings(threshold=0, variant=variant), steps=steps)
    known = sorted(r.indicator_distance for r in cache.trace.records if r.indicator_distance)
    return Settings(threshold=1.5 * known[len(known) // 2], variant=variant)
