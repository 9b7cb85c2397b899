"""A model of sound, from the answer of /compare to what is taken away: WAV, one picture, other figures."""

from __future__ import annotations

import base64
import re
import runpy

import gradio as gr
import imageio.v3 as iio
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.method.trace import Trace
from teacache.runs.sound import read_sound
from tests.tiny import folders, tangoflux
from tests.ui.programs import requested
from ui import routes
from ui.api.endpoints import Api
from ui.controls import controls, modelcard
from ui.controls.form import Form
from ui.history import history
from ui.library.library import Library
from ui.player import player
from ui.run import fewer_steps
from ui.run.engine import Engine
from ui.screen import same_cost_rows, state
from ui.takeaway import embedded, report, snippet

STEPS, SECONDS = 4, 0.4
# Up to max_reuses, as /compare takes them.
ASKED = ("a red ball", 1.0, "sounds", 1, STEPS, 0, False, 0, -1, 0)


@pytest.fixture(scope="module")
def engine(folder_models, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    return Engine(folder_models("sounds"), Library(place / "made", place / "recorded"))


@pytest.fixture(scope="module")
def answers(engine):
    """The answers of a run with its rivals."""
    return list(Api(engine).compare(*ASKED, True, seconds=SECONDS))


@pytest.fixture
def answer(answers):
    return answers[-1]


@pytest.fixture
def run(engine, answer):
    return engine.library.load(answer[0]["run"])


@pytest.fixture
def client(engine):
    return TestClient(Starlette(routes=routes.routes(engine.models, engine.library)))


def test_a_program_gets_both_sounds_and_a_picture_of_them(answer, run):
    told, *paths, trace = answer
    assert [path.rpartition("/")[2] for path in paths] == ["stacked.png", "uncached.wav", "cached.wav"]
    uncached, cached = map(read_sound, paths[1:])
    assert uncached.seconds == cached.seconds == SECONDS and uncached.rate == tangoflux.VAE["sampling_rate"]
    assert not np.array_equal(uncached.samples, cached.samples)
    height, width = folders.SIZES["sounds"][1:]
    assert iio.imread(paths[0]).shape == (height, 2 * width, 3)
    assert {row["name"] for row in told["rivals"]} == {"teacache", "uniform", "fewer_steps"}
    assert len(Trace.load(trace).records) == told["calls"]


def test_its_figures_are_those_of_sounds_and_no_others(answer, run):
    told = answer[0]
    near = {name: state.short(value) for name, value in run.fidelity.to_json().items()}
    for figures in (told["figures"], told["rivals"][0], history.summary(run)):
        assert figures["psnr"] is figures["ssim"] is None and figures["sound"] == near
    assert told["figures"]["lpips"] is told["figures"]["lpipsReason"] is None


def test_the_page_knows_from_the_start_that_it_will_be_a_sound(answers):
    first, last = answers[0][0], answers[-1][0]
    assert first["about"]["seconds"] == last["about"]["seconds"] == SECONDS


def test_the_closest_is_the_one_of_the_best_ratio(run):
    made = same_cost_rows.rivals(run.run_id, run, run.rivals)
    ratios = {row["name"]: row["sound"]["snr"] for row in made["rows"]}
    assert len(ratios) == 3 and made["closest"]
    assert all(ratios[name] >= max(ratios.values()) - 2 * same_cost_rows.TIE for name in made["closest"])


def test_the_player_gets_two_sounds_of_one_length(run):
    value = player.finished(run)
    assert not value["still"] and value["lanes"] == 2 and value["src"].endswith("/stacked.png")
    assert [address.rpartition("/")[2] for address in value["sounds"]] == ["uncached.wav", "cached.wav"]
    assert value["seconds"] == SECONDS and value["samplingRate"] == 8000
    keys = [key for key, _ in value["links"]]
    assert keys == ["save_spectra", "save_uncached_sound", "save_cached_sound", "save_trace"]


def test_a_preview_is_a_picture_of_the_sound_so_far(engine):
    request = requested(engine.models, "sounds", threshold=1.0, seed=2, steps=6)
    shown = [screen.player for screen in engine.run(request, with_rivals=False) if screen.player]
    assert len(shown) > 1 and shown[0]["still"] and "sounds" not in shown[0]


def test_fewer_steps_are_a_third_sound_beside_the_two(engine, run):
    *_, last = fewer_steps.screens(engine, run)
    assert last.player["lanes"] == 3 and last.player["sounds"][2].endswith("third.wav")
    made = read_sound(engine.library.file(run.run_id, "third.wav"))
    assert made.seconds == SECONDS and last.player["third"]["sound"]["snr"] < 100


@pytest.mark.parametrize("name", ["uncached.wav", "cached.wav", "stacked.png"])
def test_each_file_can_be_saved(client, run, name):
    answer = client.get(f"/teacache/take/{run.run_id}/{name}")
    assert answer.content == (run.folder / name).read_bytes()
    kind = "image/png" if name.endswith(".png") else "audio/"
    assert client.get(f"/teacache/runs/{run.run_id}/{name}").headers["content-type"].startswith(kind)


def test_there_is_no_video_of_a_sound(client, run):
    assert client.get(f"/teacache/runs/{run.run_id}/stacked.mp4").status_code == 404


def test_two_sounds_can_be_compared_and_say_how_long_they_are(client, run):
    assert client.get(f"/teacache/pairs/{run.run_id}/{run.run_id}.png").status_code == 200
    assert history.summary(run)["clip"]["sound"] == {"seconds": SECONDS, "samplingRate": 8000}


def held_in(page: str) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for kind, data in re.findall(r"data:(\w+/\w+);base64,([A-Za-z0-9+/=]{99,})", page):
        found.setdefault(kind, []).append(base64.b64decode(data))
    return found


def test_the_report_holds_both_sounds_and_their_figures(run):
    page = report.page(run, "en")
    held = held_in(page)
    assert held["audio/wav"] == [place.read_bytes() for place in run.sounds] and len(held["image/png"]) == 1
    assert f"{run.fidelity.snr:.1f} dB" in page and "MR-STFT" in page and "PSNR</span>" not in page


def test_long_sounds_are_smaller_in_the_report(run, monkeypatch):
    monkeypatch.setattr(embedded, "LARGEST_SOUND", 1)
    held = held_in(report.page(run, "en"))
    assert [data[:3] for data in held["audio/mpeg"]] == [b"ID3"] * 2 and "audio/wav" not in held


def test_the_code_makes_the_same_sound_again(engine, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = engine.models.card("sounds").source
    code = snippet.code(run)
    assert f"duration={SECONDS}" in code and "height" not in code
    (tmp_path / "run.py").write_text(code.replace("path/to/sounds", folder), encoding="utf-8")
    runpy.run_path("run.py")
    assert Trace.load("trace.json").schedule == run.cached.schedule
    assert np.allclose(read_sound("run.wav").samples, read_sound(run.sounds[1]).samples, atol=1e-3)


def test_a_length_is_asked_for_where_it_means_something(engine):
    card, models = engine.models.card("sounds"), engine.models
    asked = {"threshold": 1.0, "estimator": "naive", "prompt": "a ball", "seed": 0, "steps": 4}
    asked |= {"guidance": 1.0, "first": 1, "last": 1, "most": 0, "seconds": 0.3}
    assert controls.start_form(card, None).seconds == card.seconds
    assert controls.request(models, Form(model="sounds", **asked)).seconds == 0.3
    assert controls.request(models, Form(model="shapes", **asked)).seconds is None


def test_a_length_that_the_model_cannot_make_is_refused_in_one_sentence(engine):
    with pytest.raises(gr.Error, match="up to 1 seconds, not of 20"):
        list(Api(engine).compare(*ASKED, False, seconds=20.0))
    with pytest.raises(gr.Error, match="from 0.1 to 30"):
        list(Api(engine).compare(*ASKED, False, seconds=31.0))
    shapes = ("a red ball bouncing", 0.1, "shapes", *ASKED[3:])
    with pytest.raises(gr.Error, match="makes pictures, no sound"):
        list(Api(engine).compare(*shapes, False, seconds=1.0))


def test_the_card_says_how_long(engine):
    assert modelcard.described(engine.models, "sounds")["seconds"] == pytest.approx(0.512)
    assert modelcard.described(engine.models, "tangoflux")["seconds"] == 10.0
