"""The door, on the real server: what gets in, how large, whose, and for how long."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.utils import Status

from teacache.errors import TraceFormatError
from tests.ui.conftest import trace
from ui.base.scripts import base
from ui.library import uploads

OWN = [False, 0, -1, 0]  # naive, first_steps, last_steps, max_reuses
COMPARE = ["a red ball", 0.3, "tiny", 0, 5, 0, *OWN, False, None, "", 0, "", "", False]


@pytest.fixture
def client(served):
    with httpx.Client(base_url=served(), timeout=60) as made:
        yield made


def what_if(client, *, run_id="1-sample", given="", **changes):
    return client.post(
        "/gradio_api/run/what_if", json={"data": [run_id, 0.1, "", *OWN, given, "", ""]} | changes
    )


def until(true, seconds=60.0) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def resident() -> float:
    """Megabytes of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/monitoring/summary"), ("GET", "/monitoring"), ("GET", "/gradio_api/proxy=https://a.hf.space/"),
        ("GET", "/gradio_api/file=https://huggingface.co/"), ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/vibe-edit"), ("GET", "/gradio_api/deep_link"), ("PUT", "/"), ("GET", "/docs"),
        ("POST", "/gradio_api/process_recording"), ("GET", "/gradio_api/runs"), ("POST", "/login"),
    ],
)  # fmt: skip
def test_what_the_page_does_not_need_is_closed(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 404 and "nothing at this address" in answer.text


def test_no_file_of_the_server_can_be_fetched(client):
    for path in ("/etc/passwd", str(Path(__file__).resolve()), "../../../etc/passwd"):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_every_answer_says_what_it_may_do(client):
    page = client.get("/").headers["content-security-policy"]
    scripts = next(part for part in page.split("; ") if part.startswith("script-src"))
    assert "'sha256-" in scripts and "unsafe-inline" not in scripts and "https:" not in scripts
    for path in ("/", "/teacache/model", "/gradio_api/info", "/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert path == "/" or "sandbox" in headers["content-security-policy"]


def test_a_script_or_a_style_which_is_no_document_says_its_type_alone(client):
    for path in (f"/{base()}/page.js", "/theme.css"):
        headers = client.get(path).headers
        assert headers["content-type"].startswith(("text/javascript", "text/css"))
        assert headers["x-content-type-options"] == "nosniff" and "content-security-policy" not in headers


def test_inputs_of_refused_calls_are_not_kept(client):
    large = "x" * (uploads.MAX_BYTES - 100)
    for _ in range(5):
        what_if(client, given=large)
    before = resident()
    for _ in range(40):
        assert "not JSON" in what_if(client, given=large).json()["error"]
    assert resident() - before < 45  # all of them together were 80


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    for path in ("run/what_if", "call/calibrate", "queue/join", "cancel", "upload", "mcp/"):
        connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port, timeout=60)
        connection.putrequest("POST", f"/gradio_api/{path}")
        connection.putheader("Content-Length", str(120 * 2**20))
        connection.endheaders()  # and not a byte of the body
        answer = connection.getresponse()
        assert answer.status == 413 and b"MB: send less" in answer.read()
        connection.close()


def test_a_body_that_hides_its_size_is_refused_where_it_becomes_too_large(client):
    before, pieces = resident(), (b"x" * 2**20 for _ in range(60))
    with contextlib.suppress(httpx.WriteError):  # it is answered, and closed, while we still send
        assert client.post("/gradio_api/run/what_if", content=pieces).status_code == 413
    assert resident() - before < 30


def test_a_small_call_may_not_be_large(client):
    answer = client.post("/gradio_api/run/runs", json={"data": ["x" * 2**20]})
    assert answer.status_code == 400 and "MB: send less" in answer.json()["error"]


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"data": None}, "data must be a list"),
        ({"data": [1, 2]}, "takes 10 values, but data holds 2"),
        ({"session_hash": "x" * 100}, "session_hash must be at most 64"),
        ({"event_data": "x"}, "event_data must be a JSON object"),
        ({"fn_index": "x"}, "fn_index must be a whole number"),
    ],
)
def test_a_call_of_another_shape_is_refused_in_one_sentence(client, changes, said):
    answer = what_if(client, **changes)
    assert answer.status_code == 400 and said in answer.json()["error"]


