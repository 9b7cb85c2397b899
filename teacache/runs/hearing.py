"""How near a sound is to the uncached sound of the same noise: three figures, of which none hears.

The signal-to-noise ratio compares waveforms sample by sample, and so phases, which people hardly hear. The
two others compare what frequencies are there and how loud: the log-spectral distance (Gray and Markel 1976,
"Distance measures for speech processing") and the multi-resolution STFT distance (Yamamoto, Song and Kim
2020, arXiv 1910.11480, equations 4 to 6). Always from the numbers that the model made, never from a file.
Knows sounds; nothing of runs or caches.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from teacache.runs.comparison import SNR_CAP, SoundFidelity
from teacache.runs.sound import Sound
from teacache.runs.spectrogram import WINDOW, magnitudes

FLOOR = (
    1e-5  # of a full-scale sine, -100 dB: below it nothing is heard, and logarithms would tell of rounding
)
# Size, hop and window of the transforms: arXiv 1910.11480, table 1, in samples.
RESOLUTIONS = ((512, 50, 240), (1024, 120, 600), (2048, 240, 1200))
_LEAST = 1e-7  # of a power, in the code of that paper's authors (kan-bayashi/ParallelWaveGAN, stft_loss.py)


def sound_fidelity(
    sound: Sound, reference: Sound, *, check: Callable[[], None] = lambda: None
) -> SoundFidelity:
    """Compare two sounds of equal length and rate; `check` is called now and then, and may raise to stop.

    Raises ValueError if they differ in shape or rate.
    """
    if sound.samples.shape != reference.samples.shape or sound.rate != reference.rate:
        raise ValueError("Only sounds of one length, one rate and as many channels can be compared.")
    check()
    pairs = list(zip(sound.samples.T, reference.samples.T, strict=True))
    distances: list[tuple[float, float]] = []
    for channel, other in pairs:
        check()
        distances.append((log_spectral_distance(channel, other), stft_distance(channel, other, check=check)))
    spectral, resolutions = np.mean(distances, axis=0)
    return SoundFidelity(
        snr=snr(sound.samples, reference.samples),
        log_spectral=float(spectral),
        stft=float(resolutions),
    )


def snr(samples: np.ndarray, reference: np.ndarray) -> float:
    """10 log10 of the reference's energy over that of the difference, in dB, over all channels.

    0 dB is as far away as silence. Between -100 and 100: equal sounds have no ratio.
    """
    reference = np.asarray(reference, dtype=np.float64)
    noise = float(np.sum((samples - reference) ** 2))
    energy = float(np.sum(reference**2))
    if noise == 0:
        return SNR_CAP
    ratio = 10 * np.log10(max(energy, np.finfo(float).tiny) / noise)
    return float(np.clip(ratio, -SNR_CAP, SNR_CAP))


def log_spectral_distance(samples: np.ndarray, reference: np.ndarray) -> float:
    """(N,) twice: the root mean square over frequencies of the difference of levels in dB, mean over time.

    Transforms of 2048 samples, 512 apart; levels below -100 dB of full scale count as -100.
    """
    full = WINDOW / 4  # what a full-scale sine comes to under a Hann window
    levels = [
        20 * np.log10(np.maximum(magnitudes(one, window=WINDOW, hop=WINDOW // 4) / full, FLOOR))
        for one in (samples, reference)
    ]
    return float(np.sqrt(np.mean((levels[0] - levels[1]) ** 2, axis=1)).mean())


def stft_distance(
    samples: np.ndarray, reference: np.ndarray, *, check: Callable[[], None] = lambda: None
) -> float:
    """(N,) twice: spectral convergence plus mean distance of log magnitudes, mean of three resolutions."""
    distances: list[float] = []
    for size, hop, window in RESOLUTIONS:
        check()
        mine, theirs = (
            np.sqrt(np.maximum(magnitudes(one, window=window, hop=hop, size=size) ** 2, _LEAST))
            for one in (samples, reference)
        )
        convergence = np.linalg.norm(theirs - mine) / np.linalg.norm(theirs)
        distances.append(convergence + np.abs(np.log(theirs) - np.log(mine)).mean())
    return float(np.mean(distances))
