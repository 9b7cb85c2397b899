"""How much a tensor changed from one call to the next, without waiting for the device.

Knows tensors only: neither models nor decisions. Nothing here reads a value back to the host.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch

from teacache.method.keeping import Kept
from teacache.method.ranks import Total

Means = Literal["float32", "rounded"]
"""How the means of a distance and their ratio are taken: added up in float32, or rounded to the dtype as
the authors' code does. Only half precision can tell them apart."""


def magnitude(tensor: torch.Tensor) -> torch.Tensor:
    """Sum of the absolute values, as a 0-d tensor on the same device."""
    return _sum(tensor.abs())


def relative_l1(new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    """Relative L1 distance mean|new - old| / mean|old| of two tensors of one shape, as a 0-d tensor (no host
    sync).

    Eq. 4 of arXiv 2411.19108; means or sums make no difference. No epsilon, as in the authors' code: if `old`
    is all zeros the result is inf or nan, which the gate answers by computing.
    """
    return magnitude(new - old) / magnitude(old)


@dataclass
class Trail:
    """The last value of one quantity, so that the next one can be compared with it."""

    last: Kept = field(default_factory=Kept)
    means: Means = "float32"
    _size: torch.Tensor | None = None  # of `last`, taken when it was new: one pass over the data less

    def advance(self, new: torch.Tensor, total: Total | None = None) -> torch.Tensor | None:
        """Remember `new` (as the shelf keeps it) and return its `relative_l1` to the value before it.

        None if there is none, or if its shape, dtype or device differ: such values cannot be compared. With
        `total` it is the distance of what all ranks hold together.
        """
        sums = self.compare(new)
        return None if sums is None else quotient(sums if total is None else total(sums))

    def compare(self, new: torch.Tensor) -> torch.Tensor | None:
        """Remember `new` like `advance`, and return the two sums (2,) whose quotient is the distance."""
        sums = None
        amount = _sum if self.means == "float32" else torch.mean
        if self._size is None or not alike(self.last, new):
            self._size = amount(new.abs())
        else:
            scratch = new - self.last.get()  # the one temporary: memory is what these passes cost
            sums = torch.stack([amount(scratch.abs_()), self._size])
            self._size = amount(torch.abs(new, out=scratch))
        self.last.put(new)
        return sums


def quotient(sums: torch.Tensor) -> torch.Tensor:
    """The distances (...) of their two sums (..., 2)."""
    return sums[..., 0] / sums[..., 1]


def alike(old: torch.Tensor | Kept | None, new: torch.Tensor) -> bool:
    """Whether two tensors can be subtracted as they are: one shape, one dtype, one device."""
    return old is not None and old.shape == new.shape and old.dtype == new.dtype and old.device == new.device


def _sum(tensor: torch.Tensor) -> torch.Tensor:
    """The sum, added up in float32 or better.

    As a 16-bit number it would be rounded to three digits in bfloat16, and infinite beyond 65,504 in float16.
    """
    return tensor.sum(dtype=torch.promote_types(tensor.dtype, torch.float32))
