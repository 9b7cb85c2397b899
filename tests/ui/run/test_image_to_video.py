"""A model that begins with an image: given by a program or on the page, kept with the run, used again."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import gradio as gr
import imageio.v3 as iio
import numpy as np
import pytest
from gradio.data_classes import FileData

from teacache.method.trace import Trace
from teacache.runs import generate, picture
from teacache.runs.store import Store
from tests.runs import samples
from tests.tiny import folders
from ui import page
from ui.api.endpoints import Api
from ui.base import payload
from ui.controls import controls
from ui.library.library import Library
from ui.run import fewer_steps
from ui.run.engine import Engine
from ui.takeaway import snippet

STEPS = 4
OWN = (False, 0, -1, 0)  # naive, first_steps, last_steps, max_reuses: the model's own
FRAMES, HEIGHT, WIDTH = folders.SIZES["animates"]


@pytest.fixture(scope="module")
def engine(folder_models, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    Store(place / "recorded").save(samples.comparison("1-sample"))
    return Engine(folder_models("animates"), Library(place / "made", place / "recorded"))


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return folders.image(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def answer(engine, image, tmp_path_factory):
    """The last answer of a run whose image is gone afterwards, as uploads are."""
    upload = Path(shutil.copy(image, tmp_path_factory.mktemp("upload")))
    *_, last = asked(engine, image=upload)
    upload.unlink()
    return last


@pytest.fixture
def run(engine, answer):
    return engine.library.load(answer[0]["run"])


def asked(engine, *, image=None, model="animates", seed=1, rivals=False):
    sent = {"path": str(image)} if image else None  # as Gradio has it of an upload
    return Api(engine).compare("a red ball", 1.0, model, seed, STEPS, 0, *OWN, rivals, sent)


def test_a_program_gets_two_clips_that_began_with_its_image(answer, run):
    _, *paths, _ = answer
    assert [path.rpartition("/")[2] for path in paths] == ["stacked.mp4", "uncached.mp4", "cached.mp4"]
    assert len(iio.imread(paths[0], plugin="FFMPEG")) == FRAMES
    assert run.request.image == "my picture.png" and run.cached.computed_calls < STEPS


def test_the_image_is_kept_as_it_was_cut(run, image):
    assert np.array_equal(iio.imread(run.image), np.asarray(picture.fitted(image, WIDTH, HEIGHT)))


@pytest.fixture
def text(tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    return tmp_path / "notes.png"


def test_what_cannot_be_animated_is_refused_in_one_sentence(engine, image, text, monkeypatch):
    monkeypatch.setattr(engine.models, "get", lambda name: pytest.fail("a model was asked for"))
    with pytest.raises(gr.Error, match=r"brings an image to life: give one\."):
        list(asked(engine))
    with pytest.raises(gr.Error, match=r"notes.png is not an image: give a PNG, JPEG or WebP file\."):
        list(asked(engine, image=text))
    with pytest.raises(gr.Error, match=r"makes clips from words alone: leave the image out\."):
        list(asked(engine, image=image, model="shapes"))
    monkeypatch.setattr(picture, "MAX_PIXELS", 9_999)
    with pytest.raises(gr.Error, match=r"my picture.png has more than .* pixels: give a smaller one\."):
        list(asked(engine, image=image))
    monkeypatch.setattr(picture, "MAX_BYTES", 9)
    with pytest.raises(gr.Error, match=r"my picture.png has more than .* MB: give a smaller one\."):
        list(asked(engine, image=image))


def test_a_program_can_stop_while_a_rival_is_made(engine, image, monkeypatch):
    list(asked(engine, image=image))  # nothing has to be warmed up any more
    transformer, calls, jobs = engine.models.get("animates").transformer, [], []
    stream = generate.stream
    monkeypatch.setattr(generate, "stream", lambda job: jobs.append(job) or stream(job))

    def held(*_):
        calls.append(1)
        assert len(jobs) < 3 or jobs[-1].stop.wait(60)  # the third job is the first rival

    handle = transformer.register_forward_pre_hook(held)
    answers = asked(engine, image=image, seed=2, rivals=True)
    state = next(answer[0] for answer in answers if answer[0]["phase"] == "rivals")
    answers.close()
    handle.remove()
    assert len(jobs) == 3 and len(calls) <= 2 * STEPS + 1
    assert engine.library.load(state["run"]).rivals == ()


def test_every_answer_without_files_has_a_state_and_the_last_one_has_both(engine, image):
    answers = list(asked(engine, image=image, seed=3, rivals=True))
    phases = [state["phase"] for state, *_ in answers]
    assert phases.count("rivals") >= STEPS and phases[-1] == "done"
    assert all(files == [None] * 4 for state, *files in answers if state["phase"] == "rivals")
    assert len(answers[-1][0]["rivals"]) == 3 and all(answers[-1][1:])


def test_fewer_steps_begin_with_the_image_that_was_kept(engine, run):
    *_, last = fewer_steps.screens(engine, run)
    frames = fewer_steps._frames(engine.library.file(run.run_id, "third.mp4"))
    assert last.player["lanes"] == 3 and len(frames) == FRAMES


def test_opening_a_run_brings_its_image_back(engine, run):
    assert controls.start_form(engine.models.card("animates"), run).image == str(run.image)
    without = controls.start_form(engine.models.card("shapes"), engine.library.load("1-sample"))
    assert controls.filled(without, ["image"]) == (gr.skip(),)  # the visitor's own stays


def test_the_page_passes_an_upload_on_as_it_came(engine, text):
    assert payload.picture(FileData(path=str(text)).model_dump()) == str(text)
    assert payload.picture(None) is None
    running = next(fn for fn in page.build(engine).fns.values() if fn.name == "run")
    assert not running.preprocess  # Gradio would decode it before its size is known


def test_the_controls_are_the_models_own_whatever_run_is_on_screen(engine):
    values = {
        part.elem_id: part.value for part in page.build(engine).blocks.values() if hasattr(part, "value")
    }
    card, shown = engine.models.card("animates"), engine.library.recorded[0]
    assert shown.request.model != card.name and shown.cached.steps != card.steps
    assert (values["tc-steps"], values["tc-guidance"]) == (card.steps, card.guidance_scale)
    assert values["tc-threshold"] == card.settings().threshold


def test_the_code_makes_the_same_clip_again(engine, run, image, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(image, tmp_path)
    code = snippet.code(run)
    assert f'image=fitted("my picture.png", {WIDTH}, {HEIGHT})' in code
    code = code.replace("path/to/animates", engine.models.card("animates").source)
    (tmp_path / "run.py").write_text(code, encoding="utf-8")
    runpy.run_path("run.py")
    again = Trace.load("trace.json")
    assert again.schedule == run.cached.schedule
    distances = [[r.indicator_distance for r in t.records[1:]] for t in (again, run.cached)]
    assert distances[0] == pytest.approx(distances[1], rel=1e-3)


def test_code_for_a_trace_without_its_image_says_what_to_fill_in(engine, run):
    uploaded = engine.library.uploads.add(run.folder.joinpath("run.json").read_text())
    assert f'image=fitted("path/to/a/picture.png", {WIDTH}, {HEIGHT})' in snippet.code(uploaded)
