"""The library installs without the page: a wheel, used from an empty folder where there is no Gradio."""

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
# Nothing of the page may be imported; what else the library needs is this environment's.
USE = """
import sys
from importlib.abc import MetaPathFinder

class NoPage(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("gradio", "ui", "tools", "tests"):
            raise ImportError(name)

sys.meta_path.insert(0, NoPage())
import teacache
from teacache import TeaCache
from teacache.models import load
from teacache.study import replay

pipe = load("shapes")
with TeaCache(pipe, threshold=0.1) as cache:
    clip = pipe("a red ball bouncing on a blue background", num_inference_steps=4).frames[0]
replayed = sum(decision.computed for decision in replay(cache.trace, cache.trace.settings))
print(teacache.__file__)
print(len(clip), *clip[0].size, cache.trace.computed_calls, replayed)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        folder,
        ROOT,
    ]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder that the wheel was unpacked to, alone on the path."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def run(installed: Path, empty: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, *command], cwd=empty, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_library_its_tables_and_the_embedded_model_and_no_page(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"teacache"}
    assert {"teacache/models/coefficients.json", "teacache/assets/shapes/model_index.json"} <= set(names)


def test_its_requirements_are_bounds_and_the_page_an_extra(wheel):
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
    needs = [line.split(": ", 1)[1] for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    library = [need for need in needs if "extra ==" not in need]
    assert all(">=" in need for need in library) and not any("gradio" in need for need in library)
    assert {need.rsplit("extra == ", 1)[1].strip("'\"") for need in needs if "extra" in need} == {
        "app", "cluster", "lpips", "mcp",
    }  # fmt: skip


def test_the_bounds_are_versions_that_the_tests_run_with():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for requirement in map(Requirement, declared):
        assert requirement.specifier.contains(version(requirement.name)), requirement
    pinned = {
        line.split("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line
    }
    of_the_page = {"gradio", "imageio"}
    assert pinned - of_the_page <= {Requirement(line).name for line in declared}


def test_it_makes_a_clip_from_an_empty_folder_without_gradio(installed, tmp_path):
    where, what = run(installed, tmp_path, "-c", USE).splitlines()
    assert Path(where).parent == installed / "teacache"
    frames, width, height, computed, replayed = (
        what.replace("(", "").replace(")", "").replace(",", "").split()
    )
    assert (frames, width, height) == ("16", "64", "64")
    assert 2 <= int(computed) <= 4 and computed == replayed
    assert not list(tmp_path.iterdir())


def test_its_command_line_lists_the_models(installed, tmp_path):
    assert "Shapes" in run(installed, tmp_path, "-m", "teacache", "models")
