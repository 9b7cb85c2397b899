"""The life of one call: opened, measured, decided, closed. One Session per transformer.

The hooks only ask it. Knows tensors, the gate, the clock and the recorder; nothing of modules.
A decision waits for the device, unless a Lookahead found its distance at the run's first call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

from teacache.errors import AttachError
from teacache.method.branch import Branch
from teacache.method.clock import Clock, Tick
from teacache.method.distance import Means, alike
from teacache.method.gate import Decision, Gate, Residual
from teacache.method.keeping import Shelf
from teacache.method.lookahead import Foresight, Lookahead
from teacache.method.ranks import Total
from teacache.method.recorder import Measured, Pending, Recorder, Stopwatch
from teacache.method.settings import Settings
from teacache.method.trace import StepRecord

OUTPUT = "output"  # the name that it is kept under, beside those of streams


class Observer(Protocol):
    """Follows a run while it happens."""

    def before_call(self, call: int, step: int, branch: str) -> None:
        """About to run this call; an exception raised here stops the run before it."""

    def after_call(self, record: StepRecord) -> None:
        """This call is done. Its numbers are read back for this: a second host sync on an accelerator."""


@dataclass
class Call:
    """One forward of the transformer, while it runs."""

    tick: Tick
    branch: Branch
    total: Stopwatch
    overhead: Stopwatch
    moving: Stopwatch
    began: Any
    latents: torch.Size
    entry: dict[str, torch.Tensor] = field(default_factory=dict)  # per stream: what entered the first block
    left: set[str] = field(default_factory=set)  # streams that came out at the other end
    heard: dict[Any, torch.Tensor] = field(default_factory=dict)  # what submodules returned, see Source
    decision: Decision | None = None
    measured: Measured = field(default_factory=dict)

    @property
    def reused(self) -> bool:
        return self.decision is not None and not self.decision.computed


@dataclass
class Session:
    """State and rules of one transformer while TeaCache is attached."""

    settings: Settings
    clock: Clock
    recorder: Recorder
    name: str = "transformer"  # the pipeline's attribute that holds it
    observer: Observer | None = None
    shelf: Shelf = field(default_factory=Shelf)  # where tensors lie between two calls
    lookahead: Lookahead | None = None  # where the indicator is made from the timestep alone
    means: Means = "float32"  # of the indicator's distances
    over_ranks: Total | None = None  # adds up over those that run the blocks together, if there are several
    call: Call | None = None  # the one running now
    _run: tuple[int, int] = (0, 0)  # clip, run
    _branches: dict[tuple[int, str], Branch] = field(default_factory=dict)  # by window and name
    _foresight: Foresight | None = None  # of this run

    def under_way(self) -> Call:
        """The call that is running. Raises AssertionError where there is none: hooks ask within one only."""
        if self.call is None:
            raise AssertionError("no call is open")
        return self.call

    def __post_init__(self) -> None:
        self.clock.when_over.append(self.forget)

    def forget(self) -> None:
        """Let go of every tensor: the run is over, or broken."""
        self._branches, self._foresight = {}, None

    def open(self, latents: torch.Tensor, timestep: Any, context: str | None, text: Any = None) -> Call:
        """A call begins: `latents` (B, C, F, H, W) or tokens as the transformer receives them."""
        total, overhead = Stopwatch(latents.device), Stopwatch(latents.device)
        began = overhead.now()
        latents = latents.clone()  # a pipeline may update them in place; they are small beside the tokens
        tick = self.clock.tick(latents, timestep, context, text)
        if (tick.clip, tick.run) != self._run:
            self._run, self._branches, self._foresight = (tick.clip, tick.run), {}, None
        self.recorder.begin(tick.clip)
        if self.observer is not None:
            self.observer.before_call(tick.call, tick.steps_before + tick.step, tick.branch)
            began = overhead.now()  # an observer's time is not the method's
        branch = self._branch(tick)
        moving = self.shelf.watch = Stopwatch(latents.device)
        call = self.call = Call(tick, branch, total, overhead, moving, began, latents.shape)
        call.heard["latents"] = latents
        call.measured["latent"] = branch.advance("latent", latents, self.over_ranks)
        overhead.add(began)
        return call

    def _branch(self, tick: Tick) -> Branch:
        """The stream of calls that this one belongs to; a window that was left behind is forgotten."""
        stream = tick.window, tick.branch
        if stream not in self._branches:
            self._branches = {
                (window, name): branch
                for (window, name), branch in self._branches.items()
                if window == tick.window or branch.step >= tick.step - 1
            }
            self._branches[stream] = Branch(Gate(self.settings), self.shelf, self.means)
        branch = self._branches[stream]
        branch.step = tick.step
        return branch

    def enter(self, entry: dict[str, torch.Tensor], embedding: torch.Tensor | None) -> None:
        """The first block is about to run with these streams and this timestep embedding."""
        call = self.under_way()
        start = call.overhead.now()
        call.entry = entry
        if embedding is not None:
            call.measured["embedding"] = call.branch.advance("embedding", embedding, self.over_ranks)
        call.overhead.add(start)

    def decide(self, indicator: torch.Tensor) -> bool:
        """Whether this call is reused.

        The one place that waits for the device: for a look ahead, once a run, or else wherever the decision
        depends on the distance.
        """
        call = self.under_way()
        start = call.overhead.now()
        distance = call.branch.advance("indicator", indicator, self.over_ranks)
        call.measured["indicator"] = distance
        foreseen = self._foreseen(call, indicator)
        call.decision = call.branch.gate.decide(
            step=call.tick.step,
            steps=call.tick.steps,
            distance=None if distance is None else lambda: float(distance) if foreseen is None else foreseen,
            residual=_residual_state(call),
        )
        call.overhead.add(start)
        return call.reused

    def go_without(self, call: Call) -> None:
        """Its first block was skipped, so there was no indicator: it was computed, and nothing is kept."""
        call.entry, call.left, call.branch.residual, call.branch.before = {}, set(), {}, {}
        call.decision = call.branch.gate.decide(
            step=call.tick.step, steps=call.tick.steps, distance=None, residual="missing"
        )

    def _foreseen(self, call: Call, indicator: torch.Tensor) -> float | None:
        """The distance of this call, if the transformer's first call of the run could tell it."""
        if self.lookahead is None:
            return None
        before, now = call.branch.position, call.tick.position
        call.branch.position = now
        if self._foresight is None:
            self._foresight = self.lookahead.foresee(self.clock.schedule, now, indicator, self.over_ranks)
        return self._foresight.distance(indicator, before=before, now=now)

    def leave(self, stream: str, value: torch.Tensor) -> torch.Tensor | None:
        """Take what came out of the blocks; the replacement on a reused call, else None."""
        call = self.under_way()
        if stream not in call.entry:
            return None  # passed by on the way in; `close` will miss it
        call.left.add(stream)
        entry = call.entry[stream]
        if self.settings.reuse == "output":
            return entry.to(value) if call.reused else None  # `answer` puts the output in its place
        if call.reused:
            return (entry + call.branch.carried(stream, call.tick.step)).to(value)
        start = call.overhead.now()
        if value.shape != entry.shape:
            raise AttachError(
                "{stream} enters the blocks as {entered} but reaches the exit as {left}: a residual"
                " cannot stand for blocks that add or drop tokens, so run this without a cache; in an"
                " architecture of your own, correct `blocks` or `exits`.",
                stream=stream,
                entered=tuple(entry.shape),
                left=tuple(value.shape),
            )
        call.branch.keep(
            stream, value.to(entry) - entry, self.settings.order
        )  # blocks may stand on several devices
        call.overhead.add(start)
        return None

    def answer(self, call: Call, output: torch.Tensor) -> torch.Tensor | None:
        """Where the output is what is reused: keep that of a computed call, or the one to return instead."""
        if self.settings.off or self.settings.reuse != "output":
            return None
        if call.reused:
            return call.branch.carried(OUTPUT, call.tick.step)
        start = call.overhead.now()
        call.branch.keep(OUTPUT, output.clone(), self.settings.order)
        call.branch.latents = call.latents
        call.overhead.add(start)
        return None

    def close(self, call: Call, output: torch.Tensor, *, exact: bool) -> None:
        """The call is done. `exact`: the output came from the blocks (or from a probe of them)."""
        call.total.add(call.began)
        decision = self._decision_of(call)
        start = call.overhead.now()
        branch = call.branch
        received = _received(output, call.latents).clone()
        call.measured["output"] = branch.advance("output", received, self.over_ranks)
        done = Pending(
            tick=call.tick,
            decision=decision,
            settings=self.settings,
            transformer=self.name,
            total=call.total,
            overhead=call.overhead,
            moving=call.moving,
            measured=call.measured,
            output_exact=exact and branch.output_computed,
        )
        branch.output_computed = exact
        self.recorder.add(done)
        if not call.reused:
            branch.computed = (call.tick.step, *branch.computed[:1])
        if call.tick.last:  # the only sign where a pipeline steps copies of its scheduler
            self._branches.pop((call.tick.window, call.tick.branch), None)
        call.total.add(start)
        call.overhead.add(start)
        if self.observer is not None:
            self.observer.after_call(self.recorder.last())

    def residuals(self) -> Iterator[torch.Tensor]:
        """What is kept of the blocks, a tensor for each branch and stream; none where outputs are kept."""
        if self.settings.reuse == "output":
            return
        for branch in self._branches.values():
            yield from (kept.held for kept in branch.residual.values() if kept.held is not None)

    def held(self) -> Iterator[torch.Tensor]:
        """Every tensor that lies here between two calls."""
        for branch in self._branches.values():
            yield from branch.held()

    def _decision_of(self, call: Call) -> Decision:
        """Raises AttachError for a forward that went past the taps: its video would be wrong, silently."""
        if call.decision is None:
            raise AttachError(
                "the indicator was not seen in the forward: correct `indicator` of the architecture; a"
                " transformer that was compiled as a whole and has run has to be compiled block by block."
            )
        if not self.settings.off and call.left != set(call.entry):
            raise AttachError(
                "the end of the blocks was not seen in the forward: correct `exits` of the architecture; a"
                " transformer that was compiled as a whole and has run has to be compiled block by block."
            )
        return call.decision


def _residual_state(call: Call) -> Residual:
    """Whether what is stored can be added to what entered the blocks."""
    stored = call.branch.residual
    if not stored:
        return "missing"
    if OUTPUT in stored:
        return "ready" if call.branch.latents == call.latents else "shape_changed"
    return "ready" if all(alike(r, call.entry[s]) for s, r in stored.items()) else "shape_changed"


def _received(output: torch.Tensor, latents: torch.Size) -> torch.Tensor:
    """The part of the output that pipelines use.

    A transformer that returns twice as many channels as it takes (B, C, ..., H, W) predicts the variance in
    the second half (Latte, DiT); samplers drop it, and where it was never trained it is noise that would
    drown the distance. Of tokens (B, N, C) a rank may take a part and return the whole.
    """
    channels = latents[1]
    return output[:, :channels] if output.dim() > 3 and output.shape[1] == 2 * channels else output
