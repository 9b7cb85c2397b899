"""Which window is this? Tells apart the calls of one step that work on different parts of one video.

A long video is denoised in windows: several calls a step under one name, each on latents of its own. None may
get another's residual, in whatever order they come and wherever they move. Knows latents and the names of
branches; nothing of time, residuals or decisions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations

import torch

from teacache.method.distance import alike, relative_l1

# A window goes on where its latents moved by less than this share of what lies between two windows. Pure
# noise of two windows is sqrt(2) apart (relative L1), and the first of two steps moves it by half of that.
_NEAR = 0.5


@dataclass
class Windows:
    """The windows of one run, known by their latents."""

    _before: dict[int, torch.Tensor] = field(default_factory=dict)  # latents of the step before, per window
    _now: dict[int, torch.Tensor] = field(default_factory=dict)  # of this step
    _calls: list[tuple[str | None, int]] = field(default_factory=list)  # of this step: context, window
    _apart: float | None = None  # see _distance_apart
    _made: int = 0

    def enter_step(self) -> None:
        """A new step begins; a window that the last one left out is forgotten."""
        self._before, self._now, self._calls, self._apart = self._now, {}, [], None

    def place(self, latents: torch.Tensor, context: str | None) -> tuple[int, int]:
        """The window of a call, 0-based, and how many calls of this context it had in this step before.

        `latents` (B, ...) must not change afterwards. Waits for the device only where a context comes again
        within a step, or where the run has several windows.
        """
        window = self._find(latents, context)
        self._now.setdefault(window, latents)
        nth = self._calls.count((context, window))
        self._calls.append((context, window))
        return window, nth

    def _find(self, latents: torch.Tensor, context: str | None) -> int:
        lone = len(self._before) <= 1 and len(self._now) <= 1
        if lone and all(context != name for name, _ in self._calls):
            return self._only()
        for window, seen in self._now.items():
            if _same(seen, latents):
                return window
        return self._continued(latents)

    def _only(self) -> int:
        """The one window there is, or the first."""
        known = [*self._now, *self._before]
        return known[0] if known else self._new()

    def _continued(self, latents: torch.Tensor) -> int:
        """The window of the step before that these latents continue, or a new one."""
        left = [w for w, seen in self._before.items() if w not in self._now and alike(seen, latents)]
        if not left:
            return self._new()
        moved = torch.stack([relative_l1(latents, self._before[w]) for w in left]).tolist()
        nearest = min(moved)
        return left[moved.index(nearest)] if nearest < _NEAR * self._distance_apart() else self._new()

    def _distance_apart(self) -> float:
        """The smallest distance between two windows of the step before."""
        if self._apart is None:
            pairs = combinations(self._before.values(), 2)
            apart = [relative_l1(a, b) for a, b in pairs if alike(a, b)]
            self._apart = torch.stack(apart).min().item() if apart else math.inf
        return self._apart

    def _new(self) -> int:
        self._made += 1
        return self._made - 1


def _same(old: torch.Tensor, new: torch.Tensor) -> bool:
    return old is new or (alike(old, new) and torch.equal(old, new))