def test_a_long_refusal_is_the_callers_fault_too_though_it_travels_packed(client):
    values = ["1-sample", 0.1, "x" * 100, False, 0, -1, 0, "", "", ""]  # the models that there are, by name
    answer = what_if(client, data=values)
    assert answer.status_code == 400 and "There is no model" in answer.json()["error"]
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "text, said",
    [
        ('{"data": [NaN]}', "NaN is not a JSON number"), ('{"data": [1e999]}', "a number is too large"),
        ('{"data": ["\\ud800"]}', "half a character"), ("9" * 30, "number is too large"),
        ("[" * 100_000, "not JSON"), ('{"data": ' + "[" * 40 + "]" * 40 + "}", "nested more than 32 deep"),
        ("\xff", "not JSON"), ("", "not JSON"), ("3", "must be a JSON object"),
    ],
)  # fmt: skip
def test_what_is_no_strict_json_is_refused_in_one_sentence(client, text, said):
    answer = client.post("/gradio_api/run/what_if", content=text.encode("latin-1"))
    assert answer.status_code == 400 and said in answer.json()["error"]


@pytest.mark.parametrize(
    "path", ["https://huggingface.co/front/assets/huggingface_logo.svg", "/etc/passwd", "x\0y", "", None]
)
def test_an_image_is_no_address_and_no_path_of_the_server(client, path):
    image = {"path": path, "meta": {"_type": "gradio.FileData"}}
    asked = [*COMPARE[:11], image, *COMPARE[12:]]
    answer = client.post("/gradio_api/call/compare", json={"data": asked})
    assert answer.status_code == 400 and "An image is uploaded" in answer.json()["error"]


@pytest.mark.parametrize("image", ["-1", "", "https://huggingface.co/a.png", 3, [], {}, {"url": "x"}, True])
def test_what_is_no_file_is_refused_in_the_place_of_one(client, image):
    answer = client.post("/gradio_api/call/compare", json={"data": [*COMPARE[:11], image, *COMPARE[12:]]})
    assert answer.status_code == 400 and "An image is uploaded" in answer.json()["error"]
    answer = client.post("/gradio_api/call/v2/compare", json={"prompt": "a red ball", "image": image})
    assert answer.status_code == 400 and "An image is uploaded" in answer.json()["error"]


def test_a_call_by_names_knows_its_names(client):
    answer = client.post("/gradio_api/call/v2/what_if", json={"run_id": "1-sample", "path": 3})
    assert (
        answer.status_code == 400 and "takes no 'path': it knows run_id, threshold" in answer.json()["error"]
    )
    assert client.post("/gradio_api/call/v2/nonesuch", json={}).status_code == 400
    assert client.post("/gradio_api/call/v2/models", json={}).status_code == 200


def test_who_only_looks_need_not_listen_at_once(client):
    """What waits for no model is answered also where its listener comes late, as long as he comes."""
    asked = {"data": [], "session_hash": "late"}
    event = client.post("/gradio_api/call/models", json=asked).json()["event_id"]
    time.sleep(0.5)
    assert "event: complete" in client.get(f"/gradio_api/call/models/{event}").text


def test_who_never_asked_has_nothing_to_listen_to(client):
    for path in ("call/compare/nonesuch", "queue/data?session_hash=nonesuch", "queue/data"):
        answer = client.get(f"/gradio_api/{path}")
        assert answer.status_code == 404 and "ask first" in answer.json()["error"]


def test_an_upload_is_one_file_of_a_bearable_name(client, tmp_path):
    def send(*names):
        return client.post("/gradio_api/upload", files=[("files", (name, b"x")) for name in names])

    assert send("a.png").status_code == 200
    assert send("a.png", "b.png").status_code == 400
    assert send("x" * 2**20).status_code == 413


