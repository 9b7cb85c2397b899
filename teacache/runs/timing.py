"""A wall clock that can be held while something is done that is not part of what is timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch


class WallClock:
    """Seconds of wall time while running.

    The device is waited for whenever the clock is started, held or read, so that work queued on an
    accelerator is counted where it belongs and can never be done while the clock stands. That waiting makes
    a timed run on an accelerator a little longer than one that nobody watches, never shorter.
    """

    def __init__(self, device: torch.device):
        self._device = device
        self._since: float | None = None
        self._before = 0.0

    @property
    def running(self) -> bool:
        """Whether time is being counted."""
        return self._since is not None

    def start(self) -> None:
        """Count from now on."""
        synchronize(self._device)
        self._since = time.perf_counter()

    def stop(self) -> float:
        """Count no longer; the seconds so far."""
        if self._since is not None:
            synchronize(self._device)
            self._before += time.perf_counter() - self._since
            self._since = None
        return self._before

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is done inside is not counted; a clock that does not run is left alone."""
        if not self.running:
            yield
            return
        self.stop()
        try:
            yield
        finally:
            self.start()


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all that it was given; the CPU always has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
