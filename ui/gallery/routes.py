"""What the browser asks of the gallery; there is none unless it is switched on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ui.base.refused import wanted
from ui.gallery.page import document
from ui.gallery.shelf import Shelf
from ui.library.library import Library
from ui.words.texts import LANGUAGES

ADDRESS = "/teacache/gallery"


def routes(library: Library) -> list[Route]:
    """Routes to be put in front of Gradio's own."""
    shelf = Shelf(library)

    def gallery(request: Request) -> Response:
        word = request.query_params.get("lang", "")
        language = word if word in LANGUAGES else wanted(request.headers.get("accept-language", ""))
        return HTMLResponse(document(shelf.runs(), language), headers={"Cache-Control": "no-store"})

    return [Route(ADDRESS, gallery)]
