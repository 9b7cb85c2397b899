"""Many clients at once: each gets its own right run, in turn; who only looks is answered meanwhile."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

from gradio_client import Client

from teacache.models.catalog import CARDS, Card
from teacache.runs.request import Request
from teacache.runs.store import Store
from tests.soak.looks import looking, within
from tests.soak.server import PATIENCE, PROMPT, STEPS, Held, Server, server

CLIENTS = 50
SEEDS = 5  # each asked by several clients
THRESHOLD = 0.3
QUICK = 0.2  # seconds


@dataclass(frozen=True)
class Answer:
    """What a client got, and when; seconds of one steady clock, but for `kept`."""

    seed: int
    run: str
    files: tuple[str, str]  # of its two videos
    asked: float  # its request was sent
    joined: float  # ... and answered: it has a place
    kept: int  # its run was put into the store, nanoseconds


class Timed(Client):
    """Gradio's own client, which notes when it asked."""

    asked = joined = 0.0

    def send_data(self, *given: Any, **named: Any) -> Any:
        self.asked = time.monotonic()
        event = super().send_data(*given, **named)
        self.joined = time.monotonic()
        return event


def checks(folder: Path, share: float) -> Iterator[Held]:
    """What a crowd of clients finds."""
    clients = max(4, round(CLIENTS * share))
    wanted = {seed: _direct(folder, seed) for seed in range(min(SEEDS, clients))}
    with server(folder / "runs") as held:
        ask(held, 0)  # the model is loaded
        with looking(held.address) as looked, ThreadPoolExecutor(clients) as pool:
            answers, lost = answered(pool.submit(ask, held, n % len(wanted)) for n in range(clients))
    right = sum(answer.files == wanted[answer.seed] for answer in answers)
    told = "; ".join([str(right), *lost])
    yield Held("clients at once with their own right video", str(clients), told, right == clients)
    ids = {answer.run for answer in answers}
    yield Held("runs that are one's own", str(clients), str(len(ids)), len(ids) == clients)
    early, known = out_of_turn(answers)
    yield Held("clients served before one that came earlier", "0", f"{early} of {known} pairs", not early)
    yield from looks_held(looked, "while the model works")


def out_of_turn(answers: Sequence[Answer]) -> tuple[int, int]:
    """Of all pairs of which one had its place before the other asked: those made the other way, and all."""
    pairs = [(one, other) for one, other in permutations(answers, 2) if one.joined < other.asked]
    return sum(one.kept > other.kept for one, other in pairs), len(pairs)


def looks_held(looked: Mapping[str, Sequence[float]], when: str) -> Iterator[Held]:
    """How long each kind of look took."""
    for kind, seconds in looked.items():
        middle, slowest = within(0.5, seconds), within(0.95, seconds)
        told = f"{1000 * middle:.0f} ms median, {1000 * slowest:.0f} ms at 95 %, {len(seconds)} looks"
        yield Held(f"looking {when}: {kind}", "200 ms at 95 %", told, slowest < QUICK)


def ask(held: Server, seed: int, model: str = "shapes", *, steps: int = STEPS) -> Answer:
    """A small run by a client of its own."""
    client = Timed(held.address, verbose=False, httpx_kwargs={"timeout": PATIENCE})
    asked = {"threshold": THRESHOLD, "model": model, "seed": seed, "steps": steps, "guidance_scale": 0}
    state, *_ = client.predict(prompt=PROMPT, **asked, api_name="/compare")
    place = held.runs / state["run"]
    kept = place.stat().st_ctime_ns
    return Answer(seed, state["run"], files_of(place), client.asked, client.joined, kept)


def answered(asked: Iterable[Future[Answer]]) -> tuple[list[Answer], list[str]]:
    """What those got who were answered, and what happened to the others. Waits for all."""
    answers, lost = [], []
    for one in list(asked):
        trouble = one.exception()
        if trouble is None:
            answers.append(one.result())
        else:
            lost.append(f"lost: {trouble!r}"[:300])
    return answers, lost


def files_of(folder: Path) -> tuple[str, str]:
    """The two videos in a word each."""
    places = (folder / f"{name}.mp4" for name in ("uncached", "cached"))
    return tuple(hashlib.sha256(place.read_bytes()).hexdigest() for place in places)


def _direct(folder: Path, seed: int) -> tuple[str, str]:
    return direct(_pipe(), CARDS["shapes"], folder, seed)


def direct(pipe: Any, card: Card, folder: Path, seed: int) -> tuple[str, str]:
    """The same of a run by the library, without any server."""
    from teacache.runs.compare import compare  # only now: the other checks need no torch here

    asked = Request(prompt=PROMPT, seed=seed, steps=STEPS, settings=card.settings(THRESHOLD))
    *_, last = compare(pipe, asked)
    return files_of(Store(folder / "direct").save(last.comparison).folder)


@cache
def _pipe() -> Any:
    from teacache.models.loading import load

    return load("shapes")
