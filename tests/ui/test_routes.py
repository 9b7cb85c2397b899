"""What the browser fetches besides Gradio's own files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.method.trace import Trace
from ui import routes
from ui.base import scripts
from ui.models.models import Models
from ui.words.texts import LANGUAGES

# What other documents, and what runs before the modules, have of their own.
ELSEWHERE = re.compile(r"head/|gallery/|sweeps/|takeaway/report|base/aside")
WRITTEN = [path.relative_to(scripts.UI).as_posix() for path in sorted(scripts.UI.rglob("*.js"))]
WRITTEN = [path for path in WRITTEN if not ELSEWHERE.match(path)]


@pytest.fixture
def client(library):
    return TestClient(Starlette(routes=routes.routes(Models(), library)))


def test_every_script_is_served_as_it_is_written_but_for_comments(client):
    for path in WRITTEN:
        answer = client.get(f"/{scripts.base()}/{path}")
        assert answer.text == scripts.bare((scripts.UI / path).read_text(encoding="utf-8"))
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]


def test_a_script_comes_packed_for_those_who_can_unpack_it(client):
    address = f"/{scripts.base()}/{scripts.ENTRY}"
    assert client.get(address).headers["content-encoding"] == "gzip"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and "import" in plain.text


def test_no_other_file_is_a_script(client):
    assert client.get(f"/{scripts.base()}/scripts.py").status_code == 404
    assert client.get(f"/{scripts.base()}/base/style.css").status_code == 404


def test_what_both_sides_know_comes_with_the_scripts(client):
    assert scripts.plotly_address() in client.get(f"/{scripts.base()}/{scripts.SHARED}").text
    for language, word in (("en", "Threshold"), ("de", "Schwelle"), ("zh", "阈值")):
        assert word in client.get(f"/{scripts.base()}/texts/{language}.js").text
    assert f'data-texts="{scripts.base()}/{scripts.TEXTS}"' in routes.head()


def test_every_import_of_a_script_is_served_and_none_is_left_out():
    known = scripts.tree()
    asked = {path: scripts.imports(path, text) for path, text in known.items()}
    texts = {path for path in known if path.startswith(scripts.TEXTS)}  # words/words.js asks for one
    assert {path for paths in asked.values() for path in paths} == set(known) - {scripts.ENTRY} - texts


def test_the_address_of_the_scripts_names_their_content(monkeypatch):
    before = scripts.base()
    changed = scripts.tree() | {scripts.ENTRY: "// another"}
    monkeypatch.setattr(scripts, "tree", lambda: changed)
    assert scripts.base.__wrapped__() != before


def test_every_style_sheet_is_served():
    sheets = {path.relative_to(scripts.UI).with_suffix("").as_posix() for path in scripts.UI.rglob("*.css")}
    assert {sheet for sheet in sheets if not ELSEWHERE.match(sheet)} == set(routes.STYLES)
    assert "--tc-computed" in routes.style()


def test_plotly_comes_from_the_installed_package(client):
    answer = client.get("/" + scripts.plotly_address())
    assert answer.headers["content-type"].startswith("text/javascript") and "plotly.js" in answer.text[:200]
    assert "immutable" in answer.headers["cache-control"]


def test_videos_are_served_in_parts_so_that_a_player_can_seek(client):
    answer = client.get("/teacache/runs/1-sample/stacked.mp4", headers={"Range": "bytes=4-11"})
    assert answer.status_code == 206 and answer.content[:4] == b"ftyp"


def test_a_trace_can_be_saved_and_read_again(client):
    answer = client.get("/teacache/runs/1-sample/trace.json")
    assert "attachment" in answer.headers["content-disposition"]
    assert len(Trace.from_json(json.loads(answer.text)).records) == 6


@pytest.mark.parametrize(
    "path", ["nobody/stacked.mp4", "1-sample/run.json", "1-sample/..%2Frun.json", "..%2F..%2Fetc/passwd"]
)
def test_nothing_else_can_be_fetched(client, path):
    assert client.get(f"/teacache/runs/{path}").status_code == 404


def test_the_state_of_the_model_is_told(client):
    reason = dict.fromkeys(LANGUAGES, "")
    told = {"state": "idle", "device": "", "reason": reason, "gallery": False}
    assert client.get("/teacache/model").json() == told


def test_the_readme_names_every_part_that_a_link_can_hide():
    known = set(re.findall(r"data-hide~=(\w+)", routes.style()))
    told = (
        (Path(__file__).parents[2] / "README.md")
        .read_text(encoding="utf-8")
        .partition("`?hide=")[2]
        .partition("`?lang")[0]
    )
    assert known <= set(re.findall(r"`(\w+)`", told)) | set(re.findall(r"\w+", told.partition("`")[0]))
