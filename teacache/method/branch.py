"""What one stream of calls remembers between them. Knows tensors and the gate; nothing of modules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from teacache.method.ahead import ahead, share
from teacache.method.distance import Means, Trail, alike
from teacache.method.gate import Gate
from teacache.method.keeping import Kept, Shelf
from teacache.method.ranks import Total


@dataclass
class Branch:
    """What one stream of calls remembers between them."""

    gate: Gate
    shelf: Shelf
    means: Means  # of the indicator's distances
    trails: dict[str, Trail] = field(default_factory=dict)  # by what is measured
    output_computed: bool = False  # the last output came from the blocks
    step: int = 0  # of the last call, see Tick
    position: int | None = None
    # what computed calls left, per stream: output of the blocks minus input; and the output, where that is
    # what is reused
    residual: dict[str, Kept] = field(default_factory=dict)
    before: dict[str, Kept] = field(default_factory=dict)  # the same of the computed call before
    latents: torch.Size | None = None  # of the call whose output is kept
    computed: tuple[int, ...] = ()  # steps of the last two computed calls, newest first

    def advance(self, measured: str, new: torch.Tensor, total: Total | None) -> torch.Tensor | None:
        """The relative L1 distance of this quantity to the call before; see Trail."""
        if measured not in self.trails:
            means = self.means if measured == "indicator" else "float32"
            self.trails[measured] = Trail(Kept(self.shelf), means=means)
        return self.trails[measured].advance(new, total)

    def keep(self, stream: str, residual: torch.Tensor, order: int = 0) -> None:
        """Keep what the blocks added, for the calls that are reused; at order 1 the one before stays too."""
        if order:
            last, room = self.residual.get(stream), self.before.pop(stream, None)
            if last is not None and alike(last, residual):
                self.before[stream], self.residual[stream] = last, room or Kept(self.shelf)
        self.residual.setdefault(stream, Kept(self.shelf)).put(residual)

    def carried(self, stream: str, step: int) -> torch.Tensor:
        """What was kept, as it is added at `step`."""
        before = self.before.get(stream)
        old = None if before is None else before.get()
        return ahead(self.residual[stream].get(), old, share(step, self.computed, self.gate.settings.reach))

    def held(self) -> Iterator[torch.Tensor]:
        """Every tensor that lies here between two calls."""
        for kept in (
            *self.residual.values(),
            *self.before.values(),
            *(trail.last for trail in self.trails.values()),
        ):
            if kept.held is not None:
                yield kept.held
