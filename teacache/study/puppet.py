"""Runs a transformer's blocks, or puts given residuals in their place: the cache's hooks without its gate.

Whoever searches for a schedule decides himself, on states that he keeps himself. So this stands where a
Session stands: the same hooks, told for each call whether it is reused and of what. Knows one transformer;
nothing of schedules, schedulers or guidance.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import torch
from torch import nn

from teacache.method.architectures import Architecture
from teacache.method.attach import attach
from teacache.method.session import Session
from teacache.method.settings import Settings

Residuals = dict[str, torch.Tensor]  # per stream: output of the blocks minus input


@dataclass
class _Call:
    """One forward of the transformer, while it runs: what the hooks look at."""

    reused: bool
    decision: bool | None = None
    entry: Residuals = field(default_factory=dict)
    heard: dict[Any, torch.Tensor] = field(default_factory=dict)
    tick: Any = field(default_factory=lambda: SimpleNamespace(step=-1))  # no first step: nothing to refuse


@dataclass
class Puppet:
    """What the hooks of one transformer ask, and what answers without a rule of its own."""

    settings: Settings = field(default_factory=lambda: Settings(threshold=1.0, schedule=(True,)))
    clock: Any = field(default_factory=lambda: SimpleNamespace(end_run=lambda: None))
    over_ranks: Any = None
    lookahead: Any = None
    call: _Call | None = None
    given: Residuals | None = None  # of the next call: None computes it
    left: Residuals = field(default_factory=dict)  # of the last computed call
    indicator: torch.Tensor | None = None  # of the last call

    def open(self, latents: torch.Tensor, timestep: Any, context: str | None, text: Any = None) -> _Call:
        """A call begins."""
        self.call = call = _Call(reused=self.given is not None)
        call.heard["latents"] = latents
        self.left = {}
        return call

    def under_way(self) -> _Call:
        """The call that is running. Raises AssertionError where there is none."""
        if self.call is None:
            raise AssertionError("no call is open")
        return self.call

    def enter(self, entry: Residuals, embedding: torch.Tensor | None) -> None:
        """The first block is about to run with these streams."""
        self.under_way().entry = entry

    def decide(self, indicator: torch.Tensor) -> bool:
        """Whether this call is reused."""
        call, self.indicator = self.under_way(), indicator
        call.decision = not call.reused
        return call.reused

    def leave(self, stream: str, value: torch.Tensor) -> torch.Tensor | None:
        """Take what came out of the blocks; the replacement on a reused call, as Session does."""
        entry = self.under_way().entry.get(stream)
        if entry is None:
            return None
        if self.given is not None:
            return (entry + self.given[stream]).to(value)
        self.left[stream] = value.to(entry) - entry
        return None

    def answer(self, call: _Call, output: torch.Tensor) -> None:
        """Nothing takes the output's place."""

    def close(self, call: _Call, output: torch.Tensor, *, exact: bool) -> None:
        """The call is done."""


@contextmanager
def puppet(module: nn.Module, architecture: Architecture) -> Iterator[Puppet]:
    """The hooks in place, for as long as the block runs. Raises AttachError if a cache is there already."""
    held = Puppet()
    detach = attach(module, architecture, cast(Session, held), probe=False)  # it stands in its place
    try:
        yield held
    finally:
        detach()
