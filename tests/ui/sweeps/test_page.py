"""The page of a sweep: every run can be opened, with two videos and its trace, and nothing else."""

import json
import re
import shutil

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.method.trace import Trace
from teacache.study.sweep.rows import UNCACHED
from ui.player import pairs
from ui.sweeps import page
from ui.sweeps.routes import ROOT, routes
from ui.sweeps.shelf import SHIPPED, Shelf
from ui.words.texts import LANGUAGES

NAME = "shapes"


@pytest.fixture(scope="module")
def shelf():
    return Shelf([SHIPPED])


@pytest.fixture(scope="module")
def client(shelf, tmp_path_factory):
    return visiting(shelf, tmp_path_factory.mktemp("pairs"))


def visiting(shelf, folder) -> TestClient:
    return TestClient(Starlette(routes=routes(shelf, "plotly.js", folder)))


@pytest.fixture(scope="module")
def row(shelf):
    return next(row for row in shelf.rows(NAME) if row.method == "teacache" and row.share < 0.5)


def test_the_sweep_that_ships_is_whole(shelf):
    rows, store = shelf.rows(NAME), shelf.store(NAME)
    methods = {row.method for row in rows}
    assert {"teacache", "naive", "uniform", "fewer_steps"} < methods
    by_prompt = [{(r.method, r.values) for r in rows if r.index == i} for i in {r.index for r in rows}]
    assert all(one == by_prompt[0] for one in by_prompt)  # prompts are whole
    first = min(row.index for row in rows)
    assert all(store.clip(row.key).is_file() for row in rows if row.index == first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language_and_loads_nothing_from_elsewhere(client, language):
    text = client.get(f"{ROOT}/{NAME}", params={"lang": language}).text
    assert f'<html lang="{language}">' in text and page.words(language)["fewer"] in json.dumps(
        _data(text), ensure_ascii=False
    )
    assert not re.search(r'(src|href)="https?://', text)


def test_every_dot_of_a_spread_is_a_run_that_can_be_opened(client, shelf):
    spreads = _data(client.get(f"{ROOT}/{NAME}").text)["figures"]["spreads"]
    keys = {key for figure in spreads.values() for box in figure["data"] for key in box["customdata"]}
    assert keys == {row.key for row in shelf.rows(NAME) if row.method != UNCACHED}


def test_a_run_has_its_words_two_videos_and_its_trace(client, row):
    told = client.get(f"{ROOT}/{NAME}/{row.key}.json").json()
    assert told["prompt"] == row.prompt and f"{row.psnr:.1f} dB" in told["text"] and told["figure"]["data"]
    assert client.get(f"{ROOT}/{NAME}/{row.key}.mp4").content[4:8] == b"ftyp"
    trace = Trace.from_json(client.get(f"{ROOT}/{NAME}/{row.key}/trace.json").json())
    assert trace.computed_calls == row.computed


def test_of_the_videos_beside_each_other_the_latest_are_kept(shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "MOST", 2)
    client = visiting(shelf, tmp_path)
    keys = [row.key for row in shelf.rows(NAME) if row.index == 0 and row.method == "teacache"][:3]
    for key in keys:
        assert client.get(f"{ROOT}/{NAME}/{key}.mp4").status_code == 200
    assert len(keys) == 3 and len([*tmp_path.iterdir()]) == 2


def test_a_run_whose_clips_were_not_kept_says_so_and_shows_the_rest(shelf, row, tmp_path):
    shutil.copytree(SHIPPED / NAME, tmp_path / NAME, ignore=shutil.ignore_patterns("clips"))
    bare = visiting(Shelf([tmp_path]), tmp_path / "pairs")
    answer = bare.get(f"{ROOT}/{NAME}/{row.key}.json").json()
    assert answer["videos"] is None and answer["figure"] and answer["prompt"] == row.prompt
    clips = bare.get(f"{ROOT}/{NAME}/{row.key}.mp4")
    assert clips.status_code == 404 and clips.text == "No clips were kept of this run."


@pytest.mark.parametrize("path", ["nobody", "shapes/nobody.json", "shapes/..%2Fsweep.json", "..%2Fshapes"])
def test_nothing_else_can_be_fetched(client, path):
    assert client.get(f"{ROOT}/{path}").status_code == 404


def test_the_bare_address_shows_the_first_sweep_or_says_how_to_make_one(client, tmp_path):
    first = Shelf([SHIPPED]).names()[0]
    assert client.get(ROOT, follow_redirects=True).url.path == f"{ROOT}/{first}"
    empty = visiting(Shelf([tmp_path]), tmp_path / "pairs")
    assert "python -m teacache sweep" in empty.get(ROOT).text


def test_a_sweep_of_this_server_is_listed_beside_the_shipped_one(shelf, tmp_path):
    shutil.copytree(SHIPPED / NAME, tmp_path / "mine", ignore=shutil.ignore_patterns("clips", "traces"))
    assert Shelf([SHIPPED, tmp_path]).names() == [*shelf.names(), "mine"]


def test_every_word_is_there_in_every_language():
    table = json.loads((page.HERE / "words.json").read_text(encoding="utf-8"))
    assert all({*row} == {*LANGUAGES} and all(row.values()) for row in table.values())


def _data(text: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL).group(1))
