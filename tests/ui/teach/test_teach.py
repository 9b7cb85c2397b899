"""What teaches, without a browser: facts of a run, previews, links, the damage map, the recorded runs."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import ModelLoadError, RequestError, StoreError
from teacache.method.gate import Settings
from teacache.models.cards import Card
from teacache.runs.request import Request
from teacache.runs.store import Store
from tests.runs import samples
from tests.ui.tables import unrolled
from tools import record_runs
from ui.base import scripts
from ui.library import previews
from ui.library.library import RECORDED, Library, recorded_name
from ui.link import link
from ui.models.models import Models
from ui.run.engine import Engine
from ui.screen import facts
from ui.studies import damage, signals
from ui.teach.routes import routes
from ui.words.texts import texts

LESSONS = (
    *("noise", "time", "change", "indicator", "rescale", "decide", "residual", "speed"),
    *("predict", "foretell", "limits"),
)


@pytest.fixture
def client(library):
    return TestClient(Starlette(routes=routes(Models(), library)))


@pytest.fixture
def kept(library):
    """Previews of the recorded run: two steps uncached, one cached."""
    made = previews.Previews()
    for lane, step in (("uncached", 0), ("uncached", 2), ("cached", 2)):
        made.add(lane, step, np.full((6, 32, 32, 3), 40 * step + 20, dtype=np.uint8))
    assert made.save(library.extras("1-sample"))
    return library


def test_the_facts_of_a_run_are_those_of_its_trace(library, client):
    told = client.get("/teacache/teach/1-sample").json()
    run = library.load("1-sample")
    assert told["timesteps"] == [record.timestep for record in run.cached.records]
    assert told["psnr"] == list(run.fidelity.psnr_frames)
    assert told["previews"] is None and told["damage"] is None


def test_the_facts_come_packed_for_who_can_unpack_them(client):
    answer = client.get("/teacache/teach/1-sample", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/teacache/teach/1-sample", headers={"Accept-Encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert int(answer.headers["content-length"]) < len(plain.content) and answer.json() == plain.json()


def test_a_run_that_is_not_there_is_a_404_in_words(client):
    answer = client.get("/teacache/teach/nobody")
    assert answer.status_code == 404 and "no run nobody" in answer.text
    assert client.get("/teacache/teach/1-sample/previews.webp").status_code == 404


def test_previews_are_one_picture_with_a_row_a_step(kept, client):
    told = client.get("/teacache/teach/1-sample").json()["previews"]
    assert told["lanes"] == [[0, 2], [2]] and told["frames"] == previews.FRAMES
    picture = client.get("/" + told["src"])
    assert picture.headers["content-type"] == "image/webp"
    with Image.open(kept.extras("1-sample") / previews.PICTURE) as sheet:
        assert sheet.size == (32 * previews.FRAMES, 32 * 3)
        rows = np.asarray(sheet.convert("RGB"))[16::32, 16, 0].astype(int)
    assert abs(rows - np.array([20, 100, 100])).max() < 12


def test_previews_of_another_size_are_left_out():
    made = previews.Previews()
    made.add("cached", 4, np.zeros((4, 16, 16, 3), dtype=np.uint8))
    made.add("cached", 5, np.zeros((4, 32, 32, 3), dtype=np.uint8))
    assert list(made.lanes["cached"]) == [4]


def test_without_previews_nothing_is_written(tmp_path):
    assert not previews.Previews().save(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_finished_run_on_the_page_keeps_its_previews(engine):
    asked = Request(model=engine.models.default, prompt="a red ball", steps=6, guidance_scale=1.0)
    *_, last = engine.run(asked, with_rivals=False)
    told = facts.facts(engine.library, last.stored.run_id)
    assert told["previews"]["lanes"][0][-1] == told["previews"]["lanes"][1][-1] == 5
    assert len(told["psnr"]) == asked.checked(engine.models.card(asked.model)).frames


def test_the_words_of_a_link_become_values():
    asked = {
        "run": "1-x",
        "threshold": "0.25",
        "seed": "7",
        "first": "3",
        "last": "0.1",
        "estimator": "naive",
    }
    read = link.read(asked | {"prompt": "a red ball", "model": "shapes"}, Models())
    assert read == {
        "threshold": 0.25,
        "seed": 7,
        "first": 3,
        "last": 0.1,
        "estimator": "naive",
        "prompt": "a red ball",
        "model": "shapes",
    }


@pytest.mark.parametrize(
    "name, word",
    [
        ("threshold", "-1"),
        ("threshold", "nan"),
        ("seed", "1.5"),
        ("first", "1.5"),
        ("most", "0.5"),
        ("steps", "many"),
        ("estimator", "best"),
        ("indicator", "x"),
        ("colour", "red"),
        ("prompt", "x" * 3000),
    ],
)
def test_a_word_that_no_control_can_have_is_refused_in_words(name, word):
    with pytest.raises(RequestError, match=name):
        link.read({name: word}, Models())


def test_a_link_to_an_unknown_model_is_refused():
    with pytest.raises(ModelLoadError, match="choose one of"):
        link.read({"model": "nothing"}, Models())


def test_an_opened_link_shows_its_run_decided_by_its_rules(library):
    engine = Engine(Models(), library)
    asked = {"run": "1-sample", "estimator": "naive", "first": "4", "prompt": "another"}
    screen, form, missing = link.opened(engine, asked, [], "1-sample")
    assert not missing
    assert screen.board["run"] == "1-sample" and form.prompt == "another"
    assert screen.table["controls"]["naive"] and screen.table["controls"]["first"] == 4
    assert {row.schedule[:4] for row in unrolled(screen.table)} == {"1111"}


@pytest.mark.parametrize("more, naive", [({}, True), ({"estimator": "calibrated"}, False)])
def test_a_link_to_another_signal_leaves_the_polynomial_out_unless_it_says_otherwise(more, naive):
    engine = Engine(Models(), Library())
    run = engine.library.recorded[0].run_id
    screen, form, _ = link.opened(engine, {"run": run, "indicator": "embedding", **more}, [], run)
    assert screen.table["controls"]["naive"] == naive == (form.estimator == "naive")


def test_a_link_to_a_run_that_is_gone_shows_the_first_one_and_says_so(library):
    engine = Engine(Models(), library)
    screen, _, missing = link.opened(engine, {"run": "20200101-gone"}, [], "1-sample")
    assert missing and screen.board["run"] == "1-sample" and "no longer here" in str(screen.problem)


def test_the_damage_map_is_told_row_by_row_and_kept(engine, monkeypatch):
    monkeypatch.setattr(Card, "small", True)
    asked = Request(model=engine.models.default, prompt="a red ball", steps=3, guidance_scale=1.0)
    *_, last = engine.run(asked, with_rivals=False)
    states = [state for state in damage.states(engine, last.stored) if state]
    assert [state["done"] for state in states] == [0, 1, 2]
    assert [state["busy"] for state in states] == [True, True, False]
    again = list(damage.states(engine, last.stored))
    assert len(again) == 1 and again[0]["rows"] == states[-1]["rows"]
    assert facts.damage(engine.library, last.stored.run_id)["rows"] == states[-1]["rows"]


def test_a_damage_map_that_was_stopped_goes_on_with_the_rows_that_are_missing(engine, monkeypatch):
    monkeypatch.setattr(Card, "small", True)
    asked = Request(model=engine.models.default, prompt="a red ball", steps=4, guidance_scale=1.0)
    *_, last = engine.run(asked, with_rivals=False)
    with closing(damage.states(engine, last.stored)) as begun:
        first = next(state for state in begun if state and state["done"] == 1)
    kept = facts.damage(engine.library, last.stored.run_id)
    assert kept["rows"] == first["rows"] and not kept["busy"] and kept["total"] == 3
    states = [state for state in damage.states(engine, last.stored) if state]
    assert [state["done"] for state in states] == [1, 2, 3]
    assert states[-1]["rows"].items() >= first["rows"].items()


def test_the_damage_map_says_that_the_clip_to_compare_with_comes_first(engine, monkeypatch):
    monkeypatch.setattr(Card, "small", True)
    asked = Request(model=engine.models.default, prompt="a red ball", steps=2, guidance_scale=1.0)
    *_, last = engine.run(asked, with_rivals=False)
    monkeypatch.setattr(engine.baselines, "get", lambda *_: None)  # another run has taken its place
    states = [state for state in damage.states(engine, last.stored) if state]
    assert [state.get("baseline", False) for state in states] == [True, False]


@pytest.fixture
def made(engine):
    """A run of twelve steps, five of them computed."""
    schedule = tuple(step in (0, 3, 6, 9, 11) for step in range(12))
    settings = Settings(threshold=1.0, schedule=schedule)
    asked = Request(
        model=engine.models.default, prompt="a red ball", steps=12, guidance_scale=1.0, settings=settings
    )
    *_, last = engine.run(asked, with_rivals=False)
    return last.stored


def test_the_signals_are_told_one_by_one_and_kept_with_the_run(engine, made):
    states = [state for state in signals.states(engine, made, 5) if state]
    told = list(dict.fromkeys(len(state["rows"]) for state in states))
    assert told == [0, 1, 2, 3, 4] and not states[-1]["busy"] and all(s["busy"] for s in states[:-1])
    under = [state["under"]["name"] for state in states if state["under"]]
    assert list(dict.fromkeys(under)) == ["uncached", "embedding", "indicator", "latent", "uniform"]
    assert {row["computed"] for row in states[-1]["rows"]} == {5}
    again = list(signals.states(engine, made, 5.0))
    assert len(again) == 1 and again[0]["rows"] == states[-1]["rows"]
    assert facts.facts(engine.library, made.run_id)["signals"] == {"5": states[-1]["rows"]}


def test_signals_that_were_stopped_go_on_with_those_that_are_missing(engine, made):
    with closing(signals.states(engine, made, 5)) as begun:
        first = next(state for state in begun if state and state["rows"])
    assert facts.signals(engine.library, made.run_id) == {"5": first["rows"]}
    states = [state for state in signals.states(engine, made, 5) if state]
    assert states[-1]["rows"][0] == first["rows"][0] and len(states[-1]["rows"]) == 4
    assert {state["under"]["name"] for state in states if state["under"]}.isdisjoint({"embedding"})


def test_signals_at_a_number_of_calls_that_means_nothing_are_refused(engine, made):
    for computed in (12, 2.5):
        with pytest.raises(RequestError, match=f"{computed} of 12 calls cannot be computed"):
            list(signals.states(engine, made, computed))


def test_an_uploaded_trace_cannot_be_run_by_each_signal(engine):
    run = engine.library.uploads.add(json.dumps(samples.comparison("2-other").cached.trace.to_json()))
    with pytest.raises(RequestError, match="a trace alone"):
        next(signals.states(engine, run, 5))


def test_the_damage_map_is_refused_for_models_that_would_take_hours(library):
    models = Models()
    made = samples.comparison("2-other")
    request = dataclasses.replace(made.request, model="latte")
    run = library.made.save(dataclasses.replace(made, request=request))
    with pytest.raises(RequestError, match="small models alone"):
        next(damage.states(Engine(models, library), run))


def test_every_lesson_has_all_its_words():
    words = texts("en")
    script = (scripts.UI / "teach" / "lessons.js").read_text()
    assert tuple(re.findall(r'id: "(\w+)"', script)) == LESSONS
    for lesson in LESSONS:
        assert {f"tour_{lesson}_{part}" for part in ("title", "text", "ask", "right", "wrong")} <= set(words)


def test_every_take_says_what_it_teaches():
    takes = [take for takes in record_runs.TAKES_OF.values() for take in takes]
    for name in (recorded_name(take.name) for take in takes):
        assert {f"recorded_{name}", f"recorded_{name}_tip"} <= set(texts("en"))
    assert len({take.name for take in takes}) == len(takes) >= 14


def test_the_prompts_of_all_takes_are_understood():
    for model, card in Models().cards.items():
        for take in record_runs.TAKES_OF.get(model, ()):
            asked = Request(model=model, prompt=take.prompt, seed=take.seed, steps=take.steps)
            assert asked.checked(card).prompt == take.prompt


def test_the_recorded_runs_load_are_small_and_not_stale():
    runs = Library().recorded
    assert runs and len(runs) == len([p for p in RECORDED.iterdir() if p.is_dir()])
    size = sum(path.stat().st_size for path in RECORDED.rglob("*") if path.is_file())
    scenes = sum(path.stat().st_size for path in RECORDED.glob("scenes-*/*"))
    assert size - scenes < 6 * 2**20
    assert scenes < 10 * 2**20  # six runs, of four times the pixels
    assert record_runs.problems() == []


TAKE = record_runs.Take("1-tiny", "a red ball", 3, steps=6, guidance=3.0)


@pytest.fixture(scope="module")
def recorded_take(tiny_models, tmp_path_factory):
    """A take recorded with the tiny pipeline."""
    store = Store(tmp_path_factory.mktemp("takes"))
    pipe = tiny_models.get(tiny_models.default)
    patch = pytest.MonkeyPatch()
    patch.setattr(record_runs.watch, "affordable", lambda *spent: True)
    patch.setattr("teacache.runs.speed.TOLERANCE", 1e9)  # no run is disturbed, however busy the machine is
    run = record_runs.record(pipe, TAKE, store)
    record_runs.add_damage(pipe, run, store.folder)
    patch.undo()
    return store, Path(pipe.teacache_card.source), pipe.teacache_card


def test_a_take_is_recorded_with_rivals_previews_of_every_step_and_its_damage(recorded_take):
    store, _, _ = recorded_take
    assert {rival.name for rival in store.load("1-tiny").rivals} == {"uniform", "fewer_steps"}
    assert previews.read(store.folder / "1-tiny")["lanes"] == [[1, 2, 3, 4, 5]] * 2
    told = json.loads((store.folder / "1-tiny" / facts.DAMAGE).read_text())
    assert set(told["rows"]) == {"1", "2", "3", "4", "5"}


@pytest.fixture
def judged(recorded_take, tmp_path, monkeypatch):
    """The sentences about that take, as for a card of the catalog; with copies that a test may change."""
    store, weights, card = recorded_take
    folder, copy = tmp_path / "runs", tmp_path / "weights"
    shutil.copytree(store.folder, folder)
    shutil.copytree(weights, copy)
    monkeypatch.setattr(record_runs, "CARDS", {"shapes": card})
    return folder, copy, lambda take=TAKE: record_runs.problems(folder, copy, (take,))


def test_a_fresh_take_is_not_stale(judged):
    assert judged[2]() == []


def test_other_weights_make_a_take_stale(judged):
    _, weights, problems = judged
    path = next(weights.rglob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert problems() == ["1-tiny is stale: its weights changed since it was recorded."]


def test_a_setting_that_came_later_makes_no_take_stale_at_its_default(judged):
    folder, _, problems = judged
    place = folder / record_runs.MANIFEST
    entries = json.loads(place.read_text())
    assert entries["1-tiny"]["settings"].pop("reach") == 0.5
    place.write_text(json.dumps(entries))
    assert problems() == []


def test_another_prompt_in_the_table_makes_a_take_stale(judged):
    found = judged[2](dataclasses.replace(TAKE, prompt="a blue star"))
    assert found == ["1-tiny is stale: its take changed since it was recorded."]


def test_a_missing_take_is_told(judged):
    folder, _, problems = judged
    shutil.rmtree(folder / "1-tiny")
    assert len(problems()) == 1 and "no run 1-tiny" in problems()[0]


def test_unknown_runs_have_no_facts(library):
    with pytest.raises(StoreError):
        facts.facts(library, "none")


def test_a_state_without_a_picture_changes_no_preview():
    from teacache.runs.comparison import Progress

    made = previews.Previews()
    made.see(Progress(run_id="r", phase="text", request=Request(prompt="x"), calls=4))
    assert made.lanes == {"uncached": {}, "cached": {}}
