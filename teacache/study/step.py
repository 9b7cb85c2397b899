"""What one step of a recorded run did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from teacache.study.puppet import Residuals


@dataclass
class Step:
    """What one step of the recorded run did."""

    calls: list[dict[str, Any]] = field(default_factory=list)  # keyword arguments of the transformer's calls
    outputs: list[torch.Tensor] = field(default_factory=list)
    _given: tuple[torch.Tensor, Any, torch.Tensor] | None = None  # see `given`
    options: dict[str, Any] = field(default_factory=dict)
    residuals: list[Residuals] = field(default_factory=list)  # of each call, where they are kept
    indicator: torch.Tensor | None = None  # of its first call

    @property
    def whole(self) -> bool:
        """Whether the transformer was called, and the scheduler after it."""
        return self._given is not None and bool(self.calls)

    @property
    def given(self) -> tuple[torch.Tensor, Any, torch.Tensor]:
        """What the scheduler was given: output, timestep, latents."""
        if self._given is None:
            raise AssertionError("the step was not finished")
        return self._given

    @given.setter
    def given(self, value: tuple[torch.Tensor, Any, torch.Tensor]) -> None:
        self._given = value
