"""The endpoints as functions: what they answer, how they refuse, and whether a stranger could use them."""

from __future__ import annotations

import errno
import inspect
import json
import os

import gradio as gr
import pytest
from gradio.utils import get_function_description

from teacache.errors import TraceFormatError
from teacache.method.trace import Trace
from teacache.study.calibrate import fit
from teacache.study.replay import replay
from tests.runs import samples
from tests.ui.conftest import trace
from tests.ui.programs import requested
from ui import server
from ui.api.endpoints import NUMBERS, Api
from ui.api.files import files_of
from ui.page import build

OWN = (False, 0, -1, 0)  # naive, first_steps, last_steps, max_reuses: all as the run or the model has them


@pytest.fixture
def api(engine):
    return Api(engine)


def uncached(seed: int, **changes) -> dict:
    """An uncached run with ten exact pairs, as JSON."""
    made = samples.trace((True,) * 11, 0.0).to_json() | {"seed": seed, **changes}
    for index, record in enumerate(made["records"][1:], start=1):
        distance = 0.01 * index + 0.001 * seed
        record |= {"indicator_distance": distance, "output_distance": 2 * distance + 0.01}
        record |= {"output_distance_exact": True, "reason": "off"}
    return made


@pytest.mark.parametrize("name", ["compare", "what_if", "signals", "calibrate", "models", "runs"])
def test_every_endpoint_and_every_parameter_is_described(name):
    method = getattr(Api, name)
    said, parameters, _ = get_function_description(method)
    asked = [parameter for parameter in inspect.signature(method).parameters if parameter != "self"]
    assert len(said.split()) > 8 and "Args:" not in said
    assert all(parameters[parameter].endswith((".", "?")) for parameter in asked)


def test_what_if_of_a_run_at_its_own_rules_is_the_run(api):
    told = api.what_if("1-sample", trace().settings.threshold, "", *OWN)
    assert told["schedule"] == list(trace().schedule)


def test_what_if_of_a_trace_needs_no_run_on_the_server(api):
    told = api.what_if("", 0.2, "", *OWN, json.dumps(trace().to_json()))
    decided = replay(trace(), trace().settings.replaced(threshold=0.2))
    assert told["schedule"] == [d.computed for d in decided]


def test_forced_steps_of_a_what_if_can_be_given(api):
    told = api.what_if("1-sample", 10.0, "", False, 2, 2, 0)
    assert told["schedule"] == [True, True, False, False, True, True]


@pytest.mark.parametrize(
    "asked, said",
    [
        (("gone", 0.1, "", *OWN), "There is no run gone"),
        (("", 0.1, "", *OWN), "names no run"),
        (("1-sample", 0.1, "nonesuch", *OWN), "There is no model 'nonesuch'"),
        (("1-sample", -1.0, "", *OWN), "threshold is -1.0"),
        (("", 0.1, "", *OWN, "{"), "not JSON"),
        (
            ("", 0.1, "", *OWN, json.dumps(trace().to_json() | {"steps": "many"})),
            "steps must be a whole number",
        ),
    ],
)
def test_what_if_refuses_in_one_sentence(api, asked, said):
    with pytest.raises(gr.Error, match=said):
        api.what_if(*asked)


def test_a_calibration_is_the_librarys_own_fit(api):
    given = [uncached(seed) for seed in range(3)]
    told = api.calibrate("", 2, json.dumps(given))
    expected = fit([Trace.from_json(one) for one in given], 2)
    assert told["coefficients"] == pytest.approx(expected.coefficients)
    assert told["pairs"] == 30 and 0 < told["threshold"] < told["threshold_max"]
    json.dumps(told, allow_nan=False)


ASKED = {
    "prompt": "a red ball", "threshold": 0.3, "model": "tiny", "seed": 0, "steps": 5, "guidance_scale": 0,
    "naive": False, "first_steps": 0, "last_steps": -1, "max_reuses": 0, "rivals": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("steps", 2.5, "The number of steps is 2.5"), ("steps", -5, "The number of steps is -5"),
        ("steps", "five", "The number of steps is five"), ("steps", True, "The number of steps is True"),
        ("seed", 0.5, "The seed is 0.5"), ("seed", -1, "The seed is -1"), ("seed", "x", "The seed is x"),
        ("threshold", "much", "threshold is 'much'"), ("threshold", float("nan"), "threshold is nan"),
        ("guidance_scale", -2, "The guidance is -2"), ("guidance_scale", "x", "The guidance is x"),
        ("last_steps", -7, "last_steps is -7"), ("last_steps", "x", "last_steps is 'x'"),
        ("first_steps", -1, "first_steps is -1"), ("first_steps", "x", "first_steps is 'x'"),
        ("max_reuses", 2.5, "max_reuses is 2.5"), ("max_reuses", -1, "max_reuses is -1"),
    ],
)  # fmt: skip
def test_a_number_that_means_nothing_is_refused_in_one_sentence(api, name, value, said):
    with pytest.raises(gr.Error, match=f"{said}, but must be"):
        next(api.compare(**ASKED | {name: value}))
    if name in inspect.signature(Api.what_if).parameters:
        rules = {n: ASKED[n] for n in ("naive", "first_steps", "last_steps", "max_reuses")}
        asked = {"run_id": "1-sample", "threshold": 0.3, "model": "", **rules}
        with pytest.raises(gr.Error, match=f"{said}, but must be"):
            api.what_if(**asked | {name: value})


