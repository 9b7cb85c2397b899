"""Two models: every client gets the right run of his own, in turn from one server, at once from two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from teacache.models.catalog import CARDS, folder_card
from tests.soak.crowd import ask, direct
from tests.soak.server import Held, Server, server

CLIENTS = 8
SEED = 1


def checks(folder: Path, share: float) -> Iterator[Held]:
    """What clients of two models get from one server, which keeps one of them at a time."""
    from teacache.models.loading import load  # only now: the other checks need no torch here
    from tests.runs import tiny

    place = tiny.save(folder / "tiny")
    cards = {"shapes": CARDS["shapes"], "tiny": folder_card(place)}
    sources = {"shapes": "shapes", "tiny": str(place)}
    right = {name: direct(load(sources[name]), card, folder / name, SEED) for name, card in cards.items()}
    count = max(4, round(CLIENTS * share))
    names = [list(cards)[number % 2] for number in range(count)]
    with server(folder / "runs", "--model-folder", str(place)) as held:
        yield _asked("clients of two models in turn", names, dict.fromkeys(cards, held), right)
    with (
        server(folder / "first", "--models", "shapes") as shapes,
        server(folder / "second", "--model-folder", str(place)) as other,
    ):
        yield _asked("clients of two models at once", names, {"shapes": shapes, "tiny": other}, right)


def _asked(told: str, names: Sequence[str], servers: Mapping[str, Server], right: Mapping[str, Any]) -> Held:
    """Whether clients that ask all at once for these models get the right video each."""
    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(lambda name: ask(servers[name], SEED, name), names))
    found = sum(answer.files == right[name] for name, answer in zip(names, answers, strict=True))
    return Held(f"{told}, right videos", str(len(names)), str(found), found == len(names))
