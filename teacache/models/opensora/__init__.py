"""Open-Sora 1.2 (STDiT3, rectified flow, two-stage autoencoder): what diffusers lacks, in its manner.

    pipe = load("opensora")                                  # or OpenSoraPipeline.from_pretrained(folder)
    height, width = sizes.size("360p", "9:16")               # width:height
    times = author_timesteps(30, height=height, width=width, num_frames=51)
    with TeaCache(pipe, settings=as_authors(Settings(threshold=0.1), times)) as cache:
        clip = pipe("a lighthouse in a storm", height=height, width=width).frames[0]

`as_authors` is needed only to force the very steps that the authors' code forces; the default is the first
and the last one.
"""

from teacache.models.opensora import sizes
from teacache.models.opensora.author_rule import as_authors, author_timesteps, forced_steps
from teacache.models.opensora.pipeline import OpenSoraPipeline, OpenSoraPipelineOutput
from teacache.models.opensora.published import load_published
from teacache.models.opensora.scheduler import RectifiedFlowScheduler
from teacache.models.opensora.stdit3 import STDiT3
from teacache.models.opensora.vae import OpenSoraVAE

__all__ = [
    "OpenSoraPipeline",
    "OpenSoraPipelineOutput",
    "OpenSoraVAE",
    "RectifiedFlowScheduler",
    "STDiT3",
    "as_authors",
    "author_timesteps",
    "forced_steps",
    "load_published",
    "sizes",
]
