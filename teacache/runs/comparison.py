"""What a comparison is made of: timings, runs, fidelity, rivals, and the state streamed while it runs.

Pure data. Holds numpy arrays and floats, never tensors; knows neither pipelines nor files.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Discriminator, Strict, StringConstraints, Tag

from teacache.method.reading import Count, Flag, Number, Positive, Prose
from teacache.method.trace import StepRecord, Trace
from teacache.runs.glimpse import Glimpse
from teacache.runs.request import Checked
from teacache.runs.sound import Sound
from teacache.runs.speed import Speed, speed

PSNR_CAP = 100.0  # dB; the authors' figure for a squared error below 1e-10, since infinity has no mean
SNR_CAP = 100.0  # dB; of equal sounds, for the same reason
Phase = Literal["text", "warming", "uncached", "cached", "again", "decoding", "done"]


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Where the seconds of one run went. How they are measured is said in generate.py."""

    text: Positive  # encoding the prompt, once for both runs
    denoising: Positive  # first call to last scheduler step
    decoding: Positive  # latents to pixels
    decision: Positive = 0.0  # inside denoising: measuring and deciding; 0 for an uncached run

    @property
    def total(self) -> float:
        """Seconds of the whole run; the decision is a part of denoising and not counted twice."""
        return self.text + self.denoising + self.decoding

    def to_json(self) -> dict[str, float]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the calls of a run computed, one number a call, in FLOPs as meter.py counts them."""

    flops: tuple[float, ...]
    shares: tuple[float, ...]  # of what an uncached call of the same kind computes, 0 to 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """One finished generation."""

    trace: Trace
    video: np.ndarray  # (F, H, W, 3) uint8; of a sound the one picture that shows it
    timings: Timings
    sound: Sound | None = None
    work: Work | None = None  # None: nobody counted

    @property
    def nbytes(self) -> int:
        """Memory that its clip or sound takes."""
        return self.video.nbytes + (0 if self.sound is None else self.sound.samples.nbytes)


@dataclass(frozen=True, kw_only=True)
class Fidelity:
    """How near a video is to the uncached video of the same noise. It says nothing about beauty."""

    psnr: Number  # dB, mean over frames; 100 for identical frames
    ssim: Number  # mean over frames, at most 1
    lpips: Number | None = None  # AlexNet, mean over frames; 0 is identical
    lpips_reason: Prose = ""  # why there is no LPIPS, in one sentence
    psnr_frames: tuple[Number, ...] = ()
    ssim_frames: tuple[Number, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether the two clips are the same, byte for byte: then 100 dB is a cap, not a measurement.

        One level of one pixel of a large frame can be below the cap's error of 1e-10, but never at an SSIM of
        exactly 1.
        """
        same = (*self.ssim_frames, self.ssim)
        return self.psnr >= PSNR_CAP and all(value == 1 for value in same)

    @property
    def decibels(self) -> float:
        """The figure that clips are ranked by: higher is nearer."""
        return self.psnr

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"psnr_frames": list(self.psnr_frames), "ssim_frames": list(self.ssim_frames)}


@dataclass(frozen=True, kw_only=True)
class SoundFidelity:
    """How near a sound is to the uncached sound of the same noise, as hearing.py measures it."""

    snr: Number  # dB, of the waveforms; 100 for identical sounds, 0 as far away as silence
    log_spectral: Number  # dB, mean distance of the spectra; 0 is identical
    stft: Number  # multi-resolution STFT distance; 0 is identical

    @property
    def identical(self) -> bool:
        """Whether the two sounds are the same, sample by sample."""
        return self.snr >= SNR_CAP and self.log_spectral == self.stft == 0

    @property
    def decibels(self) -> float:
        """The figure that sounds are ranked by: higher is nearer."""
        return self.snr

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def _tag(fidelity: Any) -> str:
    sound = isinstance(fidelity, SoundFidelity) or (isinstance(fidelity, dict) and "snr" in fidelity)
    return "sound" if sound else "clip"


AnyFidelity = Annotated[
    Annotated[Fidelity, Tag("clip")] | Annotated[SoundFidelity, Tag("sound")], Discriminator(_tag)
]


