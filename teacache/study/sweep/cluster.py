"""A sweep on an existing Ray cluster: one worker a GPU, or a share of the CPUs, with the model loaded once.

Ray places the workers, starts lost ones again where there is room, and carries requests and results; what is
kept here is which unit each worker has, so that a lost worker's unfinished rows go back to the queue. Knows
Ray; knows no folder. Needs requirements-cluster.txt.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from teacache.errors import RequestError, TeaCacheError, first_line
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import ROOT, Card
from teacache.study.collection import Reference
from teacache.study.sweep.hands import Find, InProcess
from teacache.study.sweep.plan import Level, Unit
from teacache.study.sweep.work import Done

NO_RAY = "A sweep on a cluster needs Ray: `pip install -r requirements-cluster.txt`."
PATIENCE = 600.0  # seconds without a sign of any worker, after which none is waited for
KNOCK = 10.0  # seconds that a cluster's head may take to answer at all
PAUSE = 1.0  # seconds before a worker that does not answer is asked again
# What of the checkout travels to the workers: all but what is of this machine or large.
EXCLUDED = (
    "/.git", "/.venv", "/.cache", "/runs", "/sweeps", "/artifacts", "/tests", "/assets/runs", "/assets/sweeps"
)  # fmt: skip


class Worker:
    """What an actor does: holds a pipeline, works on units."""

    def __init__(self, model: str, options: dict[str, Any], flow_shift: float | None, threads: int | None):
        import torch

        from teacache.models import load
        from teacache.study.collect import shift_scheduler

        if threads is not None:
            torch.set_num_threads(threads)
        pipe = load(model, **options)
        if flow_shift is not None:
            shift_scheduler(pipe, flow_shift)
        self.hands = InProcess(pipe)

    def card(self) -> Card:
        """The model's; asked for to hear that the worker is there."""
        return self.hands.card

    def methods(self, steps: int) -> tuple[str, ...]:
        """As Hands.methods."""
        return self.hands.methods(steps)

    def levels(self, *arguments: Any) -> tuple[Level, ...]:
        """As Hands.levels."""
        return self.hands.levels(*arguments)

    def work(self, unit: Unit, own: Settings, reference: Reference | None) -> Iterator[Done]:
        """The runs of one unit, each as soon as it is there."""
        yield from self.hands.work([unit], own, lambda _: reference)


