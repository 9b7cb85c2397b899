"""Open-Sora-Plan v1.1.0 as a diffusers pipeline: what diffusers lacks, and how its checkpoints are read."""

from teacache.models.opensora_plan.pipeline import OpenSoraPlanOutput, OpenSoraPlanPipeline
from teacache.models.opensora_plan.published import load_published
from teacache.models.opensora_plan.vae import CausalVAE

__all__ = ["CausalVAE", "OpenSoraPlanOutput", "OpenSoraPlanPipeline", "load_published"]
