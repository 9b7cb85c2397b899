"""What stands around the modules of an unmodified transformer and asks a Session what to do.

Block 0 runs its own norm and modulation; a tap on its first attention (or another indicator source) asks for
the decision. On a reused call every block returns at once and a tap on the first module after the blocks
re-adds the residual. So no forward is copied: only names are needed. Knows diffusers' hooks; nothing of the
rule behind the decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import torch
from diffusers.hooks import ModelHook
from diffusers.hooks.hooks import StateManager
from torch import nn

from teacache.errors import UnsupportedModelError
from teacache.method.architecture import Architecture, Indicator, Stream
from teacache.method.company import others_around, refuse_another_cache, refuse_if_not_alone
from teacache.method.eager import eager, eager_frame
from teacache.method.placing import Places
from teacache.method.precise import in_float32
from teacache.method.ranks import total_over
from teacache.method.session import Call, Session
from teacache.method.values import Arguments, hollow, output_of, stacked, with_output

_NUMBERED = re.compile(r"(.+)\[(\d+)\]")  # a part, and which of the values that it returns
# What transformers call their latents and the timestep: HiDream says `timesteps`, Z-Image `x` and `t`.
LATENTS, _TIMESTEP = ("hidden_states", "x"), ("timestep", "timesteps", "t")


class _Reuse(Exception):
    """Leaves block 0 from inside once the decision is to reuse; caught by block 0's own hook."""


class _Context(StateManager):
    """Hears the name of the branch from `cache_context` (a string before diffusers 0.41, an object since)."""

    def __init__(self) -> None:
        super().__init__(dict)
        self.name: str | None = None

    def set_context(self, context: Any) -> None:
        self.name = getattr(context, "name", context)

    def reset(self, *args: Any, **kwargs: Any) -> None:
        self.name = None


