"""The picture of a sound: its waveform above, its spectrogram below, on one axis of time.

Frequencies rise on the mel scale, which is nearly how far apart people hear them (O'Shaughnessy 1987: 2595
log10(1 + f / 700)), from 0 to half the sampling rate; levels run over 80 dB below a full-scale sine. The
picture holds no words: whoever shows it writes the axes. Knows arrays; nothing of runs.
"""

from __future__ import annotations

import numpy as np

from teacache.runs.sound import Sound

WAVE = 0.3  # share of the height that the waveform takes
RANGE = 80.0  # dB from the darkest to the brightest
WINDOW = 2048  # samples: 46 ms at 44.1 kHz, as most tools have it
GROUND = (14, 18, 28)
INK = (126, 176, 255)
# From silence to full scale: the ground, then as dark things glow; brightness rises evenly.
COLOURS = np.array(
    [GROUND, (38, 30, 78), (84, 36, 118), (146, 48, 118), (206, 72, 92), (240, 122, 66), (252, 186, 84),
     (255, 244, 200)], dtype=float,
)  # fmt: skip


def picture(sound: Sound, *, height: int, width: int) -> np.ndarray:
    """(1, height, width, 3) uint8: one frame, as a clip of a model of pictures has."""
    upper = round(WAVE * height)
    parts = [_wave(sound.mono, upper, width), _spectrum(sound, height - upper, width)]
    return np.concatenate(parts)[None]


def magnitudes(samples: np.ndarray, *, window: int, hop: int, size: int | None = None) -> np.ndarray:
    """(N,) -> (frames, size / 2 + 1): a short-time Fourier transform with Hann windows, padded by reflection.

    `size` of the transform, from `window` on; the windows stand `hop` samples apart, the first around the
    first sample.
    """
    size = size or window
    half = size // 2
    padded = np.pad(samples, half, mode="reflect" if len(samples) > half else "constant")
    weights = np.zeros(size)
    start = (size - window) // 2
    weights[start : start + window] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.abs(np.fft.rfft(frames * weights, axis=1))


def mel(frequency: np.ndarray) -> np.ndarray:
    """Hertz to mel."""
    return 2595 * np.log10(1 + frequency / 700)


def hertz(mels: np.ndarray) -> np.ndarray:
    """Mel to hertz."""
    return 700 * (10 ** (mels / 2595) - 1)


def _wave(samples: np.ndarray, height: int, width: int) -> np.ndarray:
    """Each column from the lowest to the highest of its samples; full scale fills the height."""
    frame = np.tile(np.array(GROUND, dtype=float), (height, width, 1))
    edges = np.linspace(0, len(samples), width + 1).astype(int)
    middle, half = (height - 1) / 2, (height - 3) / 2
    rows = np.arange(height)
    frame[int(middle), :] = np.array(GROUND) + 0.25 * (np.array(INK) - GROUND)
    for x in range(width):
        part = samples[edges[x] : max(edges[x] + 1, edges[x + 1])]
        top, bottom = (middle - half * np.clip(edge, -1, 1) for edge in (part.max(), part.min()))
        # A row counts as far as the stroke, at least one pixel high, covers it.
        cover = np.clip(np.minimum(rows + 1, bottom + 1) - np.maximum(rows, top), 0, 1)[:, None]
        frame[:, x] += cover * (np.array(INK) - frame[:, x])
    return frame.round().astype(np.uint8)


def _spectrum(sound: Sound, height: int, width: int) -> np.ndarray:
    """Level by mel and time, as colours."""
    window = min(WINDOW, max(64, 2 ** int(np.log2(max(64, len(sound.samples) // 8)))))
    hop = max(1, len(sound.samples) // width)
    power = magnitudes(sound.mono, window=window, hop=hop) / (window / 4)  # a full-scale sine is 1
    columns = power[np.linspace(0, len(power) - 1, width).round().astype(int)]
    top = sound.rate / 2
    wanted = hertz(np.linspace(float(mel(np.array(top))), 0, height))
    places = wanted / top * (columns.shape[1] - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, columns.shape[1] - 1)
    share = places - low
    levels = 20 * np.log10(np.maximum(columns, 1e-9))
    drawn = (levels[:, low] * (1 - share) + levels[:, high] * share).T
    return coloured(1 + drawn / RANGE)


def coloured(share: np.ndarray) -> np.ndarray:
    """0 to 1, of any shape -> the same shape with three uint8 values of colour."""
    steps = np.linspace(0, 1, len(COLOURS))
    clipped = np.clip(share, 0, 1)
    channels = [np.interp(clipped, steps, COLOURS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
