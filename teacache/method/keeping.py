"""Tensors between two calls: kept where they were made, or on another device until they are needed again.

Knows tensors, devices and how long a move takes; nothing of calls or decisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

from teacache.errors import SettingsError


class Watch(Protocol):
    """Adds up spans of time; see Stopwatch."""

    def now(self) -> Any:
        """A point in time."""

    def add(self, start: Any) -> None:
        """Count the span from `start` until now."""


@dataclass
class Shelf:
    """Where tensors are kept; None: where each was made."""

    device: torch.device | None = None
    watch: Watch | None = None  # of the call that runs now: counts the moves

    def take_in(self, tensor: torch.Tensor, room: torch.Tensor | None) -> torch.Tensor:
        """The tensor as it is kept, in the `room` of the one before where that fits.

        Memory of the host is pinned where the tensor comes from CUDA: such a copy needs no other, and nobody
        waits for it, since whatever uses the tensor next stands behind it in the same stream.
        """
        if self.device is None or tensor.device == self.device:
            return tensor
        start = self.watch.now() if self.watch else None
        if room is None or room.shape != tensor.shape or room.dtype != tensor.dtype:
            pinned = self.device.type == "cpu" and tensor.device.type == "cuda"
            room = torch.empty(tensor.shape, dtype=tensor.dtype, device=self.device, pin_memory=pinned)
        room.copy_(tensor, non_blocking=room.is_pinned())
        if self.watch:
            self.watch.add(start)
        return room

    def bring(self, tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
        """What was kept, on the device that needs it."""
        if tensor.device == device:
            return tensor
        start = self.watch.now() if self.watch else None
        brought = tensor.to(device, non_blocking=tensor.is_pinned())
        if self.watch:
            self.watch.add(start)
        return brought


@dataclass
class Kept:
    """A tensor on the shelf. Its shape, dtype and device are those that it had before."""

    shelf: Shelf = field(default_factory=Shelf)
    held: torch.Tensor | None = None  # as it lies there
    device: torch.device | None = None  # where it comes from

    @property
    def shape(self) -> torch.Size | None:
        """None if there is nothing."""
        return None if self.held is None else self.held.shape

    @property
    def dtype(self) -> torch.dtype | None:
        """None if there is nothing."""
        return None if self.held is None else self.held.dtype

    def put(self, tensor: torch.Tensor) -> None:
        """Keep this tensor in place of the one before."""
        self.held, self.device = self.shelf.take_in(tensor, self.held), tensor.device

    def get(self) -> torch.Tensor:
        """The tensor where it comes from, bit for bit. There must be one."""
        if self.held is None or self.device is None:
            raise AssertionError("nothing is kept")
        return self.shelf.bring(self.held, self.device)


def device_of(name: Any) -> torch.device | None:
    """The device of that name; None for None. Raises SettingsError."""
    try:
        return None if name is None else torch.empty(0, device=name).device
    except (RuntimeError, TypeError, AssertionError) as error:  # torch has no one error for it
        raise SettingsError(
            "cache_device", name, "a device of this machine", "give 'cpu' to keep residuals in RAM"
        ) from error


def bytes_on(tensors: Iterable[torch.Tensor]) -> dict[str, int]:
    """Bytes of memory that these tensors hold, by device; what they share counts once."""
    storages = {(str(t.device), t.untyped_storage().data_ptr()): t.untyped_storage() for t in tensors}
    held: Counter[str] = Counter()
    for (device, _), storage in storages.items():
        held[device] += storage.nbytes()
    return dict(held)
