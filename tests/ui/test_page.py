"""The page as it is built, without a server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ui import page
from ui.api import endpoints
from ui.gradio_glue.labels import OURS, translations
from ui.library.library import Library
from ui.models.models import Models
from ui.run import events, outputs
from ui.run.engine import Engine, Screen
from ui.words.texts import LANGUAGES, texts

ROOT = Path(__file__).resolve().parents[2]
MARK = "__i18n__"  # of Gradio: what follows is translated in the browser


def part(blocks, name):
    mark = f'data-part="{name}"'
    return next(block for block in blocks.blocks.values() if mark in getattr(block, "html_template", ""))


def test_a_recorded_run_is_in_the_page_before_any_model(library):
    built = page.build(Engine(Models(), library))
    board = part(built, "board").value
    assert (board["run"], board["phase"]) == ("1-sample", "recorded")
    assert part(built, "player").value["src"] == "teacache/runs/1-sample/stacked.mp4"
    assert json.loads(part(built, "table").value["json"])["run"] == "1-sample"


@pytest.mark.parametrize("language", LANGUAGES)
def test_recorded_runs_are_named_by_gradio_itself_so_that_no_other_name_is_seen_first(language):
    built = page.build(Engine(Models(), Library()))
    keys = [b.value for b in built.blocks.values() if (getattr(b, "elem_id", "") or "").startswith("tc-run-")]
    speedup = rf" ([\d.,]+×|{texts(language)['none_short']})$"
    names = [
        re.sub(speedup, "", translations().translations[language][json.loads(key.removeprefix(MARK))["key"]])
        for key in keys
    ]
    known = {text for key, text in texts(language).items() if key.startswith("recorded_")}
    assert len(names) >= 8 and set(names) <= known


def test_no_value_of_a_control_is_a_key_that_gradio_would_translate():
    built = page.build(Engine(Models(), Library()))
    keys = set(translations().translations["en"])
    values = {str(block.value) for block in built.blocks.values() if hasattr(block, "value")}
    choices = {str(value) for block in built.blocks.values() for _, value in getattr(block, "choices", ())}
    assert {"indicator", "keep"} <= choices and not keys & (values | choices | set(texts("en")))


def test_a_recorded_run_is_named_with_the_speedup_that_its_figures_show():
    library = Library()
    page.build(Engine(Models(), library))
    for run in library.recorded:
        name = translations().translations["en"][f"{OURS}run_{run.run_id}"]
        reused = run.cached.computed_calls < len(run.cached.records)
        assert name.endswith(f" {run.speed.measured:.1f}×" if reused else " 0 reused")
    idle = [run.run_id for run in library.recorded if run.cached.computed_calls == len(run.cached.records)]
    assert idle == ["6-few-steps"]


def test_a_finished_run_sets_the_indicator_to_the_one_it_went_by():
    screens = [Screen(board={"uncached": {}, "cached": {}}), Screen(table={"n": 1})]
    under_way, finished = events._shown(lambda: (screen for screen in screens), None, also=("indicator",))
    assert under_way[-1]["__type__"] == "update" and finished[-1] == "indicator"


def test_without_recorded_runs_the_page_is_still_built(tmp_path):
    built = page.build(Engine(Models(), Library(tmp_path / "made", tmp_path / "none")))
    assert part(built, "board").value is None


@pytest.mark.parametrize(
    "offered, shown", [("shapes", {"shapes"}), ("scenes", {"scenes"}), ("wan-1.3b", {"scenes", "shapes"})]
)
def test_of_models_that_are_not_offered_runs_are_shown_where_there_are_no_others(tmp_path, offered, shown):
    library = Library(tmp_path, offered=[offered])
    built = page.build(Engine(Models(offered=[offered]), library))
    assert {run.request.model for run in library.recorded} == shown
    worlds = [part(built, "worlds").value["worlds"]] if len(shown) > 1 else []
    assert {world["title"].lower() for world in sum(worlds, [])} == (shown if worlds else set())


def test_only_the_named_endpoints_are_public(library):
    built = page.build(Engine(Models(), library))
    named = {fn.api_name for fn in built.fns.values() if fn.api_visibility == "public"}
    assert named == {"compare", "what_if", "signals", "calibrate", "models", "runs"}


def test_every_run_waits_for_the_one_model(library):
    built = page.build(Engine(Models(), library))
    queues = [fn for fn in built.fns.values() if fn.concurrency_id == endpoints.QUEUE]
    assert {fn.name for fn in queues} == {"run", "plain", "compare", "signals", "compute"}
    assert all(fn.concurrency_limit == 1 for fn in queues)


def test_parts_without_news_are_left_alone():
    values = outputs.values_of(Screen(rivals={"n": 1}))
    assert values[3] == {"n": 1}
    assert all(value["__type__"] == "update" and len(value) == 1 for value in (*values[:3], *values[4:]))


def test_the_page_is_up_before_torch_is_imported():
    slow = "('torch', 'diffusers', 'plotly', 'skimage')"
    code = f"import sys, ui.server; sys.exit(any(name in sys.modules for name in {slow}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
