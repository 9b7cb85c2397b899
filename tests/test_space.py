"""What goes to a Space, and that a server runs from it as a Space would run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from teacache import space
from teacache.errors import RequestError
from tests.as_a_space import fetched, started

ROOT = Path(__file__).resolve().parents[1]


class Hub:
    """Notes what it is asked, as huggingface_hub.HfApi would be."""

    def __init__(self):
        self.asked = []

    def create_repo(self, **asked):
        self.asked.append(("create_repo", asked))

    def upload_folder(self, *, folder_path, **asked):
        names = sorted(
            p.relative_to(folder_path).as_posix() for p in Path(folder_path).rglob("*") if p.is_file()
        )
        self.asked.append(("upload_folder", asked | {"names": names}))


def test_a_space_gets_what_it_needs_and_nothing_else(tmp_path):
    made = dict(space.build(tmp_path / "space"))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    parts = ("teacache/", "ui/", "assets/runs/", "assets/shapes/", "assets/scenes/")
    wanted = [name for name in tracked if name.startswith(parts)]
    assert set(wanted) <= set(made) and {"app.py", "README.md", "requirements.txt"} <= set(made)
    assert not [name for name in made if name.startswith(("tests/", "tools/", "benchmarks/", "."))]
    assert not [name for name in made if "__pycache__" in name or name.endswith(".pyi")]
    scenes = sum(
        size for name, size in made.items() if name.startswith(("assets/scenes/", "assets/runs/scenes-"))
    )
    assert sum(made.values()) - scenes < 60 * 2**20 and scenes < 45_000_000
    readme = (tmp_path / "space" / "README.md").read_text()
    assert readme.startswith("---\n") and "sdk: gradio" in readme


def test_a_dry_run_lists_and_asks_the_hub_nothing(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)  # an import of it would fail
    assert space.main(["push", "--repo", "somebody/teacache", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "app.py" in told and "would be pushed to https://huggingface.co/spaces/somebody/teacache" in told


def test_a_push_makes_the_space_and_replaces_all_of_it():
    hub = Hub()
    made = space.push("somebody/teacache", hub=hub)
    (_, first), (_, second) = hub.asked
    assert (first["repo_type"], first["space_sdk"], first["exist_ok"]) == ("space", "gradio", True)
    assert second["delete_patterns"] == "*" and second["names"] == sorted(name for name, _ in made)


@pytest.mark.parametrize("name", ["", "teacache", "a/b/c", "a b/c"])
def test_a_name_that_is_none_is_refused_in_one_sentence(name, capsys):
    assert space.main(["push", "--repo", name, "--dry-run"]) == 1
    assert "is no name of a Space: write owner/name" in capsys.readouterr().err


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(RequestError, match="is not empty"):
        space.build(tmp_path)


def test_a_server_runs_from_it_and_writes_nothing_there(tmp_path):
    with started(tmp_path, TEACACHE_WARM_UP="0") as (address, folder):
        assert "TeaCache Explorer" in fetched(f"{address}/")
        assert '"ideal"' in fetched(f"{address}/teacache/history?ids=")
        assert not list(folder.rglob("runs/.unfinished*")) and not (folder / "runs").exists()
    log = (tmp_path / "log").read_text()
    assert "Running on local URL" in log and "Traceback" not in log and "HOT_RELOAD" not in log
