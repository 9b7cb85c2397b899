"""How near a video is to the uncached video of the same noise: PSNR, SSIM and, where it is installed, LPIPS.

Sounds are judged in hearing.py; `judging` takes whichever a run has made.

Conventions of the authors' evaluation (ali-vilab/TeaCache, eval/teacache/common_metrics): frame by frame on
[0, 1], then the mean. Always from the arrays that the model made, never from an encoded file. Knows nothing
of caches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from teacache.errors import Phrase
from teacache.platform.threads import BEAT, beside
from teacache.runs.comparison import PSNR_CAP, Fidelity, Run, SoundFidelity
from teacache.runs.hearing import sound_fidelity

IDENTICAL = 1e-10  # a squared error on [0, 1]
WINDOW = 11  # pixels; with sigma 1.5 the Gaussian of the SSIM paper (Wang et al. 2004)
# Kept in files as words, so that only a sentence without values is found in other languages.
NO_PACKAGES = Phrase(
    "LPIPS needs more packages: `pip install -r requirements-lpips.txt`, whose first lines say how its "
    "weights are got."
)
NO_WEIGHTS = Phrase(
    "LPIPS needs the weights of AlexNet, once: `python -c \"import lpips; lpips.LPIPS(net='alex')\"` fetches "
    "them."
)
Pair = tuple[np.ndarray, np.ndarray]


def fidelity(
    video: np.ndarray, reference: np.ndarray, *, check: Callable[[], None] = lambda: None
) -> Fidelity:
    """Compare two clips of equal shape (F, H, W, 3) uint8, at least 11 pixels each way.

    `check` is called before every frame, and may raise to stop there.

    Raises ValueError if the shapes differ or the frames are smaller than the window of SSIM.
    """
    if video.shape != reference.shape or video.ndim != 4:
        raise ValueError(f"Only clips of one shape can be compared, not {video.shape} and {reference.shape}.")
    if min(video.shape[1:3]) < WINDOW:
        size = f"{video.shape[2]}x{video.shape[1]}"
        raise ValueError(f"SSIM needs frames of at least {WINDOW}x{WINDOW} pixels, not {size}.")

    def pairs() -> Iterator[Pair]:
        for frame, other in zip(video, reference, strict=True):
            check()
            yield frame / 255.0, other / 255.0

    psnrs, ssims = zip(*((psnr(a, b), ssim(a, b)) for a, b in pairs()), strict=True)
    distance, reason = _lpips(pairs())
    return Fidelity(
        psnr=float(np.mean(psnrs)),
        ssim=float(np.mean(ssims)),
        lpips=distance,
        lpips_reason=reason,
        psnr_frames=psnrs,
        ssim_frames=ssims,
    )


def judging(
    run: Run,
    reference: Run,
    *,
    sign: Callable[[], Any] = lambda: None,
    beat: float = BEAT,
) -> Generator[Any, None, Fidelity | SoundFidelity]:
    """What one run made against what another did, beside the thread that waits.

    A `sign()` comes at least every `beat` seconds; closed, it stops.
    """

    def judge(check: Callable[[], None]) -> Fidelity | SoundFidelity:
        if run.sound is not None and reference.sound is not None:
            return sound_fidelity(run.sound, reference.sound, check=check)
        return fidelity(run.video, reference.video, check=check)

    return beside(judge, sign=sign, beat=beat)


def psnr(frame: np.ndarray, reference: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of two frames, or parts, on [0, 1]; 100 if they are the same."""
    error = float(np.mean((frame - reference) ** 2))
    return PSNR_CAP if error < IDENTICAL else -10 * math.log10(error)


def ssim(frame: np.ndarray, reference: np.ndarray) -> float:
    """Structural similarity of two (H, W, 3) frames on [0, 1]: 11x11 Gaussian, sigma 1.5, valid part."""
    from skimage.metrics import structural_similarity  # a slow import, needed only after a run

    similarity = structural_similarity(
        reference,
        frame,
        data_range=1.0,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,  # the weighted moments themselves, as the authors have them
    )
    return float(similarity)


def lpips_reason() -> str:
    """Why there is no LPIPS on this machine, one sentence; empty where there is."""
    weights = _lpips_weights()
    return weights if isinstance(weights, str) else ""


def _lpips(pairs: Iterable[Pair]) -> tuple[float | None, str]:
    """LPIPS and an empty string, or None and the reason why there is none."""
    weights = _lpips_weights()
    if isinstance(weights, str):
        return None, weights
    try:
        network = _lpips_network()
    except (RuntimeError, OSError, EOFError, UnpicklingError):  # a download that broke off, for one
        return None, f"LPIPS needs the weights of AlexNet, but {weights} cannot be read: delete that file."
    return network(pairs), ""


def _lpips_weights() -> Path | str:
    """Where the weights are, or why LPIPS cannot be had; never downloads: no run waits for a network."""
    try:
        import lpips  # noqa: F401
        import torch
        from torchvision.models import AlexNet_Weights
    except ImportError:
        return NO_PACKAGES
    except (RuntimeError, OSError) as error:  # what a torchvision built for another torch raises
        why = " ".join((str(error) or type(error).__name__).split())[:120].rstrip(".")
        return f"LPIPS cannot be used here, since its packages do not load: {why}."
    name = AlexNet_Weights.IMAGENET1K_V1.url.rsplit("/", 1)[-1]
    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    return path if path.is_file() else NO_WEIGHTS


@cache
def _lpips_network() -> Callable[[Iterable[Pair]], float]:
    import lpips
    import torch

    network = lpips.LPIPS(net="alex", spatial=True, verbose=False).eval()  # averaged, as the authors do

    def to_tensor(frame: np.ndarray) -> torch.Tensor:  # (H, W, 3) on [0, 1] -> (1, 3, H, W) on [-1, 1]
        return torch.from_numpy(frame).permute(2, 0, 1)[None].float() * 2 - 1

    @torch.no_grad()
    def distance(pairs: Iterable[Pair]) -> float:
        return float(np.mean([network(to_tensor(a), to_tensor(b)).mean().item() for a, b in pairs]))

    return distance
