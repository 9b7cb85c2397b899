"""A plan: its estimate ranks schedules as runs do, its file comes back, and TeaCache follows it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from teacache.cli import main
from teacache.errors import RequestError
from teacache.method.cache import TeaCache
from teacache.method.planned import Planned, steps_mask
from teacache.runs.request import Request
from teacache.study.clips import last
from teacache.study.loop import run, taken_apart
from teacache.study.planning import plan, plans
from teacache.study.profile import growth, profile
from teacache.study.schedules import uniform
from teacache.study.search import every_schedule
from teacache.study.spans import measured, spans_of
from teacache.study.walk import Reuse, taking_apart, walk

STEPS, BUDGET = 6, 3
REQUEST = Request(prompt="a red ball", steps=STEPS, seed=3)


@pytest.fixture
def loop(pipe):
    with taking_apart(pipe) as held:
        yield taken_apart(pipe, REQUEST, held, keep=2)


def error(loop, latents):
    return float((latents - loop.final).pow(2).mean())


def test_the_estimate_ranks_schedules_as_their_runs_do(loop):
    estimate = profile(loop, last(growth(loop)))
    runs = dict(found for found in walk(loop, every_schedule(STEPS, BUDGET), Reuse()) if found)
    guessed = [estimate.error(schedule, Reuse()) for schedule in runs]
    true = [error(loop, latents) for latents in runs.values()]
    ranks = [np.argsort(np.argsort(values)) for values in (guessed, true)]
    assert np.corrcoef(*ranks)[0, 1] > 0.5


def test_the_estimate_of_a_span_is_that_of_the_schedule_that_reuses_it_alone(loop):
    estimate = profile(loop, np.ones(STEPS))
    for schedule, (i, j) in spans_of(STEPS, STEPS).items():
        assert estimate.spans()[i, j] ** 2 == pytest.approx(estimate.error(schedule, Reuse()), abs=1e-12)


def test_a_measured_span_is_the_error_of_that_run(loop):
    errors = last(measured(loop, Reuse(), longest=2))
    only_2 = tuple(step != 2 for step in range(STEPS))
    (found,) = [found for found in walk(loop, [only_2], Reuse()) if found]
    assert errors[1, 3] == pytest.approx(error(loop, found[1]) ** 0.5)
    assert errors[1, 2] == 0
    assert np.isinf(errors[0, 5])


def test_a_plan_goes_on_where_it_stopped_and_is_followed(pipe, tmp_path):
    requests = [replace(REQUEST, seed=seed) for seed in (1, 2)]
    going = plan(pipe, requests, BUDGET, trials=3, folder=tmp_path)
    progress = [next(going) for _ in range(20)]
    going.close()
    assert all(a.done < b.done <= b.total for a, b in zip(progress, progress[1:], strict=False))
    found = last(plan(pipe, requests, BUDGET, trials=3, folder=tmp_path))
    again = last(plan(pipe, requests, BUDGET, trials=3, folder=tmp_path))
    assert again.cost < found.cost
    assert again.schedule == found.schedule
    assert (sum(found.schedule), found.prompts, found.order) == (BUDGET, 2, 1)
    found.save(tmp_path / "schedule.json")
    with torch.no_grad(), TeaCache(pipe, schedule=tmp_path / "schedule.json") as cache:
        run(pipe, replace(requests[0], steps=STEPS).checked(pipe.teacache_card), output_type="latent")
    assert cache.trace.schedule == found.schedule
    assert {record.reason for record in cache.trace.records} == {"first", "scheduled"}


def test_a_plan_is_what_did_best_in_runs_and_budgets_share_their_uncached_runs(pipe, tmp_path):
    going = plans(pipe, [REQUEST], [2, BUDGET], trials=2, rounds=1, folder=tmp_path)
    found = last(going)
    assert [one.computed for one in found] == [2, BUDGET]
    known = json.loads((tmp_path / "plan.json").read_text())
    runs = {name: value for name, value in known.items() if name.endswith("/dB")}
    for one in found:
        mine = [v for name, v in runs.items() if name.split("/")[-2].count("1") == one.computed]
        assert one.quality == pytest.approx(max(mine), abs=0.01)
    assert len([name for name in known if name.endswith("/distances")]) == 1


def test_a_schedule_comes_back_from_its_file_and_from_plain_steps(pipe, tmp_path):
    planned = Planned(schedule=uniform(STEPS, BUDGET), order=1, model="shapes", prompts=3, cost=9)
    planned.save(tmp_path / "s.json")
    assert Planned.load(tmp_path / "s.json") == planned
    assert TeaCache(pipe, schedule=planned).settings == TeaCache(pipe, schedule=tmp_path / "s.json").settings
    assert TeaCache(pipe, schedule=planned.schedule).settings.schedule == planned.schedule
    assert TeaCache(pipe, threshold=0, schedule=planned).settings.off
    assert sum(steps_mask(planned.schedule)["steps_computation_mask"]) == BUDGET


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schedule": "0110"}', '{"schedule": "1a"}', '{"schedule": "11", "order": 3}']
)
def test_what_is_no_schedule_is_refused_in_a_sentence(content, tmp_path):
    (tmp_path / "s.json").write_text(content)
    with pytest.raises(RequestError, match="schedule"):
        Planned.load(tmp_path / "s.json")


def test_a_schedule_for_other_steps_is_refused():
    with pytest.raises(RequestError, match="planned for 6 steps"):
        Planned(schedule=uniform(STEPS, BUDGET)).refuse_other_steps(8)


def test_the_command_writes_the_file_and_says_what_it_cost(pipe, cache_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("teacache.models.load", lambda *args, **kwargs: pipe)
    path = tmp_path / "schedule.json"
    asked = f"plan --steps 5 --budget 2 --prompts 1 --trials 2 --json --to {path}"
    assert main(asked.split()) == 0
    answer = json.loads(capsys.readouterr().out)
    assert Planned.load(path).computed == 2
    assert answer["cost"] > 5
    assert main(asked.replace("--budget 2", "--budget 2 3").split()) == 0
    assert [one["schedule"].count("1") for one in json.loads(capsys.readouterr().out)] == [2, 3]
    assert Planned.load(tmp_path / "schedule" / "3-of-5.json").computed == 3
