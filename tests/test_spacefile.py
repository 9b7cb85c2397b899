"""The Space's settings, README.md and the requirements say the same."""

import re
from pathlib import Path

import pytest
import yaml

from tools.readme_front_matter import body, front_matter

ROOT = Path(__file__).resolve().parent.parent
SPACEFILE = (ROOT / "Spacefile").read_text(encoding="utf-8")
SETTINGS = yaml.safe_load(SPACEFILE)
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))
PIN = re.compile(r"(?P<name>[\w.-]+)(\[[\w,-]+])?==(?P<version>\d[\w.]*) +# .+")


def lines_of(path: Path) -> list[str]:
    """The requirement lines of a file, without comments and includes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def pins() -> list[tuple[str, str]]:
    matches = [PIN.fullmatch(line) for path in REQUIREMENTS for line in lines_of(path)]
    return [(match["name"].lower(), match["version"]) for match in matches if match]


def test_readme_front_matter_is_the_spacefile():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == front_matter(SPACEFILE) + body(readme), "run `make readme`"
    assert yaml.safe_load(readme.split("---\n")[1]) == SETTINGS


def test_a_readme_without_front_matter_keeps_its_text():
    assert body("# Title\n\n---\nrule\n") == "\n# Title\n\n---\nrule\n"
    assert body(front_matter(SPACEFILE) + "\n# Title\n\n---\nrule\n") == "\n# Title\n\n---\nrule\n"


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_exactly_and_says_why(path):
    loose = [line for line in lines_of(path) if not PIN.fullmatch(line)]
    assert not loose, f"not 'name==version  # why': {loose}"


def test_a_package_has_one_version_everywhere():
    versions = {}
    for name, version in pins():
        versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_pins_that_others_rely_on():
    pinned = dict(pins())
    assert pinned["torch"] == "2.13.0"
    assert SETTINGS["sdk_version"] == pinned["gradio"]


def test_what_hugging_face_asks_of_the_settings():
    colors = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {SETTINGS["colorFrom"], SETTINGS["colorTo"]} <= colors
    assert len(SETTINGS["short_description"]) <= 60
    assert SETTINGS["sdk"] == "gradio"
    assert SETTINGS["python_version"] == "3.11"
    assert (ROOT / SETTINGS["app_file"]).is_file()