class RootHook(ModelHook):
    """Around the whole transformer: opens and closes the call."""

    _is_stateful = True  # so that cache_context and the pipeline's end-of-run reset reach this hook

    def __init__(self, session: Session, module: nn.Module, *, probe: bool):
        super().__init__()
        self.session, self.probe = session, probe
        self.context = _Context()
        self.places: Places | None = None  # of the hooks inside
        self.first_block: nn.Module | None = None
        self.arguments = Arguments(module)

    @eager_frame  # runs eagerly; the forward inside keeps its own compiled frame
    def new_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        session, forward = self.session, self.fn_ref.original_forward
        try:
            call = self._open(module, args, kwargs)
            result = self._answered(call, forward(*args, **kwargs))
            session.call = None  # with no call open all hooks let pass, so a probe is the plain forward
            probing = self.probe and call.reused
            truth = forward(*args, **kwargs) if probing else result
            self._close(call, truth, exact=probing or not call.reused)
            return result
        except BaseException:
            session.clock.end_run()  # what a broken call leaves behind must not meet the next one
            raise
        finally:
            session.call = None

    @eager
    def _open(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        refuse_if_not_alone(module)
        if self.places is not None:
            self.places.check()
        call = self._begin(module, args, kwargs)
        if call.tick.step == 0:
            refuse_another_cache(module)
        return call

    def _begin(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        latents, timestep = (self.arguments.first(names, args, kwargs) for names in (LATENTS, _TIMESTEP))
        self.session.over_ranks = total_over(module)
        text = self.arguments.get("encoder_hidden_states", args, kwargs)
        return self.session.open(stacked(latents), timestep, self.context.name, text)

    @eager
    def _answered(self, call: Call, result: Any) -> Any:
        """The result, with the output that is reused in its place where that is the setting."""
        reused = self.session.answer(call, stacked(output_of(result)))
        return result if reused is None else with_output(result, reused)

    @eager
    def _close(self, call: Call, result: Any, *, exact: bool) -> None:
        if call.decision is None and self.first_block is not None and others_around(self.first_block):
            self.session.go_without(call)  # one that skips layers left the first block out
        self.session.close(call, stacked(output_of(result)), exact=exact)

    def reset_state(self, module: nn.Module) -> nn.Module:
        self.context.reset()
        self.session.clock.end_run()
        return module


class BlockHook(ModelHook):
    """Around a block: lets it run, or answers in its place on a reused call."""

    def __init__(self, session: Session, block: nn.Module, returns: tuple[Stream, ...]):
        super().__init__()
        self.session, self.returns = session, returns
        self.arguments = Arguments(block)

    @eager_frame
    def new_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        call = self.session.call
        if call is not None and call.reused:
            return self.stand_in(args, kwargs)
        return self.fn_ref.original_forward(*args, **kwargs)

    @eager
    def stand_in(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Tensors of the right shape that occupy one number each.

        The exit tap replaces whatever arrives there, so the values between the blocks do not matter on a
        reused call; one number expanded to the shape makes the permutes and reshapes between blocks free.
        """
        if len(self.returns) == 1:
            return hollow(self.arguments.get(self.returns[0], args, kwargs))
        return tuple(hollow(self.arguments.get(name, args, kwargs)) for name in self.returns)


class Source:
    """Where a tensor is read: see Architecture."""

    def __init__(self, source: Indicator):
        self.source = source
        self.kind, _, self.name = source.partition(":") if isinstance(source, str) else ("", "", "")

    def listen(self, module: nn.Module, session: Session) -> list[Any]:
        """The torch handles that this source needs on the transformer."""
        names = self.source if isinstance(self.source, tuple) else (self.name,) * (self.kind == "output")
        if not names:
            return []
        numbered = _NUMBERED.fullmatch(names[0])
        path, place = (numbered[1], int(numbered[2])) if numbered else (names[0], 0)
        first, *others = [part(module, name) for name in (path, *names[1:])]

        def hear(key: Any, value: torch.Tensor) -> None:
            """Once a call: HunyuanVideo embeds the timestep 0 of a given image behind the one of the step."""
            session.under_way().heard.setdefault(key, value)

        @eager
        def begin(_: nn.Module, args: tuple[Any, ...], output: Any) -> None:
            if session.call is not None:
                hear(names[0], cast(Any, output)[place] if isinstance(output, tuple) else output)

        @eager
        def finish(_: nn.Module, args: tuple[Any, ...], output: Any) -> None:  # here the weights are at hand
            if session.call is not None:
                hear(self.source, in_float32(others, session.call.heard[names[0]]))

        last = others[-1] if others else first
        return [first.register_forward_hook(begin), last.register_forward_hook(finish)]

    def read(self, call: Call, block: nn.Module, argument: Callable[[str], Any]) -> torch.Tensor | None:
        """The tensor, at the call of the first block; None if not heard, or yet to come ("input:")."""
        if not isinstance(self.source, str | tuple):
            return self.source(block, argument)
        if self.kind == "argument":
            return argument(self.name)
        return call.heard.get(self.source)


class FirstBlockHook(BlockHook):
    """Around block 0: measures what enters, and catches the decision to reuse."""

    def __init__(self, session: Session, block: nn.Module, returns: tuple[Stream, ...], parts: Architecture):
        super().__init__(session, block, returns)
        self.entries = {
            name: Source(parts.entries.get(name, f"argument:{name}")) for name in parts.exits.values()
        }
        self.indicator = Source(parts.indicator)
        self.embedding = Source(parts.embedding) if parts.embedding else None

    @eager  # recursive: inside a compiled block 0 the tap on its attention would be ignored
    def new_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        session = self.session
        if session.call is None:
            return self.fn_ref.original_forward(*args, **kwargs)

        def argument(name: str) -> Any:
            return self.arguments.get(name, args, kwargs)

        call = session.call
        entry: dict[str, Any] = {
            name: source.read(call, module, argument) for name, source in self.entries.items()
        }
        session.enter(entry, self.embedding.read(call, module, argument) if self.embedding else None)
        indicator = self.indicator.read(call, module, argument)
        if indicator is not None and session.decide(indicator):
            return self.stand_in(args, kwargs)
        try:
            return self.fn_ref.original_forward(*args, **kwargs)
        except _Reuse:
            return self.stand_in(args, kwargs)


def decider(session: Session) -> Callable[..., None]:
    """The tap on the module whose input is the indicator: leaves block 0 if the call is reused."""

    @eager
    def tap(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        call = session.call
        if call is None or call.decision is not None:
            return
        if session.decide(kwargs["hidden_states"] if "hidden_states" in kwargs else args[0]):
            raise _Reuse

    return tap


def exit_tap(module: nn.Module, stream: Stream, session: Session, *, text_first: bool = False) -> Any:
    """Tap the first module after the blocks: store the residual, or hand on what it makes of the entry."""

    @eager
    def tap(
        _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        if session.call is None:
            return None
        key = next((k for k in ("hidden_states", "x", "input") if k in kwargs), None)
        value = kwargs[key] if key else args[0]
        entry = session.call.entry.get(stream)
        text = value.shape[1] - entry.shape[1] if text_first and entry is not None else 0
        new = session.leave(stream, value[:, text:])
        if new is None:
            return None
        if text:
            new = torch.cat([value[:, :text], new], dim=1)
        return (args, {**kwargs, key: new}) if key else ((new, *args[1:]), kwargs)

    return module.register_forward_pre_hook(tap, with_kwargs=True)


def part(module: nn.Module, path: str) -> nn.Module:
    """The submodule of that name. Raises UnsupportedModelError if there is none."""
    try:
        return module.get_submodule(path)
    except AttributeError as error:
        raise UnsupportedModelError(
            "{kind} has no part named {path!r}: correct the names in `architecture`.",
            kind=type(module).__name__,
            path=path,
        ) from error
