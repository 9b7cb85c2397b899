"""Whatever is sent to any endpoint, field, route or tool: a clear sentence or a right answer."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import trace
from tests.ui.hostile.values import SCRIPT, mutated, replaced, values, words

RULES = {"naive": False, "first_steps": 0, "last_steps": -1, "max_reuses": 0}
COMPARE = {
    "prompt": "a red ball",
    "threshold": 0.3,
    "model": "tiny",
    "seed": 0,
    "steps": 5,
    "guidance_scale": 0,
    **RULES,
    "rivals": False,
    "image": None,
    "mode": "",
    "seconds": 0,
    "schedule": "",
    "methods": "",
}
WHAT_IF = {
    "run_id": "1-sample",
    "threshold": 0.1,
    "model": "",
    **RULES,
    "trace": "",
    "mode": "",
    "schedule": "",
}
AT_ONCE = {"what_if": WHAT_IF, "models": {}, "runs": {"run_ids": "1-sample"}}
QUEUED = {
    "compare": COMPARE,
    "signals": {"run_id": "1-sample", "computed": 3},
    "calibrate": {"run_ids": "", "degree": 4, "traces": json.dumps([trace().to_json()])},
}
TRACE = trace().to_json()
POSTS = (
    "call/compare",
    "run/what_if",
    "queue/join",
    "cancel",
    "reset",
    "upload",
    "mcp/",
    "call/v2/what_if",
    "run/nonesuch",
)
MCP = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def a_call(of):
    """(endpoint, values) with some of them hostile."""
    names = st.sampled_from(sorted(name for name in of if of[name]))
    return names.flatmap(lambda name: st.tuples(st.just(name), replaced(of[name])))


@given(a_call(AT_ONCE))
def test_endpoints_that_answer_at_once(judge, call):
    name, sent = call
    answer = judge.ask("POST", f"/gradio_api/run/{name}", content=json.dumps({"data": list(sent.values())}))
    assert answer.status_code in (200, 400)


@given(a_call(QUEUED))
def test_endpoints_that_wait(judge, call):
    name, sent = call
    judge.call(name, list(sent.values()))


def functions(served):
    """Every function of the page, as the page itself is told of them."""
    config = judge_config(served)
    return [one for one in config["dependencies"] if one["backend_fn"]]


def judge_config(served):
    import httpx

    return httpx.get(f"{served()}/config", timeout=60).json()


@given(st.data())
def test_events_of_the_page(judge, served, data):
    known = functions(served)
    function = data.draw(st.sampled_from(known))
    sent = data.draw(st.lists(values, min_size=len(function["inputs"]), max_size=len(function["inputs"])))
    event_data = data.draw(st.one_of(st.none(), st.dictionaries(words, values, max_size=3), values))
    told(judge, function, sent, event_data)


def told(judge, function, sent, event_data):
    """What an event of the page is answered."""
    body = {"fn_index": function["id"], "event_data": event_data, "session_hash": "hostile"}
    if function["queue"]:
        judge.call(function["api_name"], sent, **body)
    else:
        content = json.dumps({"data": sent} | body)
        judge.ask("POST", f"/gradio_api/run/{function['api_name']}", content=content)


@pytest.mark.parametrize("event_data", [None, {"id": {"path": "/etc/passwd", "meta": {}}}])
def test_events_that_tell_nothing_or_of_a_file(judge, served, event_data):
    for function in functions(served):
        told(judge, function, [None] * len(function["inputs"]), event_data)


@given(
    st.sampled_from(POSTS), st.one_of(st.binary(max_size=200), values.map(lambda v: json.dumps(v).encode()))
)
def test_bodies_of_any_kind(judge, path, body):
    headers = MCP if path == "mcp/" else {"content-type": "application/json"}
    judge.ask("POST", f"/gradio_api/{path}", content=body, headers=headers)


ADDRESSES = (
    "/teacache/runs/{}/{}",
    "/teacache/take/{}/{}",
    "/teacache/take/1-sample/{}?threshold={}",
    "/teacache/pairs/{}/{}.mp4",
    "/teacache/teach/{}",
    "/teacache/teach/{}/{}",
    "/teacache/teach/1-sample/everything/{}-of-{}",
    "/teacache/teach/1-sample/why?language={}",
    "/teacache/forecast?steps={}&threshold={}",
    "/teacache/forecast?model={}&share={}",
    "/teacache/forecast?seconds={}&guidance={}&demo=1",
    "/teacache/sweeps/{}",
    "/teacache/sweeps/{}/{}.json",
    "/teacache/sweeps/{}/{}/trace.json",
    "/teacache/gallery?lang={}",
    "/teacache/teach/1-sample/frontier?ids={}&language={}",
    "/teacache/teach/{}/lanes/{}.mp4",
    "/teacache/teach/{}/previews.webp",
    "/teacache/history?ids={},{}",
    "/gradio_api/file={}",
    "/gradio_api/file/{}",
    "/teacache/take/1-sample/run.py?threshold=0.1&rules={}&signal={}",
    "/{}",
    "/?run={}&lang={}",
    "/gradio_api/call/compare/{}",
    "/gradio_api/upload_progress?upload_id={}",
    "/gradio_api/queue/data?session_hash={}",
    "/static/{}",
    "/assets/{}",
    "/svelte/{}",
)


@given(
    st.sampled_from(ADDRESSES), words, words, st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
)
def test_addresses(judge, address, one, other, method):
    safe = "/" if len(one) % 2 else ""
    path = address.format(
        *(quote(word.encode("utf-8", "replace"), safe=safe)[:9_000] for word in (one, other))
    )
    judge.ask(method, path)


@given(mutated(TRACE))
def test_traces(judge, changed):
    text = json.dumps(changed)
    uploaded = judge.ask("POST", "/teacache/trace", content=text).json()
    sent = WHAT_IF | {"run_id": "", "trace": text}
    asked = judge.ask("POST", "/gradio_api/run/what_if", content=json.dumps({"data": list(sent.values())}))
    assert ("run" in uploaded) == (asked.status_code == 200)
    if "run" in uploaded:
        for name in ("trace.json", "calls.csv", "schedule.json", "run.py", "report.html"):
            judge.ask("GET", f"/teacache/take/{uploaded['run']}/{name}")


@given(a_call(AT_ONCE | QUEUED))
def test_tools_of_assistants(judge, call):
    name, sent = call
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": sent}}
    answer = judge.ask("POST", "/gradio_api/mcp/", content=json.dumps(asked), headers=MCP)
    if answer.status_code != 200:
        return
    told = json.loads(answer.text.partition("data: ")[2])
    result = told.get("result", {"content": [], "isError": True})
    for item in result["content"]:
        assert len(item["text"]) < 2_000 if result["isError"] else is_json_or_address(item["text"])


def is_json_or_address(text: str) -> bool:
    """Not Python's notation."""
    return text.startswith("http") or json.loads(text) is not NotImplemented


class Elements(HTMLParser):
    """The names of all elements of a page, and of attributes that are scripts."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found += [tag, *(name for name, _ in attrs if name.startswith("on"))]


@pytest.mark.parametrize("prompt", [SCRIPT, "\u202e\0" + SCRIPT])
def test_a_prompt_with_a_script_stays_text_in_everything_that_is_made_of_it(judge, prompt):
    changed = TRACE | {"prompt": prompt, "model": SCRIPT, "pipeline": SCRIPT}
    run = judge.ask("POST", "/teacache/trace", content=json.dumps(changed)).json()["run"]
    report = judge.ask("GET", f"/teacache/take/{run}/report.html").text
    plain = judge.ask("POST", "/teacache/trace", content=json.dumps(TRACE)).json()["run"]
    usual = judge.ask("GET", f"/teacache/take/{plain}/report.html").text
    assert Elements(report).found == Elements(usual).found
    code = judge.ask("GET", f"/teacache/take/{run}/run.py").text
    compile(code, "run.py", "exec")
    for name in ("report.html", "run.py", "trace.json"):
        told = judge.ask("GET", f"/teacache/take/{run}/{name}").headers["content-disposition"]
        assert "script" not in told and "\n" not in told
