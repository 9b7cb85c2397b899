"""The app started with a folder: a model of pictures and one that begins with an image, seen in Chromium."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARTIFACTS
from tests.browser.steps import fill, model_ready, open_app, program, refused, run, wait_for_state
from tests.browser.visitors import watch
from tests.tiny import folders
from tools import chromium
from tools.serving import HOST, free_port, served

STEPS = 4


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """The address of the app with a folder whose model makes pictures."""
    with _started("pictures", tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture(scope="module")
def animates(tmp_path_factory):
    """The address of the app with a folder whose model brings an image to life."""
    with _started("animates", tmp_path_factory.mktemp("app")) as address:
        yield address


@contextmanager
def _started(name: str, place: Path) -> Iterator[str]:
    folder, port = folders.save(name, place), free_port()
    command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser", "--model-folder", str(folder)]
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")  # matrices this small only make threads wait for each other
        with served(command, port, ARTIFACTS / f"server-{name}.log") as address:
            yield address


@contextmanager
def visiting(browser) -> Iterator[Callable[..., Any]]:
    """A function that opens the page of an app; the pages' troubles are told at the end."""
    contexts = []

    def open_one(address: str, path: str = "/"):
        context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
        context.add_init_script(path=chromium.HANDLE)
        contexts.append((context, watch(context, address)))
        page = context.new_page()
        open_app(page, path)
        return page

    yield open_one
    for context, _ in contexts:
        context.close()
    troubles = [trouble for _, found in contexts for trouble in found]
    assert not troubles, "\n".join(["the page had troubles:", *troubles])


@pytest.fixture
def visit(browser):
    with visiting(browser) as open_one:
        yield open_one


def finish(page) -> None:
    model_ready(page)
    fill(page, steps=STEPS, prompt="a red ball circling")
    run(page)
    wait_for_state(page, "done")
    page.wait_for_selector("body:not(.tc-running)")


