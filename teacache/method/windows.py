"""Whose call is this? Tells apart the calls of one step: branches by name or text, windows by their latents.

A long video is denoised in windows: several calls a step under one name, each on latents of its own. None may
get another's residual, in whatever order they come and wherever they move. A pipeline that gives its branches
no names gives them texts of their own. Knows latents, texts and the names of branches; nothing of time,
residuals or decisions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple, cast

import torch

from teacache.method.distance import alike, relative_l1

# A window goes on where its latents moved by less than this share of what lies between two windows. Pure
# noise of two windows is sqrt(2) apart (relative L1), and the first of two steps moves it by half of that.
_NEAR = 0.5


class Caller(NamedTuple):
    """Who called: equal for the calls of one branch in all steps."""

    name: str | int  # the context that was set, or else the number of the text
    nth: int  # of its calls in one step on one window, 0-based


@dataclass
class Texts:
    """The texts of one run's calls that had no name, numbered in the order of their coming."""

    _known: list[torch.Tensor | None] = field(default_factory=list)

    def number(self, text: Any) -> int:
        """Of this text (B, tokens, channels). Waits for the device only for a tensor that is a new one.

        With another batch or dtype they are counted anew: the same callers, in the same order.
        """
        text = text if isinstance(text, torch.Tensor) else None
        for number, other in enumerate(self._known):
            if _same(other, text):
                self._known[number] = text  # the newest, which the next call most likely brings again
                return number
        if text is not None and not any(_of_one_kind(other, text) for other in self._known):
            self._known = []
        self._known.append(text)
        return len(self._known) - 1


@dataclass
class Windows:
    """The windows of one run, known by their latents."""

    _texts: Texts = field(default_factory=Texts)
    _before: dict[int, torch.Tensor] = field(default_factory=dict)  # latents of the step before, per window
    _now: dict[int, torch.Tensor] = field(default_factory=dict)  # of this step
    _calls: list[tuple[str | int, int]] = field(default_factory=list)  # of this step: name, window
    _apart: float | None = None  # see _distance_apart
    _made: int = 0

    def enter_step(self) -> None:
        """A new step begins; a window that the last one left out is forgotten."""
        self._before, self._now, self._calls, self._apart = self._now, {}, [], None

    def place(self, latents: torch.Tensor, context: str | None, text: Any = None) -> tuple[int, Caller]:
        """The window of a call, 0-based, and who called.

        `latents` (B, ...) must not change afterwards; the `text` is asked where no `context` was set. Waits
        for the device only where a name comes again within a step, or where the run has several windows.
        """
        name = context if context is not None else self._texts.number(text)
        window = self._find(latents, name)
        self._now.setdefault(window, latents)
        nth = self._calls.count((name, window))
        self._calls.append((name, window))
        return window, Caller(name, nth)

    def _find(self, latents: torch.Tensor, name: str | int) -> int:
        lone = len(self._before) <= 1 and len(self._now) <= 1
        if lone and all(name != other for other, _ in self._calls):
            return self._only()
        for window, sample in self._now.items():
            if _same(sample, latents):
                return window
        return self._continued(latents)

    def _only(self) -> int:
        """The one window there is, or the first."""
        numbers = [*self._now, *self._before]
        return numbers[0] if numbers else self._new()

    def _continued(self, latents: torch.Tensor) -> int:
        """The window of the step before that these latents continue, or a new one."""
        left = [w for w, sample in self._before.items() if w not in self._now and alike(sample, latents)]
        if not left:
            return self._new()
        moved = cast(list[float], torch.stack([relative_l1(latents, self._before[w]) for w in left]).tolist())
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


def _same(old: torch.Tensor | None, new: torch.Tensor | None) -> bool:
    if old is None or new is None:
        return old is new
    if not alike(old, new):
        return False
    where = [(t.data_ptr(), t.stride()) for t in (old, new)]
    return where[0] == where[1] or torch.equal(old, new)


def _of_one_kind(old: torch.Tensor | None, new: torch.Tensor) -> bool:
    return old is not None and (old.shape[:1], old.dtype) == (new.shape[:1], new.dtype)
