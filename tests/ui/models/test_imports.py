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


def late() -> dict[str, str]:
    """What the page imports inside functions, and where."""
    return {
        node.module: f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "ui").rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("teacache.")
    }


def test_no_other_file_of_the_page_imports_them_inside_a_function():
    assert not {module: place for module, place in late().items() if module in BRING_TORCH}


def test_what_else_is_imported_inside_a_function_brings_no_diffusers():
    code = f"""
import sys
from importlib import import_module
for name in {sorted(late())!r}:
    import_module(name)
    if "diffusers" in sys.modules:
        sys.exit(name)
"""
    assert late()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
