"""The states of the page that `shots.py` pictures: each scene drives one page, and takes pictures of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tools import scenes_tour
from tools.camera import SLOW, Camera

UNFOLD = """() => {
  document.querySelectorAll('.label-wrap').forEach((fold) => fold.click());
  document.querySelectorAll('details').forEach((fold) => (fold.open = true));
}"""


def look(camera: Camera) -> None:
    """The first screen, and down the page."""
    camera.open()
    camera.shoot_down("look")


def simple(camera: Camera) -> None:
    """Simple: the first screen and down the page, a box of the mechanism opened, a dragged threshold."""
    camera.open_simple()
    camera.shoot_down("simple")
    camera.page.locator(".tc-mech .rescaled .frame").click()
    camera.see(".tc-mech")
    camera.shoot("simple-box")
    camera.page.keyboard.press("Escape")
    camera.page.evaluate("teacache.moveSlider(0.3)")
    camera.page.evaluate("scrollTo(0, 0)")
    camera.shoot("simple-dragged")


def first(camera: Camera) -> None:
    """The first screen alone, of Simple and of Lab."""
    camera.open_simple()
    camera.shoot("first-simple")
    camera.open()
    camera.shoot("first-lab")


def step(camera: Camera) -> None:
    """One step looked into."""
    camera.open()
    camera.page.evaluate("teacache.inspect.open(5)")
    camera.shoot("step")


def unfolded(camera: Camera) -> None:
    """Every fold open."""
    camera.open()
    camera.page.evaluate(UNFOLD)
    camera.shoot_down("unfolded")


def whatif(camera: Camera) -> None:
    """Another threshold, another estimate, another indicator."""
    camera.open()
    camera.page.evaluate("teacache.moveSlider(0.12)")
    camera.shoot("whatif")
    camera.page.evaluate("teacache.moveSlider(0)")
    camera.shoot("whatif-off")
    camera.open("&estimator=own&indicator=latent&negative=abs&threshold=0.2")
    camera.page.wait_for_function("teacache.now.table.signal === 'latent'")
    camera.page.evaluate(UNFOLD)
    camera.shoot_down("whatif-rules")


def player(camera: Camera) -> None:
    """The ways to compare two videos, on a run that went wrong."""
    camera.open("&run=4-broken")
    for mode in ("side", "wipe", "diff", "blink"):
        camera.page.click(f".tc-segments [data-mode={mode}]")
        camera.see(".tc-transport")
        camera.shoot(f"player-{mode}")


def recorded(camera: Camera) -> None:
    """Runs that look different: nothing reused, no guidance (one branch), many steps."""
    for run in ("6-few-steps", "7-many-steps", "8-no-guidance"):
        camera.open(f"&run={run}")
        camera.shoot(f"recorded-{run}")


def run(camera: Camera) -> None:
    """A run: under way, done, its third video, polynomial fitted again, two runs of the history compared."""
    page = camera.page
    camera.open("&threshold=0.08&seed=7&steps=30")
    page.click("#tc-run")
    page.wait_for_function("document.querySelector('.tc-state').textContent.includes('TeaCache ')")
    camera.shoot("run-live")
    page.wait_for_selector("body:not(.tc-running)", timeout=SLOW)
    camera.shoot("run-done")
    page.click(".tc-third")
    page.wait_for_function("teacache.now.lanes === 3")
    camera.see(".tc-transport")
    camera.shoot("run-third")
    page.evaluate(UNFOLD)
    page.click(".tc-poly .tc-plain")
    page.wait_for_selector(".tc-poly .fresh")
    camera.see(".tc-poly-plot")
    camera.shoot("run-recalibrated")
    for row in range(2):
        page.locator(".tc-history .tc-pin").nth(row).click()
    page.click(".tc-history-foot .tc-button")
    page.wait_for_function("document.querySelector('.tc-history-foot .tc-note').textContent.includes('B')")
    camera.see(".tc-history-foot")
    camera.shoot("run-history")
    page.click(".tc-downloads [aria-expanded]")
    page.wait_for_function("document.querySelector('.tc-code').textContent.length > 99")
    camera.see(".tc-code-box")
    camera.shoot("run-code")


def signals(camera: Camera) -> None:
    """A run by each signal: what is asked, under way, and who came closest."""
    page = camera.page
    camera.open("&run=2-gentle&threshold=0.08")
    page.click(".tc-signals summary")
    camera.see(".tc-signals")
    camera.shoot("signals-ask")
    if page.locator(".tc-signals .primary").is_visible():  # not made before, by an earlier view
        page.wait_for_selector(".tc-chip.ready", timeout=SLOW)
        page.click(".tc-signals .primary")
        page.wait_for_function("document.querySelectorAll('.tc-signals .tc-error').length === 2")
        camera.shoot("signals-under-way")
    page.wait_for_selector(".tc-signals .winner", timeout=SLOW)
    camera.see(".tc-signals-said p:last-child")
    camera.shoot("signals")


def upload(camera: Camera) -> None:
    """A trace of one's own, which has no videos; and a file that is no trace."""
    page = camera.page
    camera.open()
    page.set_input_files("#tc-trace-file", [_file("notes.json", json.dumps({"version": 9}))])
    page.wait_for_selector(".tc-downloads .tc-note.failed")
    camera.see(".tc-drop")
    camera.shoot("upload-refused")
    trace = page.request.get("/teacache/take/1-faithful/trace.json").text()
    page.set_input_files("#tc-trace-file", [_file("trace.json", trace)])
    page.wait_for_function("teacache.now.run.phase === 'uploaded'")
    camera.shoot_down("upload")


def _file(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/json", "buffer": text.encode()}


def errors(camera: Camera) -> None:
    """A prompt that is refused, a model that cannot run here, a link with a bad word, a run that is gone."""
    camera.open()
    camera.fill("prompt", " ")
    camera.page.click("#tc-run")
    camera.page.wait_for_selector(".tc-toast")
    camera.shoot("error-prompt")
    camera.open("&seed=many")
    camera.page.wait_for_selector(".tc-toast")
    camera.shoot("error-link")
    camera.open("&model=latte")
    camera.page.wait_for_selector("body.tc-cannot")
    camera.shoot("error-model")
    camera.see("#tc-about")
    camera.shoot("error-model-card")


def embedded(camera: Camera) -> None:
    """In a teacher's page: whole, with the tour, with a few controls only."""
    camera.open("&embed=1")
    camera.shoot("embed")
    camera.open("&embed=1&tour=3")
    camera.page.wait_for_selector(".tc-tour:visible")
    camera.shoot("embed-tour")
    camera.open("&embed=1&hide=prompt,seed,rivals,recorded,rules,model,steps,guidance,damage,polynomial")
    camera.shoot("embed-few")


SCENES: dict[str, Callable[[Camera], None]] = {
    scene.__name__: scene
    for scene in (
        *(look, simple, first, step, unfolded, *scenes_tour.SCENES, whatif, player),
        *(recorded, run, signals, upload, errors, embedded),
    )
}
EVERYWHERE = ("look", "simple", "step", "unfolded")
