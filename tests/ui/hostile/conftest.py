"""The whole server, and a judge over every answer of it.

A quick look by default; all cases with TEACACHE_HOSTILE=full, as `make hostile` does.
"""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[3]
FULL = os.environ.get("TEACACHE_HOSTILE") == "full"
HANG = 5.0 if FULL else 30.0  # seconds; among other tests the machine may be busy
LONG = 200_000  # bytes: an answer to a small question is never longer, a refusal far shorter
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
settings.register_profile("quick", max_examples=20, derandomize=True, **QUIET)
settings.register_profile("full", max_examples=350, **QUIET)
settings.load_profile("full" if FULL else "quick")


class Judge:
    """Asks the server, and fails where an answer is none for a visitor."""

    def __init__(self, address: str):
        self.client = httpx.Client(base_url=address, timeout=4 * HANG)
        self.cases = 0
        self.slowest = 0.0

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """An answer that a visitor may see."""
        self.cases += 1
        before = time.monotonic()
        answer = self.client.request(method, path, **sent)
        took = time.monotonic() - before
        self.slowest = max(self.slowest, took)
        self.judge(answer.status_code, answer.text, path)
        assert took < HANG, f"{path} took {took:.1f} s"
        return answer

    def judge(self, status: int, text: str, where: str) -> None:
        """Fail for what no visitor may see."""
        assert status < 500, f"{where}: {status} {text[:300]}"
        # a notice with a null beside its number says that all is well
        assert "Traceback" not in text and '{"error":null' not in text.replace(" ", ""), (
            f"{where}: {text[:300]}"
        )
        assert str(ROOT) not in text and "/site-packages/" not in text, f"{where}: {text[:300]}"
        if status >= 400:
            assert len(text) < 2_000, f"{where}: {len(text)} bytes of refusal"

    def call(self, name: str, data: list[Any], **body: Any) -> str:
        """The last words of a queued function."""
        body = json.dumps({"data": data} | body)  # NaN too: the server must stand it
        joined = self.ask("POST", f"/gradio_api/call/{name}", content=body)
        if joined.status_code != 200:
            return joined.text
        told = self.ask("GET", f"/gradio_api/call/{name}/{joined.json()['event_id']}").text
        assert "event: error\ndata: null" not in told and 'data: {"error": null' not in told, told[-300:]
        return told


@pytest.fixture(scope="module")
def judge(served):
    made = Judge(served())
    yield made
    print(f"\n{made.cases} cases, the slowest answer after {made.slowest:.2f} s")


@pytest.fixture(autouse=True)
def nothing_unforeseen(monkeypatch, caplog):
    """No error that nobody foresaw: neither a traceback of Gradio's nor one of ours."""
    seen = []
    told = traceback.print_exc
    monkeypatch.setattr(
        traceback, "print_exc", lambda *a, **k: (seen.append(traceback.format_exc()), told(*a, **k))
    )
    with caplog.at_level(logging.ERROR):
        yield
    found = seen + [record.exc_text or record.getMessage() for record in caplog.records]
    assert not found, "\n".join(found)[-3000:]


@pytest.fixture(autouse=True, scope="module")
def nothing_written_elsewhere(served):
    """No file comes to be in the project or in the home folder."""
    places = [ROOT, Path.home()]
    before = {file for place in places for file in place.iterdir()}
    yield
    after = {file for place in places for file in place.iterdir()}
    assert not {file for file in after - before if file.name not in (".pytest_cache", ".hypothesis")}
