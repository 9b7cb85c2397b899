"""The page as it is built, without a server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ui import api, outputs, page
from ui.library import Library
from ui.live import Engine, Screen
from ui.models import Models

ROOT = Path(__file__).resolve().parents[2]


def part(blocks, name):
    mark = f'data-part="{name}"'
    return next(block for block in blocks.blocks.values() if mark in getattr(block, "html_template", ""))


def test_a_recorded_run_is_in_the_page_before_any_model(library):
    built = page.build(Engine(Models(), library))
    board = part(built, "board").value
    assert (board["run"], board["phase"]) == ("1-sample", "recorded")
    assert part(built, "player").value["src"] == "teacache/runs/1-sample/stacked.mp4"
    assert json.loads(part(built, "table").value["json"])["run"] == "1-sample"


def test_without_recorded_runs_the_page_is_still_built(tmp_path):
    built = page.build(Engine(Models(), Library(tmp_path / "made", tmp_path / "none")))
    assert part(built, "board").value is None


def test_only_the_named_endpoints_are_public(library):
    built = page.build(Engine(Models(), library))
    named = {fn.api_name for fn in built.fns.values() if fn.api_visibility == "public"}
    assert named == {"compare", "what_if", "calibrate", "models", "runs"}


def test_every_run_waits_for_the_one_model(library):
    built = page.build(Engine(Models(), library))
    queues = [fn for fn in built.fns.values() if fn.concurrency_id == api.QUEUE]
    assert {fn.name for fn in queues} == {"run", "plain", "compare", "compute"}
    assert all(fn.concurrency_limit == 1 for fn in queues)


def test_parts_without_news_are_left_alone():
    values = outputs.values_of(Screen(rivals={"n": 1}))
    assert values[3] == {"n": 1}
    assert all(value["__type__"] == "update" and len(value) == 1 for value in (*values[:3], *values[4:]))


def test_the_page_is_up_before_torch_is_imported():
    slow = "('torch', 'diffusers', 'plotly', 'skimage')"
    code = f"import sys, ui.server; sys.exit(any(name in sys.modules for name in {slow}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
