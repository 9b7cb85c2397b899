"""A trace survives the disk, and a wrong one is refused with the name of the field."""

import copy
import json

import pytest

from teacache.errors import TraceFormatError
from teacache.method.gate import Settings
from teacache.method.trace import MAX_RECORDS, StepRecord, Trace


def record(call, **changes):
    plain = {"step": call, "timestep": 999.0 - call, "branch": "batched", "computed": True, "reason": "first"}
    return StepRecord(call=call, **{**plain, **changes})


TRACE = Trace(
    model="shapes",
    pipeline="LattePipeline",
    prompt="a red ball",
    seed=3,
    steps=3,
    size=(16, 64, 64),
    guidance_scale=3.0,
    settings=Settings(threshold=0.1, coefficients=(1.0, 2.0), input_range=(0.0, 0.5)),
    environment={"torch": "2.13"},
    latent_free=True,
    records=(
        record(0, seconds=0.2),
        record(1, computed=False, reason="below_threshold", indicator_distance=0.05, output_distance=0.1),
        record(2, reason="last", branch="uncond", output_distance_exact=True, decision_seconds=0.001),
    ),
)


def test_a_trace_survives_the_disk(tmp_path):
    TRACE.save(tmp_path / "run.json")
    assert Trace.load(tmp_path / "run.json") == TRACE
    assert json.loads((tmp_path / "run.json").read_text())["version"] == 1


def test_what_a_trace_adds_up_to():
    assert TRACE.schedule == (True, False, True)
    assert (TRACE.computed_calls, TRACE.ideal_speedup) == (2, 1.5)
    assert TRACE.branches == ("batched", "uncond")
    assert [r.call for r in TRACE.branch("batched")] == [0, 1]
    assert TRACE.with_records(()).ideal_speedup == 0


def broken(path, value):
    data = copy.deepcopy(TRACE.to_json())
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    "path, value, named",
    [
        (["version"], 2, "version is 2"),
        (["version"], True, "version is True"),
        (["steps"], -3, "steps must be at least 0, but is -3"),
        (["records", 1, "step"], -9, r"records\[1\]\.step must be at least 0"),
        (["records", 1, "seconds"], -1.0, r"records\[1\]\.seconds must be at least 0"),
        (
            ["records", 1, "output_distance"],
            -0.1,
            r"records\[1\]\.output_distance must be at least 0",
        ),
        (["records", 1, "timestep"], 10**400, r"records\[1\]\.timestep"),
        (["settings", "threshold"], 10**400, "threshold"),
        (["seed"], "3", "seed"),
        (["steps"], True, "steps"),
        (["size"], [16, 64], "size"),
        (["size"], [16, 64, 0], "size"),
        (["settings"], None, "settings"),
        (["settings", "threshold"], -1, "threshold"),
        (["settings", "velocity"], 1, "velocity"),
        (["environment"], [], "environment"),
        (["records"], {}, "records"),
        (["records", 1], 5, r"records\[1\]"),
        (["records", 1, "reason"], "luck", r"records\[1\]\.reason"),
        (["records", 1, "timestep"], None, r"records\[1\]\.timestep"),
        (["records", 1, "computed"], 1, r"records\[1\]\.computed"),
        (["records", 1, "indicator_distance"], float("nan"), r"records\[1\]\.indicator_distance"),
        (["records", 1, "colour"], "red", r"records\[1\]\.colour"),
        (["pipeline"], "Latte\x00Pipeline", r"^pipeline holds the character U\+0000"),
        (["pipeline"], "Pipe\nimport os", r"^pipeline holds the character U\+000A"),
        (["prompt"], "half \ud83d", r"^prompt holds the character U\+D83D"),
        (["environment"], {"device": "\udc00"}, r"environment\.device holds the character U\+DC00"),
        (["environment"], {"\udc00": "cpu"}, r"environment\.'\\udc00' holds"),
        (["settings", "variant"], "\x1b", r"settings\.variant holds"),
        (["records", 1, "branch"], "co\x7fnd", r"records\[1\]\.branch holds the character U\+007F"),
        (["records"], [{}] * (MAX_RECORDS + 1), "records holds"),
    ],
)
def test_a_wrong_field_is_named(path, value, named):
    with pytest.raises(TraceFormatError, match=named):
        Trace.from_json(broken(path, value))


def test_a_prompt_may_have_lines_and_any_whole_character():
    assert Trace.from_json(broken(["prompt"], "two\n\tlines, 视频 😀")).prompt == "two\n\tlines, 视频 😀"


def test_a_missing_field_is_named():
    data = TRACE.to_json()
    del data["records"][2]["branch"]
    with pytest.raises(TraceFormatError, match=r"records\[2\]\.branch is missing"):
        Trace.from_json(data)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "\x00", "9" * 5000])
def test_a_file_that_is_no_trace_is_refused(tmp_path, text):
    (tmp_path / "odd.json").write_text(text)
    with pytest.raises(TraceFormatError):
        Trace.load(tmp_path / "odd.json")


def test_the_runs_of_a_clip_are_traces_of_their_own():
    steps = (2, 3)
    calls = [(run, sum(steps[:run]) + step) for run in range(2) for step in range(steps[run])]
    records = tuple(record(call, run=run, step=step) for call, (run, step) in enumerate(calls))
    whole = Trace(settings=Settings(threshold=0.1), steps=5, run_steps=steps, records=records)
    assert [whole.place(r) for r in records] == [(0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    assert [(t.steps, [r.step for r in t.records], [r.call for r in t.records]) for t in whole.runs] == [
        (2, [0, 1], [0, 1]), (3, [0, 1, 2], [0, 1, 2]),
    ]  # fmt: skip
    assert Trace.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_a_trace_without_runs_is_one_run():
    alone = Trace(settings=Settings(threshold=0.1), steps=2, records=(record(0), record(1)))
    assert alone.runs == (alone,)


@pytest.mark.parametrize(
    "run_steps, run, step, said",
    [
        ([2, 2], 0, 0, "run_steps adds up to 4, but steps is 3"),
        ("2", 0, 0, "run_steps must be a list, but is '2'"),
        ([1, True], 0, 0, r"run_steps\[1\] must be a whole number, but is True"),
        ([], 1, 0, "is step 0 of run 1, which run_steps does not have"),
        ([2, 1], 2, 2, "is step 2 of run 2, which run_steps does not have"),
        ([2, 1], 1, 1, "is step 1 of run 1, which run_steps does not have"),
        ([2, 1], 0, 2, "is step 2 of run 0, which run_steps does not have"),
    ],
)
def test_runs_that_do_not_fit_are_named(run_steps, run, step, said):
    trace = Trace(settings=Settings(threshold=0.1), steps=3, records=(record(0, run=run, step=step),))
    with pytest.raises(TraceFormatError, match=said):
        Trace.from_json(trace.to_json() | {"run_steps": run_steps})


def test_each_window_has_branches_of_its_own():
    calls = [("cond", 0), ("uncond", 0), ("cond", 1), ("uncond", 1)]
    records = tuple(record(i, step=0, branch=b, window=w) for i, (b, w) in enumerate(calls))
    trace = Trace(settings=Settings(threshold=0.1), steps=1, records=records)
    assert trace.branches == ("cond", "uncond", "cond 2", "uncond 2")
    assert trace.branch("uncond 2") == records[3:]
