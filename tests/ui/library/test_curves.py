"""Other methods on a recorded run's prompt and noise: what is kept, what the page is told, and what ships."""

from __future__ import annotations

from dataclasses import replace

from teacache.method.gate import Settings
from teacache.runs import Request, compare
from teacache.runs.store import Store
from teacache.study.methods import METHODS
from tests.runs import samples
from tests.ui.base.test_scripts import fields_of
from tools import record_curves, record_runs
from ui.library import curves
from ui.library.library import Library
from ui.screen import facts


def point(method: str, measured: float) -> curves.Point:
    return curves.Point(method=method, values={"threshold": 0.1}, share=0.5, measured=measured, psnr=30.0)


def test_every_method_is_a_curve_from_slow_to_fast(library):
    place = library.extras("1-sample")
    place.mkdir(parents=True)
    curves.save(place, [point("naive", 3.0), point("uniform", 2.0), point("naive", 1.5)])
    told = facts.facts(library, "1-sample")["curves"]
    assert [each["method"] for each in told] == ["naive", "uniform"]
    assert [each["measured"] for each in told[0]["points"]] == [1.5, 3.0]
    assert fields_of("MethodCurve") == set(told[0])
    assert fields_of("CurvePoint") == set(told[0]["points"][0])


def test_a_run_without_them_has_none(library):
    assert facts.facts(library, "1-sample")["curves"] == []


def test_a_visitors_own_run_of_a_recorded_clip_has_those_of_the_recorded_one(library):
    """Other rules of the cache change neither the uncached clip nor what other methods come to on it."""
    recorded = library.load("1-sample")
    assert recorded.folder is not None
    curves.save(recorded.folder, [point("naive", 2.0)])
    made = samples.comparison("20260101-000000-0")
    bolder = replace(made.request, settings=replace(made.request.settings, threshold=0.3))
    library.made.save(replace(made, request=bolder))
    library.made.save(replace(made, run_id="20260101-000000-1", request=replace(bolder, seed=99)))
    own, other = (facts.facts(library, f"20260101-000000-{n}")["curves"] for n in (0, 1))
    assert own == facts.facts(library, "1-sample")["curves"] and own
    assert not other


def test_the_first_recorded_run_ships_with_those_of_other_methods():
    told = facts.facts(Library(), record_runs.TAKES[0].name)["curves"]
    others = {"naive", "uniform", "fewer_steps", "planned", "tea_embedding", "tea_latent"}
    assert others <= {each["method"] for each in told}
    for each in told:
        points = each["points"]
        assert len(points) >= 5, each["method"]
        assert points[0]["psnr"] > points[-1]["psnr"]
        assert all(one["measured"] <= 1.15 / one["share"] for one in points)  # no faster than its work


def test_the_tool_records_every_method_at_its_settings(tiny_models, tmp_path, monkeypatch):
    monkeypatch.setattr(record_curves, "SHARES", (0.5,))
    pipe = tiny_models.get(tiny_models.default)
    asked = Request(prompt="a red ball", seed=1, steps=6, settings=Settings(threshold=0.3))
    *_, last = compare(pipe, asked, preview_every=0)
    run = Store(tmp_path).save(last.comparison)
    names = ["naive", "taylorseer"]  # one that can be aimed at a share, one that goes by its own settings
    assert set(names) < set(record_curves.runs_on(pipe, 6)) <= set(METHODS) - {"teacache"}
    made = list(record_curves.record(pipe, run, record_curves.uncached_run(pipe, run), names))
    every = ["naive", *["taylorseer"] * len(METHODS["taylorseer"].ladder)]
    assert [point.method for point in made] == every
    assert all(0 < point.share < 1 and point.measured > 0 for point in made)
    curves.save(tmp_path, made)
    assert curves.points(tmp_path) == made