@dataclass(frozen=True, kw_only=True)
class Rival:
    """Another way to spend the same number of computed calls, from the same noise."""

    # of a method, or of one that there was
    name: Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
    computed_calls: Count
    calls: Count
    seconds: Positive  # denoising
    fidelity: AnyFidelity
    disturbed: Flag = False  # the machine was: the seconds are not to be set beside those of the other runs

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"fidelity": self.fidelity.to_json()}


class Timed(NamedTuple):
    """A run as far as its speed goes."""

    trace: Trace
    timings: Timings

    @property
    def seconds(self) -> float | None:
        """Of denoising; None where the blocks were probed."""
        return None if self.trace.probe else self.timings.denoising


class Speedups(ABC):
    """The speedups of whatever has an uncached and a cached run, with trace and timings each.

    A run that was probed computed what TeaCache would have reused: its seconds are no timing of TeaCache, and
    nothing is made of them.
    """

    @abstractmethod
    def _timed(self) -> tuple[Timed, Timed]:
        """The uncached run and the cached one."""

    @property
    def probed(self) -> bool:
        """Whether one of the runs was probed, so that nothing was timed."""
        return any(run.trace.probe for run in self._timed())

    @property
    def seconds(self) -> tuple[float | None, float | None]:
        """Denoising of the uncached and of the cached run; None for one that was probed."""
        uncached, cached = self._timed()
        return uncached.seconds, cached.seconds

    @property
    def ideal_speedup(self) -> float:
        """Calls over computed calls."""
        _, cached = self._timed()
        return cached.trace.ideal_speedup

    @property
    def speed(self) -> Speed | None:
        """The measured speedup with its doubt: what is to be shown. None where a run was probed."""
        if self.probed:
            return None
        uncached, cached = self._timed()
        seconds = uncached.timings.denoising, cached.timings.denoising
        return speed(uncached.trace, cached.trace, seconds=seconds)

    @property
    def measured_speedup(self) -> float | None:
        """Seconds of denoising, uncached over cached, as the clock said; None where one was probed.

        To be shown only where `speed` does not call it disturbed.
        """
        speed = self.speed
        return None if speed is None else speed.measured

    @property
    def efficiency(self) -> float | None:
        """How much of the ideal speedup there was, as far as it is believed; None where that is unknown."""
        speed = self.speed
        return None if speed is None or speed.believed is None else speed.believed / self.ideal_speedup


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison(Speedups):
    """A finished comparison: both runs, from the same noise and the same prompt embeddings."""

    run_id: str
    created: str  # ISO 8601, UTC
    request: Checked  # checked: no field is None
    fps: float
    uncached: Run
    cached: Run
    fidelity: Fidelity | SoundFidelity  # of the cached video or sound, against the uncached one
    baseline_reused: bool  # the uncached run is an earlier one of this process, and so are its seconds
    rivals: tuple[Rival, ...] = ()

    def _timed(self) -> tuple[Timed, Timed]:
        return (
            Timed(self.uncached.trace, self.uncached.timings),
            Timed(self.cached.trace, self.cached.timings),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, without the videos: what the store writes."""
        return {
            "version": 1,
            "run_id": self.run_id,
            "created": self.created,
            "fps": self.fps,
            "request": self.request.to_json(),
            "uncached": self.uncached.trace.to_json(),
            "cached": self.cached.trace.to_json(),
            "uncached_timings": self.uncached.timings.to_json(),
            "cached_timings": self.cached.timings.to_json(),
            "fidelity": self.fidelity.to_json(),
            "baseline_reused": self.baseline_reused,
            "rivals": [rival.to_json() for rival in self.rivals],
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Progress:
    """The whole state of a comparison at one moment; each one replaces the one before.

    Phases: text, uncached, decoding, cached, decoding, done. A reused baseline leaves out its two; if its
    time proves to be out of date, again and decoding follow. Before calls of a new kind there is warming.
    """

    run_id: str
    phase: Phase
    request: Checked
    calls: int  # expected per run
    uncached: tuple[StepRecord, ...] = ()
    cached: tuple[StepRecord, ...] = ()
    preview: np.ndarray | None = None  # (F, H, W, 3) uint8: the latest guess at the clip being denoised
    glimpse: Glimpse | None = None  # what the run held then
    baseline_reused: bool = False
    baseline: np.ndarray | None = None  # (F, H, W, 3) uint8: the uncached clip, where an earlier one is used
    elapsed: float = 0.0  # seconds since the comparison was started, waiting included
    comparison: Comparison | None = None  # in the last state only
