"""A pipeline's denoising loop taken apart, so that a run can go on from any state in any way.

One uncached run of the pipeline is recorded: what each step gives the transformer, how the outputs become
what the scheduler is given. The parts themselves (transformer, scheduler) are then called as the pipeline
calls them. What the recording does not bear out is refused: pictures that are stacked onto the latents,
guidance other than the usual, steps that draw noise, several passes. Knows pipelines; nothing of schedules.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch

from teacache.errors import RequestError
from teacache.method.distance import relative_l1
from teacache.method.listening import listen
from teacache.method.placing import put
from teacache.method.wrappers import unwrapped
from teacache.runs.adapters import adapter_of, checked
from teacache.runs.adapters.previews import floats_to_bytes
from teacache.runs.request import Checked, Request
from teacache.study.guidance import Guidance, guided, near
from teacache.study.puppet import Puppet, Residuals
from teacache.study.rows import joined, parts, repeated
from teacache.study.step import Step

_LATENTS = "hidden_states"


@dataclass(frozen=True)
class State:
    """Where a run stands before a step: its latents (1, ...), and the scheduler as it then is."""

    latents: torch.Tensor
    scheduler: Any


@dataclass(frozen=True, kw_only=True)
class Loop:
    """The loop of one request, ready to be run from any state. Made by `taken_apart`."""

    pipe: Any
    request: Checked
    start: State
    final: torch.Tensor  # latents (1, ...) of the uncached run
    guidance: Guidance
    recorded: list[Step]
    puppet: Puppet
    distances: tuple[float | None, ...]  # relative L1 of the first call's indicator, per step, None at first

    @property
    def steps(self) -> int:
        """How many steps the run has."""
        return len(self.recorded)

    def outputs(self, step: int) -> list[torch.Tensor]:
        """What the transformer gave at `step` of the uncached run, one tensor per call."""
        return self.recorded[step].outputs

    def latents(self, step: int) -> torch.Tensor:
        """The latents (1, ...) before `step` of the uncached run; those after the last step at its end."""
        return self.final if step == self.steps else self.recorded[step].given[2]

    def compute(self, step: int, states: list[State]) -> list[tuple[list[torch.Tensor], list[Residuals]]]:
        """Run the blocks at `step`: per state the outputs and the residuals, one of each per call."""
        return self._each_call(step, states, None)

    def reuse(
        self, step: int, states: list[State], residuals: list[list[Residuals]]
    ) -> list[list[torch.Tensor]]:
        """The outputs at `step` with the residuals of each state in place of the blocks."""
        return [outputs for outputs, _ in self._each_call(step, states, residuals)]

    def advance(self, step: int, state: State, outputs: list[torch.Tensor]) -> State:
        """The state after `step`, from the transformer's outputs there."""
        recorded, scheduler = self.recorded[step], _own(state.scheduler)
        guided_output = guided(outputs, self.guidance, self.request.guidance_scale, state.latents)
        arguments = (guided_output.to(recorded.given[0].dtype), recorded.given[1], state.latents)
        done = scheduler.step(*arguments, **recorded.options, return_dict=False)[0]
        return State(done.to(state.latents.dtype), scheduler)

    def decode(self, latents: torch.Tensor) -> np.ndarray:
        """The clip (F, H, W, 3) uint8 of final latents (1, ...), decoded by the pipeline itself."""

        def last(pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            return {"latents": latents} if step == self.steps - 1 else {}

        with _stubbed(self.pipe.transformer, [out for step in self.recorded for out in step.outputs]):
            output = run(self.pipe, self.request, output_type="np", callback_on_step_end=last)
        output = np.asarray(output)
        return floats_to_bytes(output[0] if output.ndim == 5 else output)

    def _each_call(
        self, step: int, states: list[State], residuals: list[list[Residuals]] | None
    ) -> list[tuple[list[torch.Tensor], list[Residuals]]]:
        by_state: list[tuple[list[torch.Tensor], list[Residuals]]] = [([], []) for _ in states]
        for place, arguments in enumerate(self.recorded[step].calls):
            batch = None if residuals is None else joined([own[place] for own in residuals])
            output, left = self._forward(step, arguments, states, batch)
            each = zip(output.chunk(len(states)), parts(left, len(states)), strict=True)
            for (outputs, leftovers), (mine, residual) in zip(by_state, each, strict=True):
                outputs.append(mine)
                leftovers.append(residual)
        return by_state

    def _forward(
        self, step: int, arguments: dict[str, Any], states: list[State], residuals: Residuals | None
    ) -> tuple[torch.Tensor, Residuals]:
        """One call of the transformer for all states, each with its rows side by side."""
        rows, timestep = len(arguments[_LATENTS]), self.recorded[step].given[1]
        repeated_arguments = {name: repeated(value, rows, len(states)) for name, value in arguments.items()}
        scaled = [_scaled(state.scheduler, state.latents, timestep) for state in states]
        repeated_arguments[_LATENTS] = torch.cat([value for value in scaled for _ in range(rows)]).to(
            arguments[_LATENTS].dtype
        )
        self.puppet.given = residuals
        try:
            result = self.pipe.transformer(**repeated_arguments)
        finally:
            self.puppet.given = None
        return (result if isinstance(result, torch.Tensor) else result[0]), self.puppet.left


def taken_apart(pipe: Any, request: Request, puppet: Puppet, *, keep: int = 0) -> Loop:
    """Run `request` uncached with the puppet's hooks in place, and return its loop. Of the first `keep`
    steps the residuals stay, so that schedules which begin by computing need not compute them again.

    Raises RequestError for a request that cannot be run, and for a pipeline whose loop is not of this kind.
    """
    request = checked(pipe, request)
    if not adapter_of(pipe).callback:
        raise _not_this_kind(pipe)
    steps, scheduler, final = _recorded(pipe, request, puppet, keep)
    if not steps or not all(step.whole for step in steps):
        raise _not_this_kind(pipe)
    first = steps[0].given[2]
    guidance = _guidance_of(steps[0], request.guidance_scale)
    if guidance is None or len(first) != 1:
        raise _not_this_kind(pipe)
    loop = Loop(
        pipe=pipe,
        request=request,
        start=State(first, scheduler),
        final=final,
        guidance=guidance,
        recorded=steps,
        puppet=puppet,
        distances=_distances([step.indicator for step in steps]),
    )
    if not _borne_out(loop):
        raise _not_this_kind(pipe)
    return loop


def _recorded(pipe: Any, request: Checked, puppet: Puppet, keep: int) -> tuple[list[Step], Any, torch.Tensor]:
    """Every step of an uncached run, the scheduler as it stood before the first, and the final latents."""
    steps: list[Step] = [Step()]
    schedulers: list[Any] = []

    def before(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if args or _LATENTS not in kwargs:
            raise _not_this_kind(pipe)
        if not schedulers:
            schedulers.append(_own(pipe.scheduler))
        steps[-1].calls.append(dict(kwargs))

    def after(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        steps[-1].outputs.append(result if isinstance(result, torch.Tensor) else result[0])
        if len(steps) <= keep:
            steps[-1].residuals.append(puppet.left)
        if len(steps[-1].outputs) == 1:
            steps[-1].indicator = puppet.indicator

    def stepped(
        output: torch.Tensor, timestep: Any, latents: torch.Tensor, *args: Any, **options: Any
    ) -> None:
        options.pop("return_dict", None)
        steps[-1].given, steps[-1].options = (output, timestep, latents), options
        steps.append(Step())

    module = unwrapped(pipe.transformer)
    stops = [
        module.register_forward_pre_hook(before, with_kwargs=True).remove,
        module.register_forward_hook(after, with_kwargs=True).remove,
        listen(pipe.scheduler, "step", stepped),
    ]
    try:
        final = run(pipe, request, output_type="latent")
    finally:
        for stop in stops:
            stop()
    return steps[:-1], schedulers[0] if schedulers else None, final


def _distances(indicators: list[torch.Tensor | None]) -> tuple[float | None, ...]:
    pairs = zip(indicators[1:], indicators, strict=False)
    return (
        None,
        *(None if new is None or old is None else float(relative_l1(new, old)) for new, old in pairs),
    )


def run(pipe: Any, request: Checked, **arguments: Any) -> Any:
    """What the pipeline makes of a checked request, from the noise that every run here has."""
    adapter = adapter_of(pipe)
    with adapter.around(pipe, request):
        return pipe(
            **adapter.encode(pipe, request),
            **adapter.arguments(request),
            generator=torch.Generator("cpu").manual_seed(request.seed),
            return_dict=False,
            **arguments,
        )[0]


@contextmanager
def _stubbed(module: torch.nn.Module, outputs: list[torch.Tensor]) -> Iterator[None]:
    """The transformer answers with what it gave before, one output per call, and computes nothing."""
    answers = iter(outputs)

    def answer(*args: Any, **kwargs: Any) -> tuple[torch.Tensor]:
        return (next(answers),)

    take_off = put(module, "forward", answer)
    try:
        yield
    finally:
        take_off()


def _guidance_of(step: Step, scale: float) -> Guidance | None:
    """How the outputs of a step became what the scheduler was given; None if in no way known here."""
    rows, calls = len(step.calls[0][_LATENTS]), len(step.outputs)
    kinds: dict[tuple[int, int], tuple[Guidance, ...]] = {
        (1, 1): ("none",),
        (1, 2): ("batched",),
        (2, 1): ("text_last", "text_first"),
    }
    for kind in kinds.get((calls, rows), ()):
        if near(guided(step.outputs, kind, scale, step.given[2]), step.given[0]):
            return kind
    return None


def _borne_out(loop: Loop) -> bool:
    """Whether the parts, put together here, end where the pipeline did, and are given what it gave."""
    state = loop.start
    for step, recorded in enumerate(loop.recorded):
        scaled = _scaled(state.scheduler, state.latents, recorded.given[1])
        if not all(
            near(rows, scaled.to(rows.dtype).expand_as(rows))
            for call in recorded.calls
            if (rows := call[_LATENTS]).shape[1:] == scaled.shape[1:]
        ) or any(call[_LATENTS].shape[1:] != scaled.shape[1:] for call in recorded.calls):
            return False
        state = loop.advance(step, state, recorded.outputs)
    return near(state.latents, loop.final)


def _scaled(scheduler: Any, latents: torch.Tensor, timestep: Any) -> torch.Tensor:
    scale = getattr(scheduler, "scale_model_input", None)
    return latents if scale is None else scale(latents, timestep)


def _own(scheduler: Any) -> Any:
    """A copy that steps on its own: solvers keep earlier outputs in lists, and never write into tensors."""
    own: object = copy.copy(scheduler)
    for name, value in vars(own).items():
        if isinstance(value, list):
            vars(own)[name] = list(cast(list[Any], value))
    return own


def _not_this_kind(pipe: Any) -> RequestError:
    return RequestError(
        "The steps of a {kind} cannot be taken apart: schedules are searched only where a step is the "
        "transformer, guidance and the scheduler, without noise of its own.",
        kind=type(pipe).__name__,
    )
