"""Traces from strangers: what is refused, with which field named, and what then works on the others."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import StoreError, TraceFormatError
from teacache.method.gate import Settings
from teacache.study.replay import replay
from tests.ui.conftest import trace
from tests.ui.tables import unrolled
from ui.controls import controls
from ui.library import uploads
from ui.run import events
from ui.takeaway.panel import screen
from ui.takeaway.routes import _body, routes


@pytest.fixture
def client(library):
    return TestClient(Starlette(routes=routes(library)))


def file(**changes) -> dict:
    return trace().to_json() | changes


def with_record(index: int = 1, **changes) -> dict:
    data = file()
    data["records"][index] |= changes
    return data


BAD = {
    "no JSON": ("{", "not JSON"),
    "a list": ("[]", "trace must be a JSON object"),
    "other JSON": ('{"name": "page"}', "This JSON is no trace: it has no version"),
    "another version": (json.dumps(file(version=2)), "version is 2"),
    "no records": (json.dumps(file(records=[])), "records is empty"),
    "records of text": (json.dumps(file(records="x")), "records must be a list"),
    "a text for a number": (
        json.dumps(with_record(indicator_distance="x")),
        r"records\[1\]\.indicator_distance",
    ),
    "not a number": (json.dumps(with_record(timestep=float("nan"))), r"records\[1\]\.timestep"),
    "an unknown field": (json.dumps(with_record(colour="red")), r"records\[1\]\.colour"),
    "an unknown reason": (json.dumps(with_record(reason="why")), r"records\[1\]\.reason"),
    "a step far out": (json.dumps(with_record(step=10**6)), r"records\[1\]\.step is 1000000"),
    "a step beyond steps": (json.dumps(with_record(step=100)), "but steps is 6"),
    "a number too large": (
        json.dumps(with_record(timestep=10**400)),
        r"records\[1\]\.timestep is a number too large",
    ),
    "half a character": (json.dumps(file(prompt="\ud83d")), r"prompt holds the character U\+D83D"),
    "a control character": (json.dumps(file(pipeline="a\x00b")), r"pipeline holds the character U\+0000"),
    "half a character for a name": (
        json.dumps(file(**{"\ud83d": 10**400})),
        r"\\ud83d is a number too large",
    ),
    "a call twice": (json.dumps(with_record(call=0)), r"records\[1\]\.call is 0"),
    "a long branch": (json.dumps(with_record(branch="b" * 99)), r"records\[1\]\.branch has more than 40"),
    "too many steps": (json.dumps(file(steps=10**9)), "steps is 1000000000"),
    "settings out of range": (json.dumps(file(settings={"threshold": -1})), "settings: threshold is -1"),
    "no settings": (json.dumps({k: v for k, v in file().items() if k != "settings"}), "settings is missing"),
    "a long prompt": (json.dumps(file(prompt="x" * 3000)), "prompt has 3000 characters"),
    "nested without end": ("[" * 100_000, "not JSON"),
    "bytes that are no text": (b"\xff\xfe\x00{", "not JSON"),
}


@pytest.mark.parametrize("text, said", BAD.values(), ids=BAD)
def test_what_is_wrong_is_named_in_a_sentence(client, text, said):
    answer = client.post("/teacache/trace", content=text)
    with pytest.raises(TraceFormatError, match=said):
        raise TraceFormatError(answer.json()["error"]["en"])


def test_a_file_that_is_too_large_is_refused(client):
    answer = client.post("/teacache/trace", content=b" " * (uploads.MAX_BYTES + 1))
    assert "larger than 2 MB" in answer.json()["error"]["en"]


def test_an_upload_without_end_is_given_up_early():
    taken = []

    async def endless():
        while True:
            taken.append(2**20)
            yield b" " * 2**20

    with pytest.raises(TraceFormatError, match="larger than 2 MB"):
        asyncio.run(_body(endless()))
    assert sum(taken) <= uploads.MAX_BYTES + 2**20


def test_too_many_calls_are_refused():
    one = file()["records"][0]
    many = [one | {"call": i, "step": 0} for i in range(uploads.MAX_CALLS + 1)]
    with pytest.raises(TraceFormatError, match="at most 600"):
        uploads.read(json.dumps(file(records=many)))


def test_a_good_trace_is_kept_under_an_id_that_cannot_be_guessed(client, library):
    told = client.post("/teacache/trace", content=json.dumps(file())).json()
    assert told["calls"] == 6 and len(bytes.fromhex(told["run"].removeprefix(uploads.PREFIX))) == 8
    assert library.load(told["run"]).cached == trace()


def test_the_record_of_a_whole_run_is_read_too(library):
    record = json.loads((library.load("1-sample").folder / "run.json").read_text())
    kept, made = library.load("1-sample"), library.uploads.add(json.dumps(record))
    assert uploads.read(json.dumps(record)) == made.cached == kept.cached
    assert (made.uncached, made.fidelity, made.speed) == (kept.uncached, kept.fidelity, kept.speed)
    earlier = library.uploads.add(json.dumps(record | {"baseline_reused": True}))
    assert earlier.baseline_reused and not made.baseline_reused


def test_an_uploaded_run_shows_what_was_measured(engine):
    record = json.loads((engine.library.load("1-sample").folder / "run.json").read_text())
    shown = screen(engine, engine.library.uploads.add(json.dumps(record)), [])
    kept = engine.shown(engine.library.load("1-sample"), phase="done")
    assert shown.board["figures"] == kept.board["figures"] and shown.board["uncached"]["step"]


def test_a_whole_run_that_cannot_be_read_says_why(library):
    record = json.loads((library.load("1-sample").folder / "run.json").read_text())
    for wrong, said in ({"fidelity": {"psnr": "high"}}, "fidelity"), ({"version": 7}, ".* not of version 1"):
        with pytest.raises(TraceFormatError, match=f"This record of a run cannot be read: {said}"):
            library.uploads.add(json.dumps(record | wrong))


def test_a_whole_run_whose_calls_took_next_to_nothing_has_no_agreement_of_calls(library):
    record = json.loads((library.load("1-sample").folder / "run.json").read_text())
    for name, seconds in (("uncached", 5e-324), ("cached", 10.0)):
        for call in record[name]["records"]:
            call |= {"seconds": seconds, "decision_seconds": 0.0}
    assert library.uploads.add(json.dumps(record)).speed.agreement is None


def test_only_the_latest_traces_are_kept(library):
    ids = [library.uploads.add(json.dumps(file())).run_id for _ in range(uploads.MAX_KEPT + 1)]
    with pytest.raises(StoreError, match="upload it again"):
        library.load(ids[0])
    assert library.load(ids[1]).run_id == ids[1]


def test_the_page_shows_an_uploaded_trace_with_every_schedule_and_no_video(engine):
    run = engine.library.uploads.add(json.dumps(file(model="somebody's own", prompt="a cat")))
    shown = screen(engine, run, [])
    assert shown.board["phase"] == "uploaded" and shown.board["about"]["prompt"] == "a cat"
    assert shown.player["kind"] == "none"
    for row in unrolled(shown.table):
        decided = replay(trace(), trace().settings.replaced(threshold=row.short))
        assert row.schedule == "".join(str(int(d.computed)) for d in decided)


def test_the_slider_reaches_as_far_as_the_trace_needs(engine):
    large = [None if d is None else 40 * d for d in (None, 0.05, 0.02, 0.04, 0.03, 0.06)]
    run = engine.library.uploads.add(json.dumps(trace(large, threshold=3.0).to_json()))
    assert run.threshold_end > 3
    furthest = screen(engine, run, []).table["rows"][-1][1]
    assert furthest is None or furthest >= run.threshold_end


def test_calibrated_means_the_polynomial_that_the_trace_was_made_with(engine):
    own = Settings(threshold=0.1, coefficients=(2.0, 0.01))
    made = dataclasses.replace(trace(), settings=own, model="unknown here")
    run = engine.library.uploads.add(json.dumps(made.to_json()))
    form = controls.start_form(run.card, run)
    assert form.estimator == "calibrated"
    assert events.settings_for(engine, run, form).coefficients == (2.0, 0.01)
    assert events.settings_for(engine, run, dataclasses.replace(form, estimator="naive")).naive


def test_a_trace_of_an_uncached_run_shows_its_true_changes(engine):
    made = dataclasses.replace(trace(), settings=Settings(threshold=0))
    run = engine.library.uploads.add(json.dumps(made.to_json()))
    assert run.uncached == made and len(screen(engine, run, []).table["rows"]) > 1
