"""Without a listener no call of the model is made; who returns finds his run, and nobody loses another's."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import httpx
import pytest
from gradio_client import Client

from tests.runs.running import inside_forward, nothing
from tests.ui.door.test_door import COMPARE

SLOW = 0.1  # seconds of a call
SEED = 3  # its place among the values of a call
LONG = [*COMPARE[:4], 60, *COMPARE[5:]]


@pytest.fixture
def client(served):
    with httpx.Client(base_url=served(), timeout=60) as made:
        yield made


@pytest.fixture
def pipe(tiny_models):
    return tiny_models.get(tiny_models.default)


def ask(client, data, **body) -> str:
    answer = client.post("/gradio_api/call/compare", json={"data": data} | body)
    assert answer.status_code == 200, answer.text
    return answer.json()["event_id"]


@contextmanager
def listening(client, event):
    with client.stream("GET", f"/gradio_api/call/compare/{event}") as answer:
        yield answer.iter_lines()


def listen(client, event) -> list[str]:
    """Every line until the end."""
    with listening(client, event) as lines:
        return list(lines)


def begun(lines) -> None:
    """The first state came."""
    assert any("generating" in line for line in lines)


def idle(client, pipe) -> None:
    """No run is at work any more."""
    until = time.monotonic() + 60
    while any(thread.name == "teacache-run" for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_runs_that_nobody_reads_cost_the_model_no_call(client, served, pipe):
    with inside_forward(pipe, nothing) as calls:
        for _ in range(4):
            ask(client, LONG)
        assert Client(served(), verbose=False).predict(*COMPARE, api_name="/compare")[0]["phase"] == "done"
    assert len(calls) < LONG[4]  # those of his run, although the others came before


def test_a_run_ends_within_one_call_of_its_listener_leaving(client, pipe):
    with inside_forward(pipe, lambda _: time.sleep(SLOW)) as calls:
        event = ask(client, LONG)
        with listening(client, event) as lines:
            begun(lines)
        left = len(calls)
        idle(client, pipe)
    assert len(calls) <= left + 2  # the one that was being made, and one while the news travelled


def test_a_listener_who_comes_after_his_run_made_room_has_it_made(client, served, monkeypatch):
    """A program on a busy machine: Gradio's own client, with seconds between what it asks and its stream."""
    monkeypatch.setattr("ui.door.listeners.GRACE", 0.2)
    late = Client(served(), verbose=False)
    open_stream = late.stream_messages

    def open_late(*given, **named):
        until = time.monotonic() + 60
        while client.get("/gradio_api/queue/status").json()["queue_size"]:
            assert time.monotonic() < until
            time.sleep(0.05)
        open_stream(*given, **named)

    monkeypatch.setattr(late, "stream_messages", open_late)
    assert late.predict(*COMPARE, api_name="/compare")[0]["phase"] == "done"


def test_a_run_that_made_room_unheard_counts_once_toward_the_hour_and_one_that_had_begun_twice(
    served, monkeypatch
):
    monkeypatch.setattr("ui.door.listeners.GRACE", 0.2)
    with httpx.Client(base_url=served(most_runs_an_hour=1), timeout=60) as client:
        event = ask(client, LONG, session_hash="counted")
        until = time.monotonic() + 60
        while client.get("/gradio_api/queue/status").json()["queue_size"]:
            assert time.monotonic() < until
            time.sleep(0.05)
        with listening(client, event) as lines:
            begun(lines)
        answer = client.get(f"/gradio_api/call/compare/{event}")
        assert answer.status_code == 429 and "You have had your 1 of this hour" in answer.json()["error"]


def videos(served, run_id):
    library = next(place for place in served.folder.glob("made-*") if (place / run_id).is_dir())
    return tuple((library / run_id / f"{name}.mp4").read_bytes() for name in ("uncached", "cached"))


def run_of(lines) -> str:
    """The id of the run that a stream ended with."""
    told = "".join(lines)
    assert "event: complete" in told, told[-500:]
    return told.rpartition('"run": "')[2].partition('"')[0]


@pytest.mark.parametrize(
    "session", [{}, {"session_hash": "returning"}], ids=["by its call", "by its session"]
)
def test_who_returns_finds_his_run(client, served, pipe, session):
    asked = [*COMPARE[:SEED], 7, *COMPARE[SEED + 1 :]]
    with inside_forward(pipe, lambda _: time.sleep(SLOW / 2)):
        event = ask(client, asked, **session)
        with listening(client, event) as lines:
            begun(lines)
        found = run_of(listen(client, event))
    state, *_ = Client(served(most_waiting=7), verbose=False).predict(*asked, api_name="/compare")
    assert state["run"] != found and videos(served, state["run"]) == videos(served, found)


def test_who_returns_comes_before_those_that_waited_behind_him_and_once_only(client, pipe):
    order = []

    def wait_for(name):
        order.append((name, run_of(listen(client, events[name]))))

    with inside_forward(pipe, lambda _: time.sleep(SLOW / 2)):
        events = {"first": ask(client, COMPARE)}
        with listening(client, events["first"]) as lines:
            begun(lines)
            for name in ("second", "third"):
                events[name] = ask(client, [*COMPARE[:SEED], len(events), *COMPARE[SEED + 1 :]])
            others = [threading.Thread(target=wait_for, args=(name,)) for name in ("second", "third")]
            others[0].start()
            time.sleep(0.3)
            others[1].start()
            time.sleep(0.3)
        time.sleep(0.3)  # the second is at work
        wait_for("first")
        for other in others:
            other.join()
    assert [name for name, _ in order] == ["second", "first", "third"]


def test_who_asks_for_another_run_has_given_up_the_one_he_left(client, pipe):
    mine = {"session_hash": "changed-my-mind"}
    with inside_forward(pipe, lambda _: time.sleep(SLOW / 2)) as calls:
        event = ask(client, LONG, **mine)
        with listening(client, event) as lines:
            begun(lines)
        found = listen(client, ask(client, COMPARE, **mine))
        assert run_of(found)
        idle(client, pipe)
    assert len(calls) < LONG[4]


def test_a_second_tab_goes_on_when_the_first_is_closed(client, served, pipe):
    """Two tabs of one visitor are two sessions: one run waits for the other's, and survives its end."""
    with inside_forward(pipe, lambda _: time.sleep(SLOW / 2)):
        first, second = (ask(client, COMPARE, session_hash=name) for name in ("tab-1", "tab-2"))
        with listening(client, first) as lines:
            begun(lines)
            kept: list[str] = []
            tab = threading.Thread(target=lambda: kept.extend(listen(client, second)))
            tab.start()
            time.sleep(0.3)
        tab.join()
    assert run_of(kept)
