"""What the browser asks of a sweep's page. Every refusal is one sentence.

The document is made by page.py, which is imported late: it needs Plotly and the methods, and so torch.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from teacache.errors import StoreError, TeaCacheError
from teacache.study.sweep.store import TABLE
from ui.base.refused import refused, wanted
from ui.door.headers import of_page
from ui.player import pairs
from ui.player.clips import Lane
from ui.sweeps.shelf import Shelf
from ui.words.texts import LANGUAGES

ROOT = "/teacache/sweeps"


def routes(shelf: Shelf, plotly: str, folder: Path) -> list[Route]:
    """Routes to be put in front of Gradio's own.

    `plotly`: the address of its script, from the root. `folder`: where two videos in one file are kept.
    """

    def first(request: Request) -> Response:
        names = shelf.names()
        if not names:
            return HTMLResponse(_page().words(_language(request))["none"], status_code=404)
        return RedirectResponse(f"sweeps/{names[0]}")

    def sweep(request: Request) -> Response:
        name = request.path_params["name"]
        whole = _page().document(shelf, name, _language(request), f"../../{plotly}")
        return HTMLResponse(whole, headers={"Content-Security-Policy": of_page(whole.encode())})

    def table(request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(shelf.store(name).folder / TABLE, filename=f"{name}.parquet")

    def run(request: Request) -> Response:
        return JSONResponse(_page().run(shelf, *_asked(request), _language(request)))

    def videos(request: Request) -> Response:
        name, key = _asked(request)
        row, uncached = shelf.row(name, key)
        clips = shelf.clips(name, row, uncached)
        if clips is None:
            raise StoreError("No clips were kept of this run.")
        return FileResponse(pairs.joined(folder, [Lane(clip) for clip in clips]))

    def trace(request: Request) -> Response:
        name, key = _asked(request)
        record = shelf.trace(name, shelf.row(name, key)[0])
        if record is None:
            raise StoreError("No trace was kept of this run.")
        return JSONResponse(record.to_json())

    answers = {"": first, "/{name}": sweep, "/{name}/table.parquet": table, "/{name}/{key}.json": run,
               "/{name}/{key}.mp4": videos, "/{name}/{key}/trace.json": trace}  # fmt: skip
    return [Route(ROOT + path, _refusing(answer)) for path, answer in answers.items()]


def _page() -> Any:
    return import_module("ui.sweeps.page")


def _refusing(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The same answer, or the sentence why there is none."""

    def refusing(request: Request) -> Response:
        try:
            return answer(request)
        except TeaCacheError as error:
            return refused(error, request, status=404)

    return refusing


def _asked(request: Request) -> tuple[str, str]:
    return request.path_params["name"], request.path_params["key"]


def _language(request: Request) -> str:
    """As the address says, else as the browser does."""
    word = request.query_params.get("lang", "")
    return word if word in LANGUAGES else wanted(request.headers.get("accept-language", ""))
