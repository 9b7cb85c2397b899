"""A slow client, a slow disk and a clock that jumps: runs come out right, and nobody else waits for them."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest

from teacache.runs import files
from tests.ui.door.test_door import COMPARE, what_if
from tests.ui.door.test_listeners import ask, begun, listen, listening, run_of, videos

QUICK = 1.0  # seconds, on a machine that runs other tests
DAY = 86_400.0


@pytest.fixture
def client(served):
    with httpx.Client(base_url=served(), timeout=60) as made:
        yield made


def test_a_client_that_reads_slowly_holds_nobody_up_and_misses_nothing(client):
    first, second = ask(client, COMPARE), ask(client, COMPARE)
    with listening(client, first) as lines:
        begun(lines)  # and then it reads no further
        assert run_of(listen(client, second))
        assert run_of(list(lines))


def test_a_slow_disk_holds_up_nobody_but_its_own_run(client, served, monkeypatch):
    writing = threading.Event()

    def slow(path, sync=files.sync):
        writing.set()
        time.sleep(0.4)
        sync(path)

    monkeypatch.setattr("teacache.runs.store.sync", slow)
    event, told = ask(client, COMPARE), []
    waiting = threading.Thread(target=lambda: told.extend(listen(client, event)))
    waiting.start()
    assert writing.wait(60)
    with httpx.Client(base_url=served(), timeout=60) as looker:
        before = time.monotonic()
        assert what_if(looker).status_code == 200
        assert looker.get("/teacache/history?ids=").status_code == 200
        assert time.monotonic() - before < QUICK
    assert waiting.is_alive()
    waiting.join()
    assert all(len(video) > 1000 for video in videos(served, run_of(told)))


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_changes_no_seconds_no_wait_and_ends_no_run(client, monkeypatch, jump):
    event = ask(client, COMPARE)
    with listening(client, event) as lines:
        begun(lines)
        right = time.time
        monkeypatch.setattr(time, "time", lambda: right() + jump)
        *_, last = (line for line in lines if line.startswith("data: ") and '"phase": "done"' in line)
    figures = json.loads(last.removeprefix("data: "))[0]["figures"]
    assert 0 < figures["uncachedSeconds"] < 60 and 0 < figures["cachedSeconds"] < 60
    monkeypatch.undo()
    ask(client, COMPARE, session_hash=f"after{jump:.0f}")
    with client.stream(
        "GET", "/gradio_api/queue/data", params={"session_hash": f"after{jump:.0f}"}
    ) as answer:
        begins = next(line for line in answer.iter_lines() if '"process_starts"' in line)
    assert 0 < json.loads(begins.removeprefix("data: "))["eta"] < 60  # what the next one is told to expect