def test_a_run_that_nobody_reads_makes_room_in_the_end(client, monkeypatch):
    for _ in range(8):
        assert client.post("/gradio_api/call/compare", json={"data": COMPARE}).status_code == 200
    monkeypatch.setattr("ui.door.listeners.GRACE", 0.5)
    until = time.monotonic() + 60
    while client.get("/gradio_api/queue/status").json()["queue_size"]:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_who_only_looks_waits_for_nobody(client, served):
    """The model is at work for another, and the queue is full."""
    address = served(most_waiting=1)
    busy = []
    try:
        for state in (Status.ITERATING, Status.IN_QUEUE):  # the second would be refused while the first waits
            visitor = Client(address, verbose=False)
            job = visitor.submit(*COMPARE[:4], 200, *COMPARE[5:], api_name="/compare")
            busy.append(job)
            assert until(lambda job=job, state=state: job.status().code == state)
        with httpx.Client(base_url=address, timeout=60) as looker:
            seen = [what_if(looker), looker.post("/gradio_api/run/models", json={"data": []})]
            seen.append(looker.post("/gradio_api/run/runs", json={"data": [""]}))
            seen.append(looker.get("/teacache/take/1-sample/calls.csv"))
            assert [answer.status_code for answer in seen] == [200] * 4
            assert not busy[0].done()
            answer = looker.post("/gradio_api/call/compare", json={"data": COMPARE})
            assert answer.status_code == 429 and "1 runs are waiting for the model" in answer.json()["error"]
            with pytest.raises(Exception, match="1 runs are waiting for the model"):
                Client(address, verbose=False).predict(*COMPARE, api_name="/compare")
    finally:
        for job in busy:
            job.cancel()


def test_one_visitor_has_a_few_runs_waiting_at_most(served):
    address = served(most_waiting_each=2)
    body = {"data": COMPARE, "session_hash": "mine"}
    with httpx.Client(base_url=address, timeout=60) as client:
        answers = [client.post("/gradio_api/call/compare", json=body) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert "of your runs are waiting already" in answers[-1].json()["error"]
        other = client.post("/gradio_api/call/compare", json=body | {"session_hash": "another"})
        assert other.status_code == 200


def test_one_visitor_has_so_many_runs_an_hour(served):
    client = Client(served(most_runs_an_hour=1), verbose=False)
    assert client.predict(*COMPARE, api_name="/compare")[0]["phase"] == "done"
    with pytest.raises(Exception, match="You have had your 1 of this hour"):
        client.predict(*COMPARE, api_name="/compare")


def test_the_server_answers_others_while_it_fits_as_much_as_it_may(client, served):
    one = trace((None, *(0.01 * call for call in range(1, 60)))).to_json()
    for record in one["records"][1:]:
        record |= {"computed": True, "output_distance": 0.1, "output_distance_exact": True, "reason": "off"}
    most = min(uploads.MAX_LIST, uploads.MAX_LIST_BYTES // len(json.dumps(one)) - 1)
    traces = json.dumps([one | {"seed": seed} for seed in range(most)])
    job = Client(served(), verbose=False).submit("", 4, traces, api_name="/calibrate")
    seconds = []
    while not job.done():
        before = time.monotonic()
        client.get("/teacache/model")
        seconds.append(time.monotonic() - before)
    assert len(job.result()["coefficients"]) == 5
    assert len(seconds) > 5 and sorted(seconds)[len(seconds) // 2] < 0.5


def test_what_would_take_too_long_to_fit_is_refused_in_one_sentence():
    with pytest.raises(TraceFormatError, match="10 traces of 300 calls take too long"):
        uploads.refuse_work([trace((None, *([0.1] * 299)))] * 10)
    uploads.refuse_work([trace((None, *([0.1] * 99)))] * uploads.MAX_LIST)
