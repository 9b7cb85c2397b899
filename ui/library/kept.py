"""What is kept of a run on its way, beside it: previews of the clip, its latents, its residuals."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from teacache.runs.comparison import Comparison, Progress
from teacache.runs.glimpse import Glimpse
from ui.library import latents, residuals
from ui.library.previews import Previews


class Kept:
    """Collects what the states of a comparison show."""

    def __init__(self) -> None:
        self.previews = Previews()
        self._latents: dict[str, dict[int, np.ndarray]] = {"uncached": {}, "cached": {}}
        self._residuals: dict[int, np.ndarray] = {}
        self._last: Glimpse | None = None

    def see(self, progress: Progress) -> None:
        """Keep what is new in a state: latents of both lanes, residuals of the cached one."""
        self.previews.see(progress)
        glimpse = progress.glimpse
        if glimpse is None or glimpse is self._last:
            return
        self._last = glimpse
        lane = "cached" if progress.cached or progress.phase == "cached" else "uncached"
        if glimpse.latents is not None:
            self._latents[lane][glimpse.step] = latents.picture(glimpse.latents)
        if glimpse.residual is not None and lane == "cached":
            self._residuals[glimpse.kept] = glimpse.residual

    def finish(self, comparison: Comparison) -> None:
        """Keep the finished clips as what the last step left."""
        self.previews.finish(comparison)

    def save(self, folder: Path) -> None:
        """Write into a folder what there is. Raises OSError if it cannot be written."""
        self.previews.save(folder)
        pictures = self._latents["uncached"] or self._latents["cached"]  # uncached may be an earlier run
        if pictures:
            latents.save(folder, pictures)
        if self._residuals:
            residuals.save(folder, self._residuals)
