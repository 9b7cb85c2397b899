"""Two models asked for in turn: every client gets the right run of his own model."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from teacache.models.catalog import CARDS, folder_card
from tests.soak.crowd import ask, direct
from tests.soak.server import Held, server

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
    names = [list(cards)[number % 2] for number in range(max(4, round(CLIENTS * share)))]
    with (
        server(folder / "runs", "--model-folder", str(place)) as held,
        ThreadPoolExecutor(len(names)) as pool,
    ):
        answers = list(pool.map(lambda name: ask(held, SEED, name), names))
    found = sum(answer.files == right[name] for name, answer in zip(names, answers, strict=True))
    told = f"{found} of {len(names)}"
    yield Held("clients of two models with the right video of theirs", "all", told, found == len(names))
