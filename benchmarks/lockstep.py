"""Runs of one model that advance step by step in turn: a slow second counts for every kind alike.

Whole runs that take turns are seconds apart, and a shared machine's speed changes by a third within seconds;
between two steps it hardly does. All runs are in one thread, each in a greenlet of its own. Knows pipelines
and TeaCache; nothing of tables.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from itertools import chain
from typing import Any

import torch
from greenlet import getcurrent, greenlet

from benchmarks.rounds import Kinds, Rounds
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from teacache.method.trace import Trace

Prepare = Callable[[Any], Callable[[], None]]  # takes a pipeline, encodes, returns its run up to the latents


class Runner:
    """A pipeline of its own, with the weights of another, whose run pauses after every scheduler step."""

    def __init__(self, pipe: Any, prepare: Prepare, settings: Settings | None):
        self.pipe, self.settings = twin(pipe), settings
        self.call = prepare(self.pipe)
        self.seconds, self.trace = 0.0, None
        step = self.pipe.scheduler.step
        self.pipe.scheduler.step = lambda *args, **kwargs: _then_pause(step(*args, **kwargs))
        self._steps = greenlet(self._run)

    def _run(self) -> None:
        if self.settings is None:
            self.call()
            return
        with TeaCache(self.pipe, settings=self.settings) as cache:
            self.call()
        self.trace = cache.trace

    def advance(self) -> bool:
        """Go on to the end of the next step, timed; False when the run is over."""
        start = time.perf_counter()
        self._steps.switch()
        self.seconds += time.perf_counter() - start
        return not self._steps.dead


def _then_pause(result: Any) -> Any:
    getcurrent().parent.switch()
    return result


def twin(pipe: Any) -> Any:
    """Another pipeline with the same weights: what is attached to one does not touch the other."""
    weights = chain(pipe.transformer.parameters(), pipe.transformer.buffers())
    transformer = copy.deepcopy(pipe.transformer, {id(tensor): tensor for tensor in weights})
    parts = pipe.components | {"transformer": transformer, "scheduler": copy.deepcopy(pipe.scheduler)}
    other = type(pipe)(**parts)
    other.teacache_card = getattr(pipe, "teacache_card", None)
    other.set_progress_bar_config(disable=True)
    return other


def interleave(rounds: Rounds, prepare: Prepare, kinds: Kinds, repeats: int) -> None:
    """Add `repeats` runs of every kind to `rounds`, after one of each that only warms up."""
    together(rounds.pipe, prepare, kinds)
    for _ in range(repeats):
        for name, (seconds, trace) in together(rounds.pipe, prepare, kinds).items():
            rounds.add(name, seconds, trace)


@torch.no_grad()  # around all runs: one that ends must not switch gradients on under another
def together(pipe: Any, prepare: Prepare, kinds: Kinds) -> dict[str, tuple[float, Trace | None]]:
    """One run of every kind, all in step: seconds of its own steps, and its trace if TeaCache was attached.

    At every step another kind begins, so that none always follows the same one.
    """
    runners = {name: Runner(pipe, prepare, settings) for name, settings in kinds.items()}
    going = list(runners.values())
    while going:
        going = [runner for runner in going if runner.advance()]
        going = going[1:] + going[:1]
    return {name: (runner.seconds, runner.trace) for name, runner in runners.items()}