def saved(page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.locator(".tc-downloads a.tc-take", has_text=name).first.click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.slow
def test_a_picture_is_compared_in_every_way_and_nothing_plays(pictures, visit, shot, tmp_path):
    app = visit(pictures)
    finish(app)
    app.wait_for_function("document.querySelector('.tc-saves a').href.endsWith('stacked.png')")
    expect(app.locator(".tc-stage canvas:visible")).to_have_count(2)
    expect(app.locator(".tc-transport, .tc-frames").locator("visible=true")).to_have_count(0)
    shot("picture", app)
    for key, mode in (("w", "wipe"), ("d", "diff"), ("b", "blink"), (" ", "blink"), ("s", "side")):
        app.keyboard.press(key)
        app.wait_for_selector(f".tc-stage[data-mode={mode}]")
    for name in ("side by side", "uncached", "TeaCache"):
        assert saved(app, name).startswith(b"\x89PNG")
    expect(app.locator(".tc-downloads a.tc-take", has_text="image it began with")).to_be_hidden()
    report = tmp_path / "report.html"
    report.write_bytes(saved(app, "one HTML file"))
    app.goto(report.as_uri())
    app.wait_for_selector(".tc-stage.filled")
    expect(app.locator(".tc-transport")).to_be_hidden()
    shot("picture-report", app)


def test_a_picture_gives_way_to_a_clip_and_comes_back(pictures, visit):
    app = visit(pictures)
    finish(app)
    mine = app.evaluate("teacache.now.run.run")
    app.locator("#tc-recorded button").first.click()
    expect(app.locator(".tc-transport")).to_be_visible()
    app.wait_for_function("id => teacache.now.run.run !== id", arg=mine)
    app.locator(f".tc-history tr[data-run='{mine}'] .tc-link").click()
    expect(app.locator(".tc-transport")).to_be_hidden()
    app.wait_for_function(
        "document.querySelector('.tc-lane-a canvas').width === 256"
    )  # the picture's, enlarged


@pytest.mark.slow
def test_an_image_is_put_in_and_becomes_two_clips(animates, visit, shot, tmp_path):
    app = visit(animates)
    model_ready(app)
    run(app)
    refused(app, "brings an image to life")
    (tmp_path / "notes.png").write_text("no picture")
    box = app.locator("#tc-image input[type=file]")
    box.set_input_files(tmp_path / "notes.png")
    expect(app.locator("#tc-image img")).to_be_attached()
    run(app)
    refused(app, "notes.png is not an image")
    app.get_by_label("Remove Image").click()
    box.set_input_files(folders.image(tmp_path))
    expect(app.locator("#tc-image img")).to_be_visible()
    finish(app)
    app.wait_for_function("document.querySelector('.tc-saves a').href.endsWith('stacked.mp4')")
    app.wait_for_function("document.querySelector('.tc-count').textContent.endsWith('/9')")
    expect(app.locator(".tc-transport")).to_be_visible()
    expect(app.locator(".tc-frame-bars button")).to_have_count(9)
    shot("image-to-video", app, full_page=True)
    assert saved(app, "image it began with").startswith(b"\x89PNG")
    assert b'fitted("my picture.png", 48, 32)' in saved(app, "Python")
    mine = app.evaluate("teacache.now.run.run")
    app.reload()
    app.locator(f".tc-history tr[data-run='{mine}'] .tc-link").click()
    expect(app.locator("#tc-image img")).to_be_visible()  # as the run had it
    finish(app)
    assert app.evaluate("teacache.now.run.run") != mine


def test_a_program_gives_an_image_and_can_stop_among_the_rivals(animates, tmp_path):
    from gradio_client import handle_file

    client = program(animates)
    parameters = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/compare"]
    image = next(one for one in parameters["parameters"] if one["parameter_name"] == "image")
    assert image["parameter_has_default"] and image["python_type"]["type"] == "filepath"
    given = {"image": handle_file(str(folders.image(tmp_path))), "steps": STEPS, "rivals": True}
    job = client.submit("a red ball", 1.0, seed=8, **given, api_name="/compare")
    assert any(answer[0]["phase"] == "rivals" for answer in job)
    assert job.cancel()
    state, *files = client.predict("a red ball", 1.0, seed=8, **given, api_name="/compare")
    assert len(state["rivals"]) == 3 and all(files)
    with pytest.raises(Exception, match="brings an image to life"):
        client.predict("a red ball", 1.0, steps=STEPS, api_name="/compare")


def test_a_file_of_the_server_cannot_be_named_as_an_image(animates):
    data = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
    client = program(animates)
    raw = ["a red ball", 1.0, "animates", 0, STEPS, 0, False, 0, -1, 0, False, data]
    import httpx

    answer = httpx.post(f"{animates}/gradio_api/call/compare", json={"data": raw})
    assert answer.status_code == 400 and "error" in answer.json()  # at the door: nothing is read
    assert "hostname" not in answer.text
    client.close()


def test_an_assistant_can_give_an_image_or_leave_it_out(animates, tmp_path):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    data = base64.b64encode(folders.image(tmp_path).read_bytes()).decode()
    asked = {"prompt": "a red ball", "steps": STEPS}

    async def talk():
        address = f"{animates}/gradio_api/mcp/"
        async with streamablehttp_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            (tool,) = [tool for tool in (await session.list_tools()).tools if tool.name == "compare"]
            without = await session.call_tool("compare", asked)
            given = asked | {"image": f"data:image/png;base64,{data}"}
            return tool, without, await session.call_tool("compare", given)

    with ThreadPoolExecutor(1) as pool:  # Playwright keeps a loop of its own in this thread
        tool, without, made = pool.submit(lambda: asyncio.run(talk())).result()
    image = tool.inputSchema["properties"]["image"]
    assert image["type"] == "string" and "image" not in tool.inputSchema.get("required", [])
    assert without.isError and "give one" in without.content[0].text
    assert not made.isError and json.loads(made.content[0].text)["phase"] == "done"
