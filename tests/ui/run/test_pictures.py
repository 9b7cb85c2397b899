"""A model of pictures, from the answer of /compare to what is taken away: PNG, and nothing to play."""

from __future__ import annotations

import base64
import re
import runpy

import imageio.v3 as iio
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.method.trace import Trace
from tests.tiny import folders
from tests.ui.programs import requested
from ui import routes
from ui.api.endpoints import Api
from ui.history import history
from ui.library.library import Library
from ui.player import player
from ui.run import fewer_steps
from ui.run.engine import Engine
from ui.takeaway import embedded, report, snippet

STEPS = 4
ASKED = (
    "a red ball",
    1.0,
    "pictures",
    1,
    STEPS,
    0,
    False,
    0,
    -1,
    0,
)  # up to max_reuses, as /compare takes them


@pytest.fixture(scope="module")
def engine(folder_models, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    return Engine(folder_models("pictures"), Library(place / "made", place / "recorded"))


@pytest.fixture(scope="module")
def answer(engine):
    """The last answer of a run with its rivals."""
    *_, last = Api(engine).compare(*ASKED, True)
    return last


@pytest.fixture
def run(engine, answer):
    return engine.library.load(answer[0]["run"])


@pytest.fixture
def client(engine):
    return TestClient(Starlette(routes=routes.routes(engine.models, engine.library)))


def test_a_program_gets_pictures_without_loss(answer):
    state, *paths, trace = answer
    assert [path.rpartition("/")[2] for path in paths] == ["stacked.png", "uncached.png", "cached.png"]
    both, uncached, cached = map(iio.imread, paths)
    assert np.array_equal(both, np.concatenate([uncached, cached], axis=1))
    assert {row["name"] for row in state["rivals"]} == {"teacache", "uniform", "fewer_steps"}
    assert len(Trace.load(trace).records) == state["calls"]


def test_the_player_gets_a_picture_and_a_clip_stays_one(run, library):
    value = player.finished(run)
    assert value["still"] and value["src"].endswith("/stacked.png") and value["frames"] == 1
    assert value["links"][0][0] == "save_pictures"
    clip = player.finished(library.load("1-sample"))
    assert not clip["still"] and clip["src"].endswith(".mp4") and clip["links"][0][0] == "save_video"


def test_a_preview_of_a_picture_is_one_too(engine):
    request = requested(engine.models, "pictures", threshold=1.0, seed=2, steps=6)
    shown = [screen.player for screen in engine.run(request, with_rivals=False) if screen.player]
    assert len(shown) > 1 and all(value["still"] for value in shown)


def test_fewer_steps_are_a_third_picture_beside_the_two(engine, run):
    *_, last = fewer_steps.screens(engine, run)
    assert last.player["src"].endswith("third.png") and last.player["lanes"] == 3
    three, both = (iio.imread(path) for path in (engine.library.file(run.run_id, "third.png"), run.shown[0]))
    assert np.array_equal(three[:, : both.shape[1]], both) and three.shape[1] * 2 == both.shape[1] * 3


@pytest.mark.parametrize("name", ["stacked.png", "uncached.png", "cached.png"])
def test_each_picture_can_be_saved(client, run, name):
    answer = client.get(f"/teacache/take/{run.run_id}/{name}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == (run.folder / name).read_bytes()
    assert client.get(f"/teacache/runs/{run.run_id}/{name}").headers["content-type"] == "image/png"


def test_a_run_that_began_with_no_image_has_none_to_save(client, run):
    assert client.get(f"/teacache/take/{run.run_id}/image.png").status_code == 404


def test_the_pictures_of_two_runs_become_one_file(client, run, tmp_path):
    (tmp_path / "pair.png").write_bytes(client.get(f"/teacache/pairs/{run.run_id}/{run.run_id}.png").content)
    cached = iio.imread(run.shown[2])
    assert np.array_equal(iio.imread(tmp_path / "pair.png"), np.concatenate([cached, cached], axis=1))
    assert history.summary(run)["clip"]["still"]


def pictures_in(page: str) -> list[tuple[str, bytes]]:
    found = re.findall(r"data:(image/\w+);base64,([A-Za-z0-9+/=]{99,})", page)
    return [(kind, base64.b64decode(data)) for kind, data in found]


def test_the_report_holds_the_picture_itself(run):
    page = report.page(run, "en")
    assert pictures_in(page) == [("image/png", run.shown[0].read_bytes())] and "data:video" not in page


def test_a_large_picture_is_smaller_in_the_report(run, monkeypatch):
    monkeypatch.setattr(embedded, "LARGEST_VIDEO", 1)
    monkeypatch.setattr(embedded, "PICTURE_HEIGHT", 32)
    ((kind, data),) = pictures_in(report.page(run, "en"))
    assert kind == "image/webp" and iio.imread(data).shape == (32, 64, 3)


def test_the_code_makes_the_same_picture_again(engine, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = engine.models.card("pictures").source
    code = snippet.code(run)
    assert 'load("path/to/pictures")' in code and "export_to_video" not in code
    (tmp_path / "run.py").write_text(code.replace("path/to/pictures", folder), encoding="utf-8")
    runpy.run_path("run.py")
    assert Trace.load("trace.json").schedule == run.cached.schedule
    made, cached = (iio.imread(path).astype(int) for path in ("run.png", run.shown[2]))
    enlarged = made.repeat(4, axis=0).repeat(4, axis=1)  # as small clips are shown
    assert made.shape == (*folders.SIZES["pictures"][1:], 3) and abs(enlarged - cached).max() <= 1
