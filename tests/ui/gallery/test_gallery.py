"""The gallery holds what its makers put there, and nothing where it is switched off."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import StoreError
from teacache.runs.request import Request
from teacache.runs.stored import in_memory
from tests.runs import samples
from ui import routes
from ui.base.options import Options
from ui.gallery import page, shelf
from ui.run.engine import Engine
from ui.words.texts import LANGUAGES


@pytest.fixture
def client(engine, library):
    return TestClient(Starlette(routes=routes.routes(engine.models, library, gallery=True)))


def stored(library, run_id, **changes):
    return library.made.save(samples.comparison(run_id, **changes))


def test_only_runs_that_were_put_on_show_are_listed_the_newest_first(client, library):
    for run_id in ("20260101-000000-aa", "20260102-000000-bb", "20260103-000000-private"):
        run = stored(library, run_id)
        if "private" not in run_id:
            shelf.publish(run)
    text = client.get("/teacache/gallery").text
    assert re.findall(r'href="../\?run=([\w-]+)"', text) == ["20260102-000000-bb", "20260101-000000-aa"]
    assert "private" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_every_language_and_runs_no_script(client, library, language):
    shelf.publish(stored(library, "20260101-000000-aa"))
    text = client.get("/teacache/gallery", params={"lang": language}).text
    assert f'<html lang="{language}">' in text and page.words(language)["about"] in text
    assert "<script" not in text and not re.search(r'(src|href)="https?://', text)
    assert ("<p>" + page.words(language)["none"]) not in text


def test_a_prompt_never_becomes_markup(library):
    from dataclasses import replace

    run = stored(library, "20260101-000000-aa")
    evil = replace(run, request=replace(run.request, prompt='<img src=x onerror="alert(1)">'))
    assert "<img src=x" not in page.document([evil], "en")


def test_without_any_run_it_says_how_one_gets_there(client):
    assert page.words("en")["none"] in client.get("/teacache/gallery").text


def test_switched_off_there_is_no_gallery_and_no_run_is_put_on_show(engine, library):
    client = TestClient(Starlette(routes=routes.routes(engine.models, library)))
    assert client.get("/teacache/gallery").status_code == 404
    assert client.get("/teacache/model").json()["gallery"] is False
    *_, last = engine.run(asked(), with_rivals=False, public=True)
    assert not list(library.made.folder.glob(f"*/{shelf.PUBLIC}"))


def test_switched_on_a_run_is_on_show_if_its_maker_asks(tiny_models, library):
    engine = Engine(tiny_models, library, Options(gallery=True))
    for seed, public in ((1, True), (2, False)):
        *_, last = engine.run(asked(seed=seed), with_rivals=False, public=public)
        assert (last.stored.folder / shelf.PUBLIC).exists() == public
    assert [run.request.seed for run in shelf.Shelf(library).runs()] == [1]


def asked(**changes):
    return Request(**{"model": "tiny", "prompt": "a red ball", "steps": 4, **changes})


def test_a_run_that_was_not_stored_cannot_be_put_on_show():
    with pytest.raises(StoreError, match="could not be stored"):
        shelf.publish(in_memory(samples.comparison("one")))


def test_a_run_that_is_spoiled_is_left_out(library, caplog):
    run = stored(library, "20260101-000000-aa")
    shelf.publish(run)
    (run.folder / "run.json").write_text("{")
    assert shelf.Shelf(library).runs() == [] and "not in the gallery" in caplog.text