class OnCluster:
    """The workers of a Ray cluster. Use it within `with`: leaving it ends the workers, never the cluster."""

    def __init__(
        self,
        address: str,
        model: str,
        *,
        options: dict[str, Any] | None = None,
        flow_shift: float | None = None,
        cpus: int = 1,
        ship: bool = True,
    ):
        """`options` are load's; `cpus` are a worker's share where there is no GPU.

        `ship`: send this checkout to the workers; without it each node has one at the same path. Raises
        RequestError without Ray, a cluster, or room for one worker.
        """
        self.ray = _ray()
        _connect(self.ray, address, ship)
        gpus, cores = (self.ray.cluster_resources().get(kind, 0) for kind in ("GPU", "CPU"))
        count = int(gpus) if gpus >= 1 else int(cores // cpus)
        if count < 1:
            raise RequestError(f"The cluster at {address} has no room for a worker of {cpus} CPUs.")
        share = {"num_gpus": 1} if gpus >= 1 else {"num_cpus": cpus}
        actor = self.ray.remote(Worker).options(max_restarts=-1, max_task_retries=0, **share)
        threads = None if gpus >= 1 else cpus
        self._workers = [actor.remote(model, options or {}, flow_shift, threads) for _ in range(count)]
        self.card: Card = self._told("card")

    def __enter__(self) -> OnCluster:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            self.ray.kill(worker)
        self.ray.shutdown()

    @property
    def count(self) -> int:
        """How many workers there are, started or not."""
        return len(self._workers)

    def methods(self, steps: int) -> tuple[str, ...]:
        """The names of the methods that run on this model with so many steps, as a worker tells."""
        return self._told("methods", steps)

    def levels(
        self, names: Sequence[str], budgets: Sequence[int], steps: int, traces: Sequence[Trace], own: Settings
    ) -> tuple[Level, ...]:
        """As `plan.levels_for_budgets`, worked out by a worker."""
        return self._told("levels", names, budgets, steps, traces, own)

    def work(self, units: Sequence[Unit], own: Settings, find: Find) -> Iterator[Done]:
        """Make all runs of these units on all workers, as they come."""
        yield from _Round(self.ray, self._workers, units, own, find).results()

    def _told(self, name: str, *arguments: Any) -> Any:
        """The answer of whichever worker is there first."""
        ray = self.ray
        calls = [getattr(worker, name).remote(*arguments) for worker in self._workers]
        while calls:
            first, calls = ray.wait(calls, timeout=PATIENCE)
            if not first:
                raise _nobody()
            with suppress(ray.exceptions.RayActorError):
                return _got(ray, first[0])
        raise _nobody()


class _Round:
    """Units on their way: those that wait, those that a worker has, and the workers that are free."""

    def __init__(self, ray: Any, workers: Sequence[Any], units: Sequence[Unit], own: Settings, find: Find):
        self.ray, self.own, self.find = ray, own, find
        self.queue = deque(units)
        self.starting = {worker.card.remote(): worker for worker in workers}
        self.running: dict[Any, tuple[Any, Unit]] = {}  # by the stream of its results
        self.free: list[Any] = []

    def results(self) -> Iterator[Done]:
        """Every run, from whichever worker has one."""
        while self.queue or self.running:
            while self.queue and self.free:
                self._give(self.free.pop())
            if not (self.running or self.starting):
                raise _nobody()
            ready, _ = self.ray.wait(
                [*self.starting, *self.running], timeout=PATIENCE if not self.running else None
            )
            if not ready:
                raise _nobody()
            (first,) = ready
            if first in self.starting:
                self._started(first)
            else:
                yield from self._next(first)

    def _started(self, sign: Any) -> None:
        worker = self.starting.pop(sign)
        try:
            _got(self.ray, sign)
            self.free.append(worker)
        except self.ray.exceptions.ActorUnavailableError:
            time.sleep(PAUSE)  # Ray is finding out what became of it
            self.starting[worker.card.remote()] = worker
        except self.ray.exceptions.RayActorError:
            return  # it will not come back

    def _give(self, worker: Any) -> None:
        """The next unit."""
        unit = self.queue.popleft()
        stream = worker.work.options(num_returns="streaming").remote(unit, self.own, self.find(unit))
        self.running[stream] = worker, unit

    def _next(self, stream: Any) -> Iterator[Done]:
        worker, unit = self.running[stream]
        try:
            done = _got(self.ray, next(stream))
        except StopIteration:
            del self.running[stream]
            self.free.append(worker)  # a lost unit may yet come back to the queue
        except self.ray.exceptions.RayError:  # the worker is lost, or its node, or what it had sent
            del self.running[stream]
            self.queue.appendleft(unit)
            self.starting[worker.card.remote()] = worker
        else:
            left = tuple(level for level in unit.levels if unit.key(level) != done.row.key)
            self.running[stream] = worker, replace(unit, levels=left)
            yield done


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise RequestError(NO_RAY) from error
    return ray


def _connect(ray: Any, address: str, ship: bool) -> None:
    _knock(address)
    environment = {"working_dir": str(ROOT), "excludes": list(EXCLUDED)} if ship else None
    try:
        ray.init(address=address, runtime_env=environment, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
        raise RequestError(f"No Ray cluster can be used at {address}: {first_line(error)}.") from error


def _knock(address: str) -> None:
    """Ray waits minutes for a cluster that is not there: a port that nobody answers is found out at once."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), timeout=KNOCK).close()
        except OSError as error:
            raise RequestError(
                f"No Ray cluster can be used at {address}: {error.strerror or error}."
            ) from error


def _got(ray: Any, ref: Any) -> Any:
    """A result. What the worker's own code raised comes out as it was; a lost worker as Ray's error."""
    try:
        return ray.get(ref)
    except ray.exceptions.RayTaskError as error:
        cause = getattr(error, "cause", None)
        raise (cause if isinstance(cause, TeaCacheError) else RuntimeError(str(error))) from error


def _nobody() -> RequestError:
    return RequestError("No worker of the cluster is left: look at `ray status`, then start the sweep again.")
