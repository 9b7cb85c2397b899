"""What a call answers goes out packed, and as it is where it is no call or the caller cannot unpack."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.gradio_glue.packed_calls import PackedCalls

ANSWER = {"data": ["a whole run"] * 1000}


def _answer(_request):
    return JSONResponse(ANSWER)


@pytest.fixture(scope="module")
def client():
    app = Starlette(
        routes=[Route("/{path:path}", _answer, methods=["GET", "POST"])], middleware=[Middleware(PackedCalls)]
    )
    return TestClient(app)


@pytest.mark.parametrize("prefix", ["", "/behind/a/proxy"])
def test_an_answer_to_a_call_is_packed_and_says_the_same(client, prefix):
    got = client.post(f"{prefix}/gradio_api/run/predict", headers={"Accept-Encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip" and got.json() == ANSWER
    assert int(got.headers["content-length"]) < len(got.content) / 4


@pytest.mark.parametrize(
    "path, accepted",
    [
        ("/gradio_api/queue/data", "gzip"),
        ("/gradio_api/file=clip.mp4", "gzip"),
        ("/gradio_api/run/predict", "identity"),
    ],
)
def test_all_else_goes_as_it_is(client, path, accepted):
    got = client.get(path, headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in got.headers and got.json() == ANSWER
