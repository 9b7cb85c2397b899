"""What sits in the pipeline during a run: it tells of every call, stops what nobody wants, keeps the time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import torch

from teacache.errors import Phrase, RequestError
from teacache.method.trace import StepRecord
from teacache.runs.adapters import adapter_of
from teacache.runs.adapters.previews import unpacked
from teacache.runs.events import Called, Denoised, Previewed, Started
from teacache.runs.glimpse import Glimpse, of_latents, of_residuals
from teacache.runs.preview import affordable, clean_estimate
from teacache.runs.timing import WallClock

if TYPE_CHECKING:
    from teacache.method.cache import TeaCache
    from teacache.runs.generate import Job


class Watch:
    """Sits in the pipeline: tells of every call, stops what nobody wants, makes previews, keeps the time."""

    def __init__(self, job: Job, clock: WallClock):
        self.job, self.clock = job, clock
        self.seconds = 0.0  # denoising, up to the end of the last finished step
        self.denoised = 0.0  # when that was
        self.previews, self.preview_seconds = 0, 0.0
        self.latents: torch.Tensor | None = None  # after the step before
        self.cache: TeaCache | None = None
        self.computed = 0  # the last step that was computed

    def meet(self, cache: TeaCache) -> None:
        """Whose residuals a preview may look at."""
        self.cache = cache

    def before_call(self, call: int, step: int, branch: str) -> None:
        with self.clock.held():
            self.job.check()
        if self.job.meter is not None:
            self.job.meter.begin(branch)
        if call == 0:
            per_step = adapter_of(self.job.pipe).calls_per_step(self.job.pipe, self.job.request)
            self.job.tell(Started(len(self.job.pipe.scheduler.timesteps) * per_step))
            self.clock.start()

    def after_call(self, record: StepRecord) -> None:
        meter = self.job.meter
        self.computed = record.step if record.computed else self.computed
        with self.clock.held():
            self.job.tell(Called(record, None if meter is None else meter.end(record)))

    def after_step(self, pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """The pipeline's callback at the end of a scheduler step."""
        self.seconds = self.clock.stop()
        finite = torch.isfinite(tensors["latents"]).all()
        check_numbers(pipe, Phrase("step {step}", step=step + 1), finite)
        if step + 1 >= len(pipe.scheduler.timesteps):
            self.job.tell(Denoised(tensors["latents"]))
            self.job.check()
            self.denoised = time.perf_counter()
        else:
            self._preview(step, tensors["latents"])
            self.latents = tensors["latents"]
            self.clock.start()
        return {}

    def _preview(self, step: int, latents: torch.Tensor) -> None:
        every = self.job.preview_every
        make = adapter_of(self.job.pipe).preview
        due, before = every > 0 and (step + 1) % every == 0, self.latents
        if make is None or before is None or not due or self.job.stop.is_set() or _offloaded(self.job.pipe):
            return
        if not affordable(self.preview_seconds, self.previews, self.seconds):
            return
        start = time.perf_counter()
        guess = clean_estimate(self.job.pipe.scheduler, before, latents, step)
        frames = make(self.job.pipe, guess, self.job.request)
        self.job.tell(
            Previewed(frames, self._glimpse(step, unpacked(make, self.job.pipe, latents, self.job.request)))
        )
        self.previews += 1
        self.preview_seconds += time.perf_counter() - start

    def _glimpse(self, step: int, latents: torch.Tensor | None) -> Glimpse:
        return Glimpse(
            step=step + 1,
            latents=of_latents(latents),
            kept=self.computed,
            residual=of_residuals(() if self.cache is None else self.cache.residuals),
        )


def _offloaded(pipe: Any) -> bool:
    """Whether accelerate moves the parts on and off the device: previews would then move them every time."""
    return any(hasattr(part, "_hf_hook") for part in pipe.components.values())


def check_numbers(pipe: Any, where: Phrase, finite: Any) -> None:
    """Refuse to go on with what is no number any more: the clip would be black, and its fidelity nonsense."""
    if not finite:
        raise RequestError(
            "The model gave values that are no numbers, at {where}: load it in another precision than "
            "{dtype}, such as float32 or bfloat16.",
            where=where,
            dtype=str(pipe.transformer.dtype).removeprefix("torch."),
        )
