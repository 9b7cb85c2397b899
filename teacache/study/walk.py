"""Runs many schedules of one request at once: what begins alike is computed once.

A node is where all schedules stand that have decided alike so far. Schedules advance together step by step;
of every group that decides alike one node is advanced, computed ones with the blocks, reused ones by adding
again what the last computed calls left. Exact: each schedule ends where the pipeline would with that schedule
in its settings. Knows a loop and schedules; nothing of how they are chosen.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from teacache.errors import RequestError
from teacache.method.ahead import ahead, share
from teacache.method.architectures import architecture_of
from teacache.method.distance import relative_l1
from teacache.method.gate import Gate
from teacache.method.settings import Reused, Settings
from teacache.method.wrappers import unwrapped
from teacache.platform.waiting import adapting
from teacache.runs.generate import lock_of
from teacache.study.loop import Loop, State
from teacache.study.puppet import Puppet, Residuals, puppet
from teacache.study.schedules import Schedule


@dataclass(frozen=True, kw_only=True)
class Reuse:
    """What is used again on a reused call, and how it is carried forward."""

    kept: Reused = (
        "residual"  # what the blocks added (the authors), or the transformer's output (a longer step)
    )
    order: int = 0  # 0: as it was; 1: on the line through the last two computed calls
    reach: float = 0.5  # how far on that line at most, in gaps between the two

    @property
    def name(self) -> str:
        """Such as "residual" or "residual, order 1"."""
        return self.kept if not self.order else f"{self.kept}, order {self.order}"

    def settings(self, schedule: Schedule) -> Settings:
        """What makes TeaCache on the pipeline do the same."""
        return Settings(threshold=1.0, schedule=schedule, reuse=self.kept, order=self.order, reach=self.reach)


@dataclass(frozen=True)
class Past:
    """What a computed call left: its step, and the residuals and outputs of each of its calls."""

    step: int
    residuals: list[Residuals]
    outputs: list[torch.Tensor]


@dataclass(frozen=True)
class Node:
    """Where all schedules stand that have decided alike so far."""

    step: int
    state: State
    past: tuple[Past, ...] = ()  # newest first, as many as the reuse looks back
    whole: bool = True  # every step so far was computed


@contextmanager
def taking_apart(pipe: Any) -> Iterator[Puppet]:
    """The pipeline held for a study: nobody else runs it, its hooks in place, without gradients."""
    module = unwrapped(pipe.transformer)
    settings = getattr(pipe, "teacache_settings", None)
    parts = architecture_of(module).read_as(settings.variant if settings is not None else "default")
    bar = dict(getattr(pipe, "_progress_bar_config", {}))
    pipe.set_progress_bar_config(**{**bar, "disable": True})
    try:
        with lock_of(pipe), torch.no_grad(), adapting(), puppet(module, parts) as held:
            yield held
    finally:
        pipe.set_progress_bar_config(**bar)


def root(loop: Loop) -> Node:
    """Before the first step."""
    return Node(0, loop.start)


def advanced(loop: Loop, nodes: Sequence[Node], reuse: Reuse, *, computed: bool) -> list[Node]:
    """The nodes (all at one step) one step later, all computed or all reused, in one call each."""
    step, states = nodes[0].step, [node.state for node in nodes]
    if computed:
        answers = _computed(loop, nodes)
        pasts = [
            (Past(step, residuals, outputs), *node.past)[: reuse.order + 1]
            for node, (outputs, residuals) in zip(nodes, answers, strict=True)
        ]
        every = [outputs for outputs, _ in answers]
    else:
        pasts = [node.past for node in nodes]
        if reuse.kept == "output":
            every = [_ahead([past.outputs for past in p], [q.step for q in p], step, reuse) for p in pasts]
        else:
            every = loop.reuse(step, states, [_residuals_ahead(p, step, reuse) for p in pasts])
    return [
        Node(step + 1, loop.advance(step, node.state, outputs), past, whole=node.whole and computed)
        for node, outputs, past in zip(nodes, every, pasts, strict=True)
    ]


def gated(loop: Loop, settings: Settings, reuse: Reuse) -> Generator[None, None, tuple[Schedule, Node]]:
    """The run in which TeaCache's gate decides: its schedule and where it ends; None after every computed
    call. Exact as `walk` is; the indicator is read on a reused call, which is thrown away if it says compute.

    Raises RequestError where a step is several calls: they would decide one by one. Reuses residuals only.
    """
    if len(loop.recorded[0].calls) > 1:
        raise RequestError("TeaCache decides here only where a step is one call of the transformer.")
    gate, before = Gate(settings), loop.recorded[0].indicator
    (node,) = advanced(loop, [root(loop)], reuse, computed=True)
    schedule = [gate.decide(step=0, steps=loop.steps, distance=None).computed]
    yield None
    for step in range(1, loop.steps):
        (reused,) = advanced(loop, [node], reuse, computed=False)
        indicator = loop.puppet.indicator
        if indicator is None or before is None:
            raise AssertionError("a call that ran its blocks has an indicator")
        distance, before = float(relative_l1(indicator, before)), indicator
        schedule.append(gate.decide(step=step, steps=loop.steps, distance=distance).computed)
        if schedule[-1]:
            (node,) = advanced(loop, [node], reuse, computed=True)
            yield None
        else:
            node = reused
    return tuple(schedule), node


def walk(
    loop: Loop, schedules: Sequence[Schedule], reuse: Reuse, *, batch: int = 1, width: int = 64
) -> Iterator[tuple[Schedule, torch.Tensor] | None]:
    """Every schedule with its final latents (1, ...), in sorted order; None after every computed call.

    `batch` states at most go through the transformer together, `width` schedules at most are held at once.
    Closed, it stops there.
    """
    ordered = sorted(set(schedules), reverse=True)
    for begin in range(0, len(ordered), width):
        yield from _together(loop, ordered[begin : begin + width], reuse, batch)


def cost(schedules: Sequence[Schedule], *, width: int = 64) -> int:
    """Steps that `walk` computes for these schedules: the number of different prefixes that end computed."""
    ordered = sorted(set(schedules), reverse=True)
    chunks = [ordered[begin : begin + width] for begin in range(0, len(ordered), width)]
    return sum(
        len({s[: i + 1] for s in chunk for i, computed in enumerate(s) if computed}) for chunk in chunks
    )


def _computed(loop: Loop, nodes: Sequence[Node]) -> list[tuple[list[torch.Tensor], list[Residuals]]]:
    """What the blocks give; at a node that has computed everything the uncached run's own, where kept."""
    step = nodes[0].step
    residuals = loop.recorded[step].residuals
    reusable = [bool(residuals) and node.whole for node in nodes]
    states = [node.state for node, old in zip(nodes, reusable, strict=True) if not old]
    fresh = iter(loop.compute(step, states) if states else [])
    return [(loop.outputs(step), residuals) if old else next(fresh) for old in reusable]