def test_a_whole_number_may_be_written_with_a_point(api):
    for name, value in (("steps", 5.0), ("max_reuses", 2.0), ("first_steps", 2.0), ("last_steps", 1.0)):
        assert next(api.compare(**ASKED | {name: value}))[0]["calls"] == 5


def test_no_number_of_an_endpoint_or_of_the_page_is_rounded_on_its_way(engine):
    boxes = [block for block in build(engine).blocks.values() if isinstance(block, gr.Number)]
    assert {box.label for box in boxes} >= {*NUMBERS, "threshold", "guidance_scale"}
    assert [box.preprocess(2.5) for box in boxes] == [2.5] * len(boxes)


def test_runs_of_the_server_can_be_calibrated_by_id(api, engine):
    with pytest.raises(gr.Error, match="needs more than 4 different pairs"):
        api.calibrate("1-sample", 4)


@pytest.mark.parametrize(
    "asked, said",
    [
        (("", 4, ""), "no trace to fit"),
        (("gone", 4, ""), "There is no run gone"),
        *(
            (("", degree, json.dumps([uncached(0)])), f"The degree is {degree}, but must be a whole number")
            for degree in (0, 8, 2.5, None, "four")
        ),
        (("", 4, "{}"), "must be a JSON list"),
        (("", 4, json.dumps([uncached(0), {}])), r"traces\[1\]"),
        (("", 4, json.dumps([uncached(0), uncached(1, model="other")])), "differ in model"),
    ],
)
def test_calibrate_refuses_in_one_sentence(api, asked, said):
    with pytest.raises(gr.Error, match=said):
        api.calibrate(*asked)


def test_runs_tells_only_of_named_and_recorded_runs(api, engine):
    engine.library.made.save(samples.comparison("mine"))
    engine.library.made.save(samples.comparison("other"))
    told = api.runs("mine, gone")
    assert [one["run"] for one in told["runs"]] == ["mine"] and told["missing"] == ["gone"]
    assert "other" not in json.dumps(told)


def test_models_are_listed_as_plain_json(api, engine):
    told = json.loads(json.dumps(api.models(), allow_nan=False))
    assert [one["name"] for one in told] == list(engine.models.cards)


def test_forced_steps_are_the_models_own_where_none_are_given(api):
    request = requested(api._engine.models, "tiny", steps=5)
    own = api._card("tiny").settings()
    assert (request.settings.first_steps, request.settings.last_steps) == (own.first_steps, own.last_steps)
    assert NUMBERS["first_steps"] == 0 and NUMBERS["last_steps"] == -1


def test_tools_need_the_version_of_the_protocol_that_gradio_works_with(monkeypatch, caplog):
    assert server.tools_available()
    monkeypatch.setattr(server, "version", lambda name: "2.3.0")
    assert not server.tools_available() and "but 2 is installed" in caplog.text

    def missing(name):
        raise server.PackageNotFoundError(name)

    monkeypatch.setattr(server, "version", missing)
    assert not server.tools_available()


def test_a_trace_in_a_list_is_named_by_its_place():
    from ui.library.uploads import read_list

    with pytest.raises(TraceFormatError, match=r"traces\[0\]: records is empty"):
        read_list(json.dumps([trace().to_json() | {"records": []}]))


def test_a_trace_that_cannot_be_written_is_said_and_leaves_no_empty_file(engine, monkeypatch):
    run = engine.library.made.save(samples.comparison("mine"))
    monkeypatch.setattr(Trace, "save", lambda self, path: path.touch() or full())
    *files, trace_file = files_of(run)[0]
    assert trace_file is None and all(files)
    assert "The trace of run mine could not be written" in str(files_of(run)[1]) and "full" in str(
        files_of(run)[1]
    )
    assert not (run.folder / "trace.json").exists()
    monkeypatch.undo()
    (*_, trace_file), problem = files_of(run)
    assert Trace.load(trace_file) == run.cached and problem is None


def full():
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
