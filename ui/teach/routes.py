"""What the browser asks of the teaching part: facts of a run, and the picture with its previews."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from teacache.errors import StoreError
from ui.library import Library
from ui.refused import refused
from ui.teach import facts
from ui.teach.previews import PICTURE


def routes(library: Library) -> list[Route]:
    """Routes to be put in front of Gradio's own."""

    def told(request: Request) -> Response:
        try:
            found = facts.facts(library, request.path_params["run_id"])
        except StoreError as error:
            return refused(error, request, status=404)
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    def picture(request: Request) -> Response:
        try:
            place = facts.picture(library, request.path_params["run_id"])
        except StoreError as error:
            return refused(error, request, status=404)
        if place is None:
            return refused(StoreError("No previews of this run were kept."), request, status=404)
        return FileResponse(place, media_type="image/webp")

    return [
        Route("/teacache/teach/{run_id}", told),
        Route("/teacache/teach/{run_id}/" + PICTURE, picture),
    ]
