"""Runs are made in the order in which they came, whoever asked; every one gets its own, and none is lost."""

from __future__ import annotations

import random
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx

from teacache.runs import Request, Store, compare
from tests.runs.running import inside_forward
from tests.ui.door.test_door import COMPARE
from tests.ui.door.test_listeners import SEED, ask, listen, listening, run_of, videos

VISITORS = 8
SLOW = 0.02  # seconds of a call, so that there is time to come back while others are served
LEAVES, LATE = 5, 6  # who goes away and returns, and who listens late, both before their turn


def direct(models, seed: int, folder: Path) -> tuple[bytes, bytes]:
    """The two videos of a run by the library, without any server."""
    prompt, threshold, model, _, steps = COMPARE[:5]
    settings, pipe = models.card(model).settings(threshold), models.get(model)
    asked = Request(prompt=prompt, model=model, seed=seed, steps=steps, settings=settings)
    with closing(compare(pipe, asked, preview_every=0)) as states:
        *_, last = states
    made = Store(folder).save(last.comparison).folder
    return tuple((made / f"{name}.mp4").read_bytes() for name in ("uncached", "cached"))


def made_at(served, run_id: str) -> int:
    """When a run was put into the store."""
    (place,) = served.folder.glob(f"made-*/{run_id}")
    return place.stat().st_ctime_ns


def test_a_crowd_is_served_in_the_order_in_which_it_came_and_each_gets_his_own(served, tiny_models, tmp_path):
    pipe = tiny_models.get(tiny_models.default)
    runs: dict[int, str] = {}
    first, open_to_all = threading.Event(), threading.Event()

    def slowly(call: int) -> None:
        first.set()
        assert open_to_all.wait(60)
        time.sleep(SLOW)

    with httpx.Client(base_url=served(), timeout=60) as client, inside_forward(pipe, slowly):
        events: list[str] = []

        def wait_for(number: int) -> None:
            runs[number] = run_of(listen(client, events[number]))

        def listener(number: int) -> threading.Thread:
            made = threading.Thread(target=wait_for, args=(number,))
            made.start()
            return made

        for number in range(VISITORS):
            asked = [*COMPARE[:SEED], number, *COMPARE[SEED + 1 :]]
            events.append(ask(client, asked, session_hash=f"crowd-{number}"))
            if not number:
                waiting = {0: listener(0)}
                assert first.wait(60)  # the model is at work on the first
        with listening(client, events[LEAVES]):
            time.sleep(0.1)
        others = [number for number in range(1, VISITORS) if number not in (LEAVES, LATE)]
        random.Random(0).shuffle(others)
        waiting |= {number: listener(number) for number in others}
        time.sleep(0.3)  # all of them are heard
        open_to_all.set()
        waiting[2].join()
        waiting |= {number: listener(number) for number in (LATE, LEAVES)}
        for thread in waiting.values():
            thread.join()
    assert sorted(runs, key=lambda number: made_at(served, runs[number])) == list(range(VISITORS))
    for number, run_id in runs.items():
        assert videos(served, run_id) == direct(tiny_models, number, tmp_path / str(number))
