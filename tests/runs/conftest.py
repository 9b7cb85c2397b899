"""Pipelines to run: a tiny one with random weights, and the embedded model."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from teacache.method.gate import Settings
from teacache.models import load
from teacache.models.catalog import ROOT
from teacache.runs import compare
from teacache.runs.request import Request
from tests.runs import tiny

STEPS = 6
PROMPT = "a red ball circling"
THRESHOLD = 0.3  # computes 4 of the tiny pipeline's 6 calls


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory) -> Path:
    """The tiny pipeline on disk, for processes of their own."""
    return tiny.save(tmp_path_factory.mktemp("tiny") / "pipeline")


@pytest.fixture(scope="session")
def _tiny_pipe(tiny_folder):
    """Warmed up for `request_` and its like: tests count the calls of their own runs alone."""
    pipe = tiny.load(tiny_folder)
    settings = Settings(threshold=THRESHOLD)
    list(compare(pipe, Request(prompt=PROMPT, steps=2, guidance_scale=3.0, settings=settings)))
    return pipe


@pytest.fixture
def pipe(_tiny_pipe):
    """The tiny pipeline; after the test it must carry no hook and no run may be left."""
    yield _tiny_pipe
    assert_clean(_tiny_pipe)


@pytest.fixture(scope="session")
def embedded():
    """The embedded model of the project."""
    return load("shapes", device="cpu")


@pytest.fixture
def request_(pipe) -> Request:
    """A request that the tiny pipeline answers in a moment."""
    return Request(
        prompt=PROMPT,
        seed=3,
        steps=STEPS,
        guidance_scale=3.0,
        settings=Settings(threshold=THRESHOLD),
    )


@pytest.fixture(scope="session")
def fresh(tiny_folder, tmp_path_factory) -> dict[str, np.ndarray]:
    """Latents and video of `request_`, uncached and cached, made by a process that does nothing else."""
    target = tmp_path_factory.mktemp("fresh") / "runs.npz"
    done = subprocess.run(
        [sys.executable, "-m", "tests.runs.fresh", str(tiny_folder), str(target), str(STEPS), str(THRESHOLD)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return dict(np.load(target))


def assert_clean(pipe) -> None:
    """Nothing of a run is left: no thread, no hook, no held lock."""
    from teacache.runs.generate import lock_of

    assert not [thread for thread in threading.enumerate() if thread.name == "teacache-run"]
    for name, module in pipe.transformer.named_modules():
        registry = vars(module).get("_diffusers_hook")  # an empty one comes from diffusers' own end of a run
        assert registry is None or not registry.hooks, f"hook left on {name!r}"
        assert "forward" not in vars(module), f"forward left on {name!r}"
        assert not module._forward_hooks and not module._forward_pre_hooks, f"tap left on {name!r}"
    assert not lock_of(pipe).locked()
