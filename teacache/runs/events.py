"""What a run tells while it happens: one small class per kind of news. Knows no pipeline and no thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from teacache.method.trace import StepRecord
from teacache.runs.comparison import Run
from teacache.runs.glimpse import Glimpse


@dataclass(frozen=True, kw_only=True)
class Embeddings:
    """An encoded prompt, as arguments of the pipeline's call; to be passed to every run of a comparison."""

    arguments: dict[str, Any]
    seconds: float


@dataclass(frozen=True)
class Encoded:
    """The prompt is encoded, or was already."""

    embeddings: Embeddings


@dataclass(frozen=True)
class Warming:
    """Calls are about to be made that nobody times: the first ones of their kind in this process."""


@dataclass(frozen=True)
class Started:
    """The first call is about to be made, of so many."""

    calls: int


@dataclass(frozen=True)
class Called:
    """One transformer call is done."""

    record: StepRecord
    share: float | None = None  # of an uncached call's FLOPs; None: nobody counts


@dataclass(frozen=True, eq=False)
class Previewed:
    """A guess at the clip: a few frames, (f, H, W, 3) uint8, and what the run held then."""

    frames: np.ndarray
    glimpse: Glimpse | None = None


@dataclass(frozen=True, eq=False)
class Denoised:
    """The last scheduler step is done; the final latents, still on their device."""

    latents: torch.Tensor


@dataclass(frozen=True)
class Beat:
    """Nothing new for a second."""


@dataclass(frozen=True, eq=False)
class Finished:
    """The run is done; always the last event."""

    run: Run


Event = Encoded | Warming | Started | Called | Previewed | Denoised | Beat | Finished
