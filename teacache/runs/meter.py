"""What a call really computed, in FLOPs, whoever skipped the rest: one measure for all caches.

How: one uncached step is made once per pipeline and shape under torch's FlopCounterMode, which knows the
FLOPs of matrix products, convolutions and attention (a multiply-add is two; everything else counts nothing).
What it adds between the entry of one leaf module (a Linear, a Conv) and that of the next belongs to the
former, so that the attention product belongs to the projection before it. In a run, hooks on those leaves
add up what each that was entered costs, by the elements that it was given: half a batch is half the FLOPs.
A run of its own pays for the count; a metered run pays some microseconds a leaf. Knows pipelines; no cache.
"""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from teacache.method.settings import Settings
from teacache.method.trace import StepRecord
from teacache.method.wrappers import unwrapped
from teacache.runs.calling import Another, call, experts_of
from teacache.runs.comparison import Work
from teacache.runs.request import Checked
from teacache.runs.warm import shapes_of

PARTS = ("transformer", "transformer_2")
STEPS = 4  # at most, until both experts of a pipeline have made a call
OFF = Settings(threshold=0)

Branch = tuple[str, str]  # transformer, branch
_Hook = Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], None]  # before a forward, with its arguments


@dataclass(frozen=True, eq=False)
class Prices:
    """FLOPs of a pipeline's parts at one shape."""

    leaves: dict[nn.Module, dict[str, float]]  # by branch, per element of the leaf's input
    full: dict[Branch, float]  # of an uncached call


_known: weakref.WeakKeyDictionary[nn.Module, dict[Hashable, Prices]] = weakref.WeakKeyDictionary()


def prices(
    pipe: Any,
    request: Checked,
    embeddings: dict[str, Any],
    *,
    check: Callable[[], None] = lambda: None,
) -> Prices:
    """What the parts of `pipe` cost in runs of this checked request; counted once, by an uncached step.

    `check` is called before each call; what it raises, or the pipeline, is passed on.
    """
    kind = (request.size, request.guidance_scale > 1, *_processors(pipe), *shapes_of(embeddings))
    counts = _known.setdefault(pipe.transformer, {})
    if kind not in counts:
        counts[kind] = _count(pipe, request, embeddings, check)
    return counts[kind]


@dataclass(eq=False)
class Meter:
    """Adds up the FLOPs of the calls of one run."""

    prices: Prices
    _calls: list[tuple[float, float]] = field(default_factory=list)  # FLOPs and share of each that is done
    _branch: str = ""
    _now: float = 0.0

    @contextmanager
    def attached(self) -> Iterator[Meter]:
        """Hooks on every leaf that costs something, taken off afterwards."""
        handles = [
            leaf.register_forward_pre_hook(self._enter(prices), with_kwargs=True)
            for leaf, prices in self.prices.leaves.items()
        ]
        try:
            yield self
        finally:
            for handle in handles:
                handle.remove()

    def begin(self, branch: str) -> None:
        """A call of this branch is about to be made."""
        self._branch, self._now = branch, 0.0

    def share(self, transformer: str, branch: str) -> float:
        """What was done since the call began, of an uncached call; 1 is all of it."""
        return self._now / self._full(transformer, branch)

    def end(self, record: StepRecord) -> float:
        """The call is done; its share."""
        share = self.share(record.transformer, record.branch)
        self._calls.append((self._now, share))
        return share

    def work(self) -> Work:
        """All calls that are done."""
        flops, shares = zip(*self._calls, strict=True) if self._calls else ((), ())
        return Work(flops=flops, shares=shares)

    def _full(self, transformer: str, branch: str) -> float:
        """Branches that a cache names otherwise cost as much as the others of their transformer."""
        full = self.prices.full
        same = [flops for (name, _), flops in full.items() if name == transformer]
        return full.get((transformer, branch)) or sum(same) / len(same)

    def _enter(self, prices: dict[str, float]) -> _Hook:
        usual = sum(prices.values()) / len(prices)  # of a branch that another cache calls otherwise

        def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._now += prices.get(self._branch, usual) * _elements(args, kwargs)

        return hook


