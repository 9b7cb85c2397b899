"""The models of this server: loaded in a background thread, so that the page is up before torch is imported.

One model is kept at a time. Says of each whether this machine can run it, whether it is loading, ready (and
where) or failed (and why). A folder comes from the command line alone: no visitor can name a path. Where a
GPU is borrowed for each run (ZeroGPU), models are placed on it before the page is up, and no other follows.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from teacache.errors import ModelLoadError, Phrase, TeaCacheError
from teacache.models.card_json import card_json, obstacle
from teacache.models.catalog import CARDS, Card, folder_card
from teacache.models.memory import Machine
from teacache.models.pace import ZERO
from teacache.platform import heap
from teacache.platform.threads import give_back
from ui.base.options import Options
from ui.models.hardware import Hardware, here
from ui.models.imports import imported

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """What the chip at the top of the page says."""

    state: Literal["idle", "loading", "ready", "failed"]
    device: str = ""
    reason: Phrase = Phrase("")


class Models:
    """Loads a model on request, keeps the last one, and hands it out; the queue sees to one run at a time."""

    def __init__(
        self,
        folder: str | None = None,
        machine: Machine | None = None,
        *,
        offered: Sequence[str] = (),
        first: str | None = None,
    ):
        """`machine`: what the server has (default: it is asked when first needed).

        `offered`: the models beside the folder's (default: all); `first`: the one that is chosen first.
        Raises ModelLoadError for a name that is none.
        """
        self.cards: dict[str, Card] = dict(CARDS)
        self.cards = {name: self.card(name) for name in offered or self.cards}
        if folder:
            card = folder_card(Path(folder).expanduser().resolve())
            self.cards = {card.name: card} | {n: c for n, c in self.cards.items() if n != card.name}
        self.default = self.card(first).name if first else next(iter(self.cards))
        self._machine = machine
        self._placed: tuple[str, ...] = ()  # before the page was up, and for good
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._wanted = self.default
        self._loads: dict[str, Future[Any]] = {}

    @classmethod
    def of(cls, options: Options) -> Models:
        """The models of a server with these settings. Raises ModelLoadError for an unknown name."""
        return cls(options.model_folder, offered=options.models, first=options.default_model)

    @cached_property
    def hardware(self) -> Hardware:
        """What models run on here, asked when first needed."""
        return here(machine=self._machine)

    def place(self, names: Sequence[str] = ()) -> None:
        """Load these models (default: the first) here and now, to stay; then no other can be loaded.

        In the thread that imported `spaces`, and before the page is launched: what is on the GPU by then goes
        with every run. A model that cannot be loaded says so when it is asked for.
        """
        self._placed = tuple(names) or (self.default,)
        for name in self._placed:
            load: Future[Any] = Future()
            try:
                load.set_result(self._load(name))
            except TeaCacheError as error:
                _log.warning("%s", error)
                load.set_exception(error)
            self._loads[name] = load

    def preload(self, name: str | None = None) -> None:
        """Start loading in the background; does nothing if that is under way or done."""
        name = name or self.default
        if self._placed:
            self._wanted = name
            return
        with self._lock:
            self._wanted = name
            load = self._loads.get(name)
            if load is None or (load.done() and load.exception()):
                # Only one is kept: weights of several do not fit into a small machine.
                going = {n: f for n, f in self._loads.items() if not f.done()}
                dropped, self._loads = len(going) < len(self._loads), going
                if dropped:
                    self._thread.submit(_free)  # before the next model asks how much there is
                self._loads[name] = self._thread.submit(self._load, name)

    def get(self, name: str) -> Any:
        """The pipeline, ready; waits for it. Raises ModelLoadError if it cannot be loaded or run here."""
        card = self.card(name)
        if card.name in self._placed:  # and no lock is asked for: this may be a process forked from another
            return self._loads[card.name].result()
        if not self.ready(name):
            why = self.obstacle(name)
            if why:
                raise ModelLoadError("{title} cannot run here. {why}", title=card.title, why=why)
        self.preload(card.name)
        return self._loads[name].result()

    def card(self, name: str) -> Card:
        """The card of that name. Raises ModelLoadError that lists the known ones."""
        if not isinstance(name, str) or name not in self.cards:
            raise ModelLoadError(
                "There is no model {name!r}: choose one of {known}.", name=name, known=", ".join(self.cards)
            )
        return self.cards[name]

    def obstacle(self, name: str) -> Phrase:
        """Why this server cannot run a model, in one sentence; empty if it can."""
        if self._placed and name not in self._placed:
            return Phrase(
                "This Space placed only {placed} on its GPU when it started: its owner can name others in "
                "TEACACHE_MODELS.",
                placed=", ".join(self.cards[placed].title for placed in self._placed),
            )
        return obstacle(self.card(name), self.hardware.machine)

    def listing(self) -> list[dict[str, Any]]:
        """All models as JSON values: each card's facts, `runs_here`, and the `obstacle` if it does not."""
        return [
            card_json(card) | {"runs_here": not why, "obstacle": why}
            for card, why in ((card, self.obstacle(card.name)) for card in self.cards.values())
        ]

    def ready(self, name: str) -> bool:
        """True if `get` would not wait."""
        load = self._loads.get(name)
        return load is not None and load.done()

    def status(self) -> Status:
        """State of the model that was asked for last."""
        load = self._loads.get(self._wanted)
        if load is None:
            return Status("idle")
        if not load.done():
            return Status("loading")
        error = load.exception()
        if error is not None:
            return Status("failed", reason=getattr(error, "phrase", Phrase("")))
        pipe = load.result()
        device = ZERO if self.hardware.kind == "zero" else _device(pipe)
        reasons = filter(None, (self.hardware.reason, getattr(pipe, "teacache_reason", "")))
        return Status("ready", device=device, reason=Phrase.joined(reasons))

    def _load(self, name: str) -> Any:
        try:
            card = self.cards[name]
            load = imported("teacache.models.loading").load  # seconds, and not on the main thread
            borrowed = {"device": "cuda", "offload": "none"} if self._placed else {}
            return load(card.source if Path(card.source).is_absolute() else name, **borrowed)
        except TeaCacheError:
            raise
        except Exception as error:
            _log.exception("loading %s failed", name)
            raise ModelLoadError(
                "{name} could not be loaded: {kind}; the server's log has the details.",
                name=name,
                kind=type(error).__name__,
            ) from error
        finally:
            give_back()  # this thread lives on, and its idle pool would take the runs' cores from them


def _free() -> None:
    """Let the system have the memory of a model that nobody holds any more."""
    gc.collect()
    heap.trim()


def _device(pipe: Any) -> str:
    # Where it computes: offloaded weights may lie elsewhere.
    kind = str(getattr(pipe, "_execution_device", None) or getattr(pipe, "device", "cpu"))
    return "CPU" if kind.startswith("cpu") else kind.removesuffix(":0").replace("cuda", "GPU")