def _together(
    loop: Loop, schedules: list[Schedule], reuse: Reuse, batch: int
) -> Iterator[tuple[Schedule, torch.Tensor] | None]:
    nodes: dict[Schedule, Node] = {(): root(loop)}  # by prefix
    for step in range(loop.steps):
        prefixes = dict.fromkeys(schedule[: step + 1] for schedule in schedules)
        grown: dict[Schedule, Node] = {}
        for computed in (True, False):
            wanted = [prefix for prefix in prefixes if prefix[-1] is computed]
            for begin in range(0, len(wanted), batch):
                some = wanted[begin : begin + batch]
                ahead = advanced(loop, [nodes[p[:-1]] for p in some], reuse, computed=computed)
                grown.update(zip(some, ahead, strict=True))
                if computed:
                    yield None
        nodes = grown
    for schedule in schedules:
        yield schedule, nodes[schedule].state.latents


def _residuals_ahead(pasts: tuple[Past, ...], step: int, reuse: Reuse) -> list[Residuals]:
    """Residuals of every call carried to `step`."""
    calls = [[past.residuals[i] for past in pasts] for i in range(len(pasts[0].residuals))]
    steps = [past.step for past in pasts]
    return [
        {name: _ahead([[own[name]] for own in call], steps, step, reuse)[0] for name in call[0]}
        for call in calls
    ]


def _ahead(values: list[list[torch.Tensor]], steps: list[int], step: int, reuse: Reuse) -> list[torch.Tensor]:
    """Values of the last computed calls (newest first) at `step`."""
    olds = values[1] if len(values) > 1 else [None] * len(values[0])
    on = share(step, tuple(steps), reuse.reach)
    return [ahead(new, old, on) for new, old in zip(values[0], olds, strict=True)]
