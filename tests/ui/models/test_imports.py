"""Whatever a visitor asks first while the model is still loading, its modules are whole."""

import ast
import subprocess
import sys
from pathlib import Path

from ui.models.imports import BRING_TORCH

ROOT = Path(__file__).resolve().parents[3]
# The server's threads as they begin: one loads the model, others answer a page that was opened at once.
AT_ONCE = """
import threading
from ui.models.imports import BRING_TORCH, imported

failures = []

def ask(name):
    try:
        found = imported(name)
        assert found.__name__ == name
        if name == "teacache.models.loading":
            found.load("shapes")
    except BaseException as error:
        failures.append(f"{name}: {error!r}")

threads = [threading.Thread(target=ask, args=(name,)) for name in BRING_TORCH]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failures)
"""


def test_threads_that_ask_at_once_all_get_whole_modules():
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_page_imports_none_of_them():
    code = f"import sys, ui.page, ui.server; print([name for name in {BRING_TORCH!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_no_other_file_of_the_page_imports_them_inside_a_function():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "ui").rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.module in BRING_TORCH
    ]
    assert not found