def _count(pipe: Any, request: Checked, embeddings: dict[str, Any], check: Callable[[], None]) -> Prices:
    modules = {name: unwrapped(part) for name in PARTS if (part := getattr(pipe, name, None)) is not None}
    leaves = {leaf for module in modules.values() for leaf in module.modules() if not any(leaf.children())}
    counter = FlopCounterMode(display=False, custom_mapping=_ATTENTION_ON_CPUS)
    ledger = _Ledger(counter)
    watch = _Watch(check, ledger, missing=set(modules))
    handles = [leaf.register_forward_pre_hook(ledger.enter, with_kwargs=True) for leaf in leaves]
    few = replace(request, steps=min(request.steps, STEPS), probe=False)
    try:
        with counter:
            call(
                pipe,
                few,
                embeddings,
                settings=OFF,
                experts=experts_of(pipe, OFF),
                observer=watch,
                after_step=watch.after_step,
                another=_NOBODY,
            )
    except _Enough:
        pass
    finally:
        for handle in handles:
            handle.remove()
        pipe.maybe_free_model_hooks()
    return Prices(leaves=ledger.prices(), full=watch.full)


# Nothing stands around the transformer but who counts: TeaCache's own measuring is no part of a plain call.
_NOBODY = Another(lambda pipe, request: nullcontext(), lambda transformer, branch: 1.0)


class _Ledger:
    """Who is charged: the leaf that was entered last."""

    def __init__(self, counter: FlopCounterMode):
        self._counter = counter
        self.branch = ""
        self._flops: dict[tuple[nn.Module, str], float] = defaultdict(float)
        self._elements: dict[tuple[nn.Module, str], int] = defaultdict(int)
        self._last: tuple[nn.Module, str] | None = None
        self._charged = 0

    def enter(self, leaf: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A leaf is about to run on these."""
        self.charge()
        self._last = leaf, self.branch
        self._elements[self._last] += _elements(args, kwargs)

    def charge(self) -> float:
        """What was counted since the last time goes to the leaf before; returns all that was counted."""
        total = self._counter.get_total_flops()
        if self._last is not None:
            self._flops[self._last] += total - self._charged
        self._charged = total
        return float(total)

    def prices(self) -> dict[nn.Module, dict[str, float]]:
        """Of the leaves that cost something, by the element."""
        flops_each: dict[nn.Module, dict[str, float]] = defaultdict(dict)
        for (leaf, branch), flops in self._flops.items():
            if flops:
                flops_each[leaf][branch] = flops / max(1, self._elements[leaf, branch])
        return dict(flops_each)


class _Enough(Exception):
    """Leaves the pipeline."""


class _Watch:
    """Leaves the pipeline after the step in which the last transformer made its first call."""

    def __init__(self, check: Callable[[], None], ledger: _Ledger, *, missing: set[str]):
        self.check, self.ledger, self.missing = check, ledger, missing
        self.full: dict[Branch, float] = {}
        self.before = 0.0

    def before_call(self, call: int, step: int, branch: str) -> None:
        self.check()
        self.before, self.ledger.branch = self.ledger.charge(), branch

    def after_call(self, record: StepRecord) -> None:
        self.full[record.transformer, record.branch] = self.ledger.charge() - self.before
        self.missing.discard(record.transformer)

    def after_step(self, pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if not self.missing or step + 1 >= len(pipe.scheduler.timesteps):
            raise _Enough
        return {}


def _elements(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """Of the first tensor that a module is given."""
    return next((value.numel() for value in (*args, *kwargs.values()) if torch.is_tensor(value)), 0)


def _processors(pipe: Any) -> Iterator[str]:
    """Another attention processor may compute in another way."""
    for name in PARTS:
        part = getattr(pipe, name, None)
        for inner in () if part is None else part.modules():
            if (processor := getattr(inner, "processor", None)) is not None:
                yield type(processor).__name__


def _attention_flops(
    query: Any, key: Any, value: Any, *args: Any, out_shape: Any = None, **kwargs: Any
) -> int:
    """softmax(Q K^T) V of (B, H, N, d) by (B, H, M, d) and (B, H, M, e): 2 B H N M (d + e)."""
    *batch, queries, width = query
    return 2 * prod(batch) * queries * key[-2] * (width + value[-1])


# torch 2.13 has no formula for the kernel that CPUs run (torch/utils/flop_counter.py, flop_registry).
_ATTENTION_ON_CPUS = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention_flops}
