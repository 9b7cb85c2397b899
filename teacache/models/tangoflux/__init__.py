"""TangoFlux as a diffusers pipeline: what diffusers lacks, and how its checkpoint is read."""

from teacache.models.tangoflux.conditioner import TangoFluxConditioner
from teacache.models.tangoflux.pipeline import TangoFluxPipeline
from teacache.models.tangoflux.published import load_published

__all__ = ["TangoFluxConditioner", "TangoFluxPipeline", "load_published"]
