"""TeaCache on a pipeline: attach, run, read the trace.

    with TeaCache(pipe, threshold=0.1) as cache:
        video = pipe("a red ball bouncing on a blue background").frames[0]
    cache.trace.save("run.json")

Knows pipelines by their attributes (transformer, scheduler); nothing of prompts, files or pages.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from torch import nn

from teacache.errors import AttachError, UnsupportedModelError
from teacache.method import attach, origin
from teacache.method.architectures import Architecture, architecture_of
from teacache.method.clock import Clock
from teacache.method.keeping import Shelf, bytes_on, device_of
from teacache.method.planned import Planned
from teacache.method.recorder import Recorder
from teacache.method.session import Observer, Session
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.method.whose import (
    each_once,
    experts_of_a_pipe,
    following,
    of_this_pipe,
    origin_of,
    settings_of_a_pipe,
)
from teacache.method.wrappers import unwrapped

__all__ = ["Observer", "TeaCache"]

_PARTS = ("transformer", "transformer_2")  # the second is the other expert of pipelines that have two


class TeaCache:
    """Caches the transformer of a diffusers pipeline while attached; a context manager.

    `threshold` is delta of the paper (0: nothing is altered, everything is observed, whatever `settings`,
    `experts` and a schedule in them say). `settings` takes every option; without it `pipe.teacache_settings`
    is used if a loader set it, else the polynomial is left out.
    `schedule`, planned or plain, a file or in memory, is followed instead of deciding; it is for runs of as
    many steps as it has.
    Pipelines with two transformers: `experts={"transformer_2": Settings(...)}` gives one its own settings;
    without it and without `settings`, `pipe.teacache_experts` does, with `threshold` if that is given.
    `architecture` names the parts of a transformer class that is not in the table. `probe=True` also runs the
    blocks on reused calls, without using the result, so that every output distance is exact: slower than no
    cache at all, for study only. An `observer` is told of every call; it gets resolved records, which waits
    for the device once more a call. `cache_device="cpu"` keeps what is held between calls (`memory`) in RAM
    instead of where it was made: the same bits, and each record's `moving_seconds` says what it costs.

    A card's polynomial is refused on another model's pipeline, and of a call at a size or a guidance that its
    model was not trained on there is a warning, once.

    Raises SettingsError, UnsupportedModelError; on attaching or running AttachError. State lives in this
    object, never on classes, so pipelines in several threads do not mix; one that a thread is running is
    refused to another.
    """

    def __init__(
        self,
        pipe: Any,
        threshold: float | None = None,
        *,
        settings: Settings | None = None,
        experts: Mapping[str, Settings] | None = None,
        schedule: Planned | Iterable[bool] | str | Path | None = None,
        architecture: Architecture | None = None,
        probe: bool = False,
        observer: Observer | None = None,
        cache_device: str | torch.device | None = None,
    ):
        if schedule is not None:
            settings = following(pipe, threshold, settings, schedule)
        self.settings = settings_of_a_pipe(pipe, threshold, settings)
        self.probe = probe
        self._pipe = pipe
        self._observer = observer
        self._cache_device = device_of(cache_device)
        self._modules = {
            name: unwrapped(part)
            for name, part in ((n, getattr(pipe, n, None)) for n in _PARTS)
            if part is not None
        }
        if not self._modules:
            raise UnsupportedModelError(
                "{kind} has no transformer: TeaCache needs a diffusion transformer.", kind=type(pipe).__name__
            )
        own = experts_of_a_pipe(pipe, threshold, settings, experts)
        self.experts = of_this_pipe(own, self._modules)
        self._modules = each_once(self._modules, self._settings_of)
        self._origin = origin_of(pipe, self._modules.values(), [self.settings, *self.experts.values()])
        self._architectures = {
            name: (architecture or architecture_of(module)).read_as(self._settings_of(name).variant)
            for name, module in self._modules.items()
        }
        self._clock, self._recorder = self._fresh()
        self._sessions: list[Session] = []
        self._detach: list[Callable[[], None]] = []

    @property
    def attached(self) -> bool:
        """Whether the hooks are in place."""
        return bool(self._detach)

    @property
    def memory(self) -> int:
        """Bytes that are held between calls: residuals, and the values that the next call is compared with.

        0 between runs: after the last step of a run, before its latents are decoded, all of it is let go.
        """
        return sum(self.memory_by_device.values())

    @property
    def memory_by_device(self) -> dict[str, int]:
        """`memory` on each device, such as {"cuda:0": 812646400}."""
        return bytes_on(tensor for session in self._sessions for tensor in session.held())

    @property
    def residuals(self) -> tuple[torch.Tensor, ...]:
        """What is kept of the blocks between two calls (..., tokens, channels); to be looked at, not written.

        Where they were made, or on the `cache_device`. None between runs, nor at threshold 0.
        """
        return tuple(tensor for session in self._sessions for tensor in session.residuals())

    @property
    def trace(self) -> Trace:
        """The last clip, as far as it got: what one call of the pipeline ran, all its runs and windows.

        Reads the pending distances back from the device, each once. What only the caller knows (model,
        prompt, seed, size, guidance) is left open: dataclasses.replace fills it in.
        """
        return self._trace(self._recorder.clips)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """Every clip since it was attached, one trace each."""
        return tuple(self._trace(clip) for clip in range(1, self._recorder.clips + 1))

    def _trace(self, clip: int) -> Trace:
        steps = self._clock.steps(clip) if clip else ()
        return Trace(
            pipeline=type(self._pipe).__name__,
            steps=sum(steps),
            run_steps=steps,
            settings=self.settings,
            experts=self.experts,
            environment=_environment(next(iter(self._modules.values()))),
            probe=self.probe,
            latent_free=all(a.latent_free for a in self._architectures.values()),
            records=self._recorder.records(clip) if clip else (),
        )

    def attach(self) -> TeaCache:
        """Put the hooks in place. Raises AttachError if this or another cache is there already."""
        if self.attached:
            raise AttachError(
                "this TeaCache is already attached: call detach() first, or use it as `with TeaCache(...)`."
            )
        self._refuse_if_exchanged()
        self._clock, self._recorder = self._fresh()
        self._clock.listen()
        self._detach.append(self._clock.stop_listening)
        try:
            if self._origin is not None:
                self._detach.append(origin.watch(self._pipe, self._origin))
            for name, module in self._modules.items():
                session = Session(
                    name=name,
                    settings=self._settings_of(name),
                    clock=self._clock,
                    recorder=self._recorder,
                    observer=self._observer,
                    means=self._architectures[name].means,
                    shelf=Shelf(self._cache_device),
                )
                self._sessions.append(session)
                self._detach.append(self._place(module, name, session))
        except BaseException:
            self.detach()
            raise
        return self

    def _place(self, module: nn.Module, name: str, session: Session) -> Callable[[], None]:
        """Put the hooks on one transformer; returns what takes them off."""
        return attach.attach(module, self._architectures[name], session, probe=self.probe)

    def detach(self) -> None:
        """Take everything off; harmless if nothing is attached. The trace stays readable."""
        while self._detach:
            self._detach.pop()()
        while self._sessions:
            self._sessions.pop().forget()

    def __enter__(self) -> TeaCache:
        return self.attach()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.detach()

    def __getstate__(self) -> dict[str, Any]:
        """A copy is attached to nothing, and what the original watched is no run of its own."""
        return vars(self) | {"_detach": [], "_sessions": [], "_clock": None, "_recorder": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._clock, self._recorder = self._fresh()

    def _refuse_if_exchanged(self) -> None:
        for name, module in self._modules.items():
            if unwrapped(getattr(self._pipe, name)) is not module:
                raise AttachError(
                    "pipe.{name} is another module than when this TeaCache was made: make a new one.",
                    name=name,
                )

    def _settings_of(self, name: str) -> Settings:
        return self.experts.get(name, self.settings)

    def _fresh(self) -> tuple[Clock, Recorder]:
        return Clock(self._pipe, lambda: _guided(self._pipe)), Recorder()


def _guided(pipe: Any) -> bool | None:
    """Whether the pipeline's current run uses classifier-free guidance; None where it does not say.

    A scale of 1 or less is none in every pipeline; more may be a distilled model's, which needs no branches.
    """
    answer = getattr(pipe, "do_classifier_free_guidance", None)
    if isinstance(answer, bool):
        return answer
    scale = getattr(pipe, "guidance_scale", None)
    return False if isinstance(scale, (int, float)) and scale <= 1 else None


def _usual_dtype(module: nn.Module) -> torch.dtype:
    """What most of the parameters' elements are held in: some classes keep a few parts in float32."""
    elements: Counter[torch.dtype] = Counter()
    for parameter in module.parameters():
        elements[parameter.dtype] += parameter.numel()
    return elements.most_common(1)[0][0]


def _environment(module: nn.Module) -> dict[str, str]:
    weight = next(module.parameters())
    device = torch.cuda.get_device_name(weight.device) if weight.device.type == "cuda" else platform.machine()
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "diffusers": version("diffusers"),
        "device": str(weight.device),
        "device_name": device,
        "dtype": str(_usual_dtype(module)).removeprefix("torch."),
        "threads": str(torch.get_num_threads()),
    }
