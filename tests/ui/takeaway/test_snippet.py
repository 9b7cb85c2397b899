"""The code that makes a run again: run for real on Shapes, and read where it cannot be run here."""

from __future__ import annotations

import ast
import dataclasses
import json
import runpy
from pathlib import Path

import pytest

from teacache.method.trace import Trace
from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.runs.adapters import ADAPTERS
from teacache.runs.compare import compare
from teacache.runs.request import Request
from teacache.runs.store import Store
from tests.runs import samples
from ui.takeaway import snippet

STEPS = 6


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A real run of Shapes, of few steps, that reuses some."""
    pipe = load("shapes", device="cpu")
    settings = CARDS["shapes"].settings(0.9).replaced(max_reuses=2)
    asked = Request(prompt="a red ball bouncing on a blue background", seed=7, steps=STEPS, settings=settings)
    comparison = list(compare(pipe, asked, preview_every=0))[-1].comparison
    return Store(tmp_path_factory.mktemp("runs")).save(comparison)


def test_the_code_makes_the_same_run_again(stored, tmp_path, monkeypatch, capsys):
    assert 1 < stored.cached.computed_calls < STEPS
    (tmp_path / "run.py").write_text(snippet.code(stored), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path("run.py")  # in this process, which has imported torch already
    again = Trace.load("trace.json")
    assert again.schedule == stored.cached.schedule
    assert [r.reason for r in again.records] == [r.reason for r in stored.cached.records]
    assert distances(again) == pytest.approx(distances(stored.cached), rel=1e-3)
    assert "as recorded" in capsys.readouterr().out and Path("run.mp4").stat().st_size > 1000


def distances(trace: Trace) -> list[float]:
    return [r.indicator_distance for r in trace.records if r.indicator_distance is not None]


@pytest.mark.parametrize(
    "prompt", ['a "quoted" ball', "two\nlines", "back\\slash", "ein Würfel, 红球", "'''", "{x}"]
)
def test_any_prompt_comes_through_as_it_is(library, prompt):
    run = library.load("1-sample")
    tree = ast.parse(
        snippet.code(dataclasses.replace(run, request=dataclasses.replace(run.request, prompt=prompt)))
    )
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert prompt in texts


def test_the_settings_in_the_code_are_those_of_the_run(stored):
    from teacache.method.gate import Settings

    call = next(
        node
        for node in ast.walk(ast.parse(snippet.code(stored)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Settings"
    )
    said = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    assert Settings(**said) == stored.cached.settings


@pytest.mark.parametrize("name", list(CARDS))
def test_every_model_of_the_catalog_gets_code_that_parses(library, name):
    card = CARDS[name]
    run = library.load("1-sample")
    request = dataclasses.replace(run.request, model=name)
    cached = dataclasses.replace(run.cached, model=name, pipeline=card.pipeline)
    code = snippet.code(dataclasses.replace(run, request=request, cached=cached))
    ast.parse(code)
    assert f'load("{name}")' in code


def test_an_uploaded_trace_without_a_model_says_what_to_fill_in(library):
    made = dataclasses.replace(samples.trace(), model="")
    code = snippet.code(library.uploads.add(json.dumps(made.to_json())))
    ast.parse(code)
    assert 'load("path/to/a/diffusers/folder")' in code


def test_an_uploaded_trace_that_tells_no_guidance_gets_code_without_any(library):
    for name, adapter in ADAPTERS.items():
        made = dataclasses.replace(samples.trace(), pipeline=name, guidance_scale=None)
        code = snippet.code(library.uploads.add(json.dumps(made.to_json())))
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
        named = {keyword.arg for call in calls for keyword in call.keywords}
        assert named.isdisjoint(adapter.guidance_arguments), name
