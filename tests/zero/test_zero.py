"""A Space on ZeroGPU: the real `spaces`, its forks and its pickles; only the GPU is missing.

One server for all of it, a dozen seconds: torch, Gradio, and a fork of both for every run.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from gradio_client import Client

from teacache.errors import Cancelled
from teacache.method.gate import Settings
from teacache.models import load
from teacache.runs.compare import compare
from teacache.runs.request import Request
from teacache.runs.video import enlarge, write_video
from tests.runs import tiny
from tests.zero.devices import LENT, lending
from tools.serving import HOST, free_port, served
from ui.models.borrowed import borrowing, refusal

PROMPT, STEPS = "a red ball", 4
ASKED = {"prompt": PROMPT, "threshold": 0.3, "naive": True, "steps": STEPS, "seed": 3, "model": "tiny"}


@pytest.fixture(scope="module")
def devices():
    with lending() as service:
        yield service


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny.save(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="module")
def space(devices, model, tmp_path_factory):
    """The address of the whole server."""
    place, port = tmp_path_factory.mktemp("space"), free_port()
    environment = {
        "SPACE_ID": "somebody/teacache", "SYSTEM": "spaces", "SPACES_ZERO_GPU": "true",
        "SPACES_ZERO_DEVICE_API_URL": devices.address, "ZEROGPU_OFFLOAD_DIR": str(place / "tensors"),
        "TEACACHE_RUNS_DIR": str(place / "runs"), "TEACACHE_MODEL_FOLDER": str(model), "HOME": str(place),
    }  # fmt: skip
    command = ["-m", "tests.zero.space", "--host", HOST, "--port", str(port), "--no-browser"]
    before = dict(os.environ)
    os.environ |= environment
    try:
        with served(command, port, place / "log") as address:
            yield address
            print((place / "log").read_text()[-4000:])
    finally:
        for kind, given in devices.asked:  # a server that is ended leaves its forks behind
            if kind == "allow":
                with suppress(ProcessLookupError):
                    os.kill(int(given["pid"]), signal.SIGKILL)
        for name in environment:
            os.environ.pop(name)
        os.environ |= before


@pytest.fixture(scope="module")
def client(space):
    return Client(space, verbose=False)


def told(space):
    with urllib.request.urlopen(f"{space}/teacache/model", timeout=20) as answer:
        return json.load(answer)


def test_the_page_says_that_a_gpu_is_borrowed_and_why(space, devices):
    status = told(space)
    assert (status["state"], status["device"]) == ("ready", "ZeroGPU")
    assert "borrows a GPU for each run" in status["reason"]["en"] and "120 s" in status["reason"]["de"]
    assert [kind for kind, _ in devices.asked] == ["startup-report"]


def test_a_run_on_a_borrowed_gpu_streams_and_is_that_of_the_pipeline(client, devices, model):
    job = client.submit(**ASKED, api_name="/compare")
    state, _, uncached, cached, trace = job.result(timeout=120)
    assert state["phase"] == "done" and state["problem"] == "" and len(job.outputs()) > 2 * STEPS
    request = Request(prompt=PROMPT, seed=3, steps=STEPS, settings=Settings(threshold=0.3))
    *_, last = compare(load(model, device="cpu"), request, preview_every=0)
    for path, run in ((uncached, last.comparison.uncached), (cached, last.comparison.cached)):
        assert np.array_equal(frames(path), decoded(run.video))
    assert json.loads(Path(trace).read_text())["records"][-1]["computed"] is True
    assert int(devices.last("schedule")["durationSeconds"]) == 120  # nothing is known of it yet
    assert devices.last("release")["fail"] == "false"


def frames(path):
    return iio.imread(path, plugin="FFMPEG")


def decoded(video):
    """The frames as a reader of our video files sees them."""
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "one.mp4", enlarge(video), 8)
        return frames(Path(folder) / "one.mp4")


def test_the_next_run_borrows_for_as_long_as_the_last_one_says_and_its_uncached_run_is_lent(client, devices):
    job = client.submit(**ASKED | {"threshold": 0.1}, api_name="/compare")
    job.result(timeout=120)
    assert any(told["baselineReused"] for told, *_ in job.outputs())  # a busy machine makes it again
    assert int(devices.last("schedule")["durationSeconds"]) < 60


def test_a_refusal_of_ours_leaves_the_process_as_the_sentence_that_it_was(client):
    with pytest.raises(Exception, match=r"frames|pixels|steps"):
        client.predict(**ASKED | {"steps": 500}, api_name="/compare")


@pytest.mark.parametrize(
    "status, body, headers, sentence",
    [
        (429, {"left": 5, "wait": 3600}, {}, "Your GPU time of today"),
        (429, {"left": 5, "wait": -86400}, {}, "longer than one may be borrowed"),
        (429, {"left": 0, "wait": 60}, {"x-approve-result": "pending-overquota-exceeded"}, "Other runs"),
        (503, {}, {}, "No GPU was free"),
        (401, {}, {}, "load it again"),
        (500, {}, {}, "Something went wrong inside"),
    ],
)
def test_who_gets_no_gpu_is_told_so_in_one_sentence(client, devices, status, body, headers, sentence):
    devices.answer = (status, body, headers)
    try:
        with pytest.raises(Exception, match=sentence):
            client.predict(**ASKED, api_name="/compare")
    finally:
        devices.answer = (200, LENT, {})


def test_a_gpu_that_is_taken_back_is_said_and_the_next_run_is_right(client, devices):
    job = client.submit(**ASKED | {"steps": 200, "seed": 4}, api_name="/compare")
    until = time.monotonic() + 60
    while len(job.outputs()) < 6 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(int(devices.last("allow")["pid"]), signal.SIGKILL)
    with pytest.raises(Exception, match="taken back before the run had ended"):
        job.result(timeout=60)
    state, *_ = client.predict(**ASKED, api_name="/compare")
    assert state["phase"] == "done"


def test_whoever_stops_gives_the_gpu_back_within_a_call(client, devices):
    job = client.submit(**ASKED | {"steps": 200, "seed": 5}, api_name="/compare")
    until = time.monotonic() + 60
    while len(job.outputs()) < 6 and time.monotonic() < until:
        time.sleep(0.02)
    lent = sum(kind == "release" for kind, _ in devices.asked)
    job.cancel()
    until = time.monotonic() + 10
    while sum(kind == "release" for kind, _ in devices.asked) == lent and time.monotonic() < until:
        time.sleep(0.02)
    assert sum(kind == "release" for kind, _ in devices.asked) > lent


def test_a_model_that_was_not_placed_says_who_can_place_it(client):
    listed = {one["name"]: one for one in client.predict(api_name="/models")}
    assert listed["tiny"]["runs_here"] and "TEACACHE_MODELS" in listed["wan-1.3b"]["obstacle"]


class Refused(Exception):
    """As `spaces` raises Gradio's errors: with a title and a message."""

    def __init__(self, title, message):
        super().__init__(message)
        self.title, self.message = title, message


def test_numbers_of_a_quota_are_told_again():
    said = "You have exceeded your free ZeroGPU quota (120s requested vs. 31s left). Try again in 3:59:01. "
    error = refusal(Refused("ZeroGPU quota exceeded", said), 120)
    assert "120 s were asked for and 31 s are left" in str(error) and "3:59:01" in str(error)
    assert isinstance(refusal(RuntimeError("Connection closed by visitor while queueing"), 1), Cancelled)


def test_elsewhere_a_task_is_left_as_it_is(monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)

    def task():
        yield 1

    assert borrowing(task, lambda: 1) is task
