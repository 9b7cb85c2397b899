"""What every test relies on: no hub, folders of its own, few threads, versions in the report."""

import os
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tools import chromium

HERE = Path(__file__).resolve().parent

# Read by the libraries when they are imported, so set before any test module is; a server that a test
# starts inherits them.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# Where several processes test at once, each has one thread: waiting threads would hold the others' cores.
# Said whatever is there, since the process that starts them has said how many it has alone.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_NUM_THREADS"] = "1"
else:
    os.environ.setdefault("OMP_NUM_THREADS", str(min(4, os.cpu_count() or 1)))


def pytest_addoption(parser):
    parser.addoption("--exhaustive", action="store_true", help="also the tests marked exhaustive")
    parser.addoption(
        "--golden",
        type=Path,
        default=HERE / "golden",
        metavar="DIR",
        help="folder with the parity data (default: tests/golden)",
    )


def pytest_configure(config):
    """Runs, studies and downloads of tests go to folders that vanish, never to the user's."""
    folder = tempfile.TemporaryDirectory(prefix="teacache-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    for name, part in (("TEACACHE_RUNS_DIR", "runs"), ("TEACACHE_CACHE_DIR", "cache"), ("HF_HOME", "hub")):
        os.environ[name] = os.path.join(folder.name, part)


def pytest_report_header():
    def versions():
        for name in ("torch", "diffusers", "transformers", "gradio", "playwright"):
            try:
                yield f"{name} {version(name)}"
            except PackageNotFoundError:
                yield f"{name} missing"

    return [", ".join(versions()), f"browser: {chromium.version()}"]


def pytest_collection_modifyitems(config, items):
    """Mark the browser tests, and run them last: what breaks a page most often breaks a faster test too.

    Of either kind files with slow tests come first, so that no process is left alone with one at the end.
    """
    for item in items:
        if HERE / "browser" in item.path.parents:
            item.add_marker(pytest.mark.browser)
    slow = {item.path for item in items if "slow" in item.keywords}
    items.sort(key=lambda item: ("browser" in item.keywords, item.path not in slow))
    if not config.getoption("--exhaustive"):
        left_out = [item for item in items if "exhaustive" in item.keywords]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if "exhaustive" not in item.keywords]


@pytest.fixture(scope="module", autouse=True)
def _threads_as_at_the_start():
    """Training sets the thread count of the whole process, and bits depend on it: give it back."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


@pytest.fixture(autouse=True)
def _attention_as_at_the_start():
    """A model that is set to an attention backend sets it for all models of the process: give it back.

    Some backends switch torch's own for the time of a call, in all threads, and bits depend on it.
    """
    yield
    dispatch = sys.modules.get("diffusers.models.attention_dispatch")
    if dispatch is not None:
        backend = dispatch.AttentionBackendName(dispatch.DIFFUSERS_ATTN_BACKEND)
        dispatch._AttentionBackendRegistry.set_active_backend(backend)


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    """No run counts as disturbed, however busy tests keep the machine; overridden where that is tested."""
    monkeypatch.setattr("teacache.runs.speed.TOLERANCE", 1e9)


@pytest.fixture(scope="session")
def golden(pytestconfig) -> Path:
    """The folder with the parity data."""
    folder = pytestconfig.getoption("golden")
    assert folder.is_dir(), f"no golden data in {folder}: say where they are with --golden DIR"
    return folder
