"""A run recorded at other thresholds: what is kept, what the page is told, and what ships."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.runs.request import Request
from teacache.runs.store import Store
from tests.ui.base.test_scripts import fields_of
from tools import record_ladder, record_runs
from ui.library import ladder
from ui.library.library import RECORDED, Library
from ui.models.models import Models
from ui.screen import facts
from ui.teach.routes import routes

FRAMES = 3


def rung(threshold: float, schedule: str) -> ladder.Rung:
    return ladder.Rung(
        threshold=threshold, schedule=schedule, seconds=1.0, measured=2.0, psnr=30.0, ssim=0.9,
        frames=(30.0,) * FRAMES,
    )  # fmt: skip


def clip(value: int) -> np.ndarray:
    return np.full((FRAMES, 8, 8, 3), value, np.uint8)


@pytest.fixture
def kept(library):
    """A run with two rungs, a dark and a bright one."""
    run = library.load("1-sample")
    made = [(rung(0.1, "11"), clip(40)), (rung(0.2, "10"), clip(200))]
    library.extras(run.run_id).mkdir(parents=True)
    ladder.save(library.extras(run.run_id), made)
    return run


@pytest.fixture
def pipe_and_run(tiny_models, tmp_path):
    pipe = tiny_models.get(tiny_models.default)
    card = pipe.teacache_card
    asked = Request(model=card.name, prompt="a ball", seed=1, steps=12, settings=card.settings(naive=True))
    return pipe, Store(tmp_path).save(record_runs.compared(pipe, asked))


def test_a_row_of_the_picture_is_a_rung_and_a_column_a_frame(kept, library):
    client = TestClient(Starlette(routes=routes(Models(), library)))
    told = facts.facts(library, kept.run_id)["ladder"]
    sheet = np.asarray(Image.open(io.BytesIO(client.get("/" + told["src"]).content)))
    assert sheet.shape == (2 * told["height"], FRAMES * told["width"], 3)
    assert abs(sheet[:8].mean() - 40) < 3 and abs(sheet[8:].mean() - 200) < 3
    assert [each["threshold"] for each in told["rungs"]] == [0.1, 0.2]


def test_the_scripts_declare_it_as_it_is_sent(kept, library):
    told = facts.facts(library, kept.run_id)["ladder"]
    assert fields_of("Ladder") == set(told) and fields_of("Rung") == set(told["rungs"][0])


def test_a_run_of_one_threshold_has_none(library):
    client = TestClient(Starlette(routes=routes(Models(), library)))
    assert facts.facts(library, "1-sample")["ladder"] is None
    assert client.get("/teacache/teach/1-sample/ladder.webp").status_code == 404
    assert client.get("/teacache/teach/nothing/ladder.webp").status_code == 404


def test_the_first_recorded_run_ships_with_thresholds_from_careful_to_bold():
    told = facts.facts(Library(), record_runs.TAKES[0].name)["ladder"]
    rungs = told["rungs"]
    thresholds = [each["threshold"] for each in rungs]
    computed = [each["schedule"].count("1") for each in rungs]
    assert len(rungs) >= 10 and thresholds == sorted(thresholds) and computed == sorted(computed)[::-1]
    assert computed[0] > 40 and computed[-1] <= 6
    assert all(each["schedule"][0] == each["schedule"][-1] == "1" for each in rungs)
    assert rungs[0]["psnr"] > 55 > 30 > rungs[-1]["psnr"]
    with Image.open(RECORDED / record_runs.TAKES[0].name / ladder.PICTURE) as sheet:
        assert sheet.size == (told["frames"] * told["width"], len(rungs) * told["height"])


def test_a_ladder_is_made_of_real_runs_beside_one_uncached(pipe_and_run, monkeypatch):
    pipe, run = pipe_and_run
    monkeypatch.setattr(record_ladder, "RUNGS", 3)
    rungs = [rung for rung, _ in record_ladder.record(pipe, run)]
    assert 2 <= len(rungs) <= 3
    for each in rungs:
        settings = run.request.settings.replaced(threshold=each.threshold)
        made = record_runs.compared(pipe, replace(run.request, settings=settings))
        assert "".join(str(int(c)) for c in made.cached.trace.schedule) == each.schedule
        assert made.fidelity.psnr == pytest.approx(each.psnr, rel=1e-3)


def test_a_rung_that_is_not_plainly_faithful_or_not_gives_way_to_a_slower_one(pipe_and_run, monkeypatch):
    pipe, run = pipe_and_run
    monkeypatch.setattr(record_ladder, "RUNGS", 3)
    first, *_, last = [rung for rung, _ in record_ladder.record(pipe, run)]
    monkeypatch.setattr(record_ladder, "FAITHFUL", last.psnr + 0.01)
    again = [rung for rung, _ in record_ladder.record(pipe, run)]
    assert first.schedule == again[0].schedule and last.schedule not in {rung.schedule for rung in again}
    assert again[-1].schedule.count("1") > last.schedule.count("1")
