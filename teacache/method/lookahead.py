"""A run's distances at its first call, where the indicator is made from the timestep alone.

The submodules that lead from the timestep to such an indicator run once more for every timestep that is left;
the distances are measured on the device and read back together, so that no later decision waits for it. Knows
modules and tensors; nothing of decisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import nn

from teacache.method.distance import Means, Trail, alike, quotient
from teacache.method.eager import eager
from teacache.method.precise import in_float32
from teacache.method.ranks import Total


@dataclass(frozen=True)
class Foresight:
    """The distances that were found ahead; none where nothing could be told."""

    indicator: torch.Tensor | None = None  # of the call that looked ahead
    # to the timestep before, by position in the schedule
    distances: Mapping[int, float] = field(default_factory=dict[int, float])

    def distance(self, indicator: torch.Tensor, *, before: int | None, now: int | None) -> float | None:
        """The relative L1 distance between a branch's calls at two positions; None if it is not known."""
        if before is None or now is None or now != before + 1 or not alike(self.indicator, indicator):
            return None
        return self.distances.get(now)


class Lookahead:
    """Makes the indicator of later calls: each link of the chain gets what the one before it returns.

    `precise`: those behind the first work in float32, as where the indicator is such a chain.
    """

    def __init__(self, links: Sequence[nn.Module], *, precise: bool = False, means: Means = "float32"):
        self._links, self._precise = links, precise
        self._means: Means = means
        # what each was last called with
        self._heard: dict[nn.Module, tuple[tuple[Any, ...], dict[str, Any]]] = {}

    def listen(self) -> list[Any]:
        """The torch handles on the links: how the transformer calls them is how they are called again."""

        @eager
        def hear(link: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._heard[link] = args, kwargs

        return [link.register_forward_pre_hook(hear, with_kwargs=True) for link in self._links]

    def foresee(
        self, schedule: Any, position: int | None, indicator: torch.Tensor, total: Total | None = None
    ) -> Foresight:
        """Look from this call's `position` in the schedule to its end; one host sync, one `total` over ranks.

        Believed only if the chain makes this call's own `indicator`, bit for bit: what else may go into it
        (the frame offset of CogVideoX 1.5), or compiled code, then leaves every decision to its own call.
        """
        if position is None or position + 1 >= len(schedule) or not self._repeatable():
            return Foresight()
        indicators = [self._make(timestep) for timestep in schedule[position:]]
        if not alike(indicators[0], indicator):
            return Foresight()
        trail = Trail(means=self._means)
        # the first has none before it
        pairs = [sums for value in indicators if (sums := trail.compare(value)) is not None]
        # On one rank is enough: none believes it.
        unlike = (indicators[0] != indicator).any().to(pairs[0].dtype)
        sums = torch.stack([unlike.expand(2), *pairs])
        sums = sums if total is None else total(sums)
        figures = cast(list[float], torch.cat([sums[:1, 0], quotient(sums[1:])]).tolist())
        wrong, *numbers = figures
        return Foresight() if wrong else Foresight(indicator, dict(enumerate(numbers, position + 1)))

    def _repeatable(self) -> bool:
        """Whether every link was heard and none is offloaded in parts, which keeps track of their order."""
        parts = [part for link in self._links for part in link.modules()]
        moved = any(name in vars(part) for part in parts for name in ("_diffusers_hook", "_hf_hook"))
        return not moved and all(self._heard.get(link, ((), {}))[0] for link in self._links)

    def _make(self, timestep: torch.Tensor) -> torch.Tensor:
        """The indicator at a timestep (0-d). Around the links' torch hooks: this is no call of the run."""
        value = timestep.expand(self._heard[self._links[0]][0][0].shape)
        for link in self._links[:1] if self._precise else self._links:
            (first, *others), more = self._heard[link]
            value = link.forward(value.to(first.dtype), *others, **more)
        return in_float32(self._links[1:], value) if self._precise else value
