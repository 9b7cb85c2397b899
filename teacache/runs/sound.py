"""A sound as numbers and as a file: 16-bit WAV, which every browser and editor plays.

Fidelity is computed from the numbers that the model made, never from the file. Knows arrays; nothing of runs.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_LOUDEST = 2**15 - 1  # of 16 bits
_HEADER = 8  # bytes of a RIFF file before those that its length counts


@dataclass(frozen=True, eq=False)
class Sound:
    """A finished sound."""

    samples: np.ndarray  # (N, channels) float32, full scale is [-1, 1]
    rate: int  # samples a second

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    @property
    def mono(self) -> np.ndarray:
        """(N,): the mean of the channels."""
        return self.samples.mean(axis=1)


def write_sound(path: str | Path, sound: Sound) -> None:
    """Write a WAV file; what is louder than full scale is cut, as every player would. OSError as it comes."""
    values = np.round(np.clip(sound.samples, -1, 1) * _LOUDEST).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(values.shape[1])
        file.setsampwidth(values.itemsize)
        file.setframerate(sound.rate)
        file.writeframes(values.tobytes())


def read_sound(path: str | Path) -> Sound:
    """A file that `write_sound` wrote. OSError, EOFError or wave.Error as they come."""
    with wave.open(str(path), "rb") as file:
        values = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        samples = values.reshape(-1, file.getnchannels()).astype(np.float32) / _LOUDEST
        return Sound(samples, file.getframerate())


def extent(path: str | Path) -> tuple[float, int]:
    """Seconds and sampling rate of a file that `write_sound` wrote; its samples are not read."""
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate(), file.getframerate()


def is_whole_sound(path: Path) -> bool:
    """Whether a WAV file is as long as it says. Raises OSError if that cannot be seen."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEADER)
    return head[:4] == b"RIFF" and int.from_bytes(head[4:], "little") + _HEADER == path.stat().st_size
