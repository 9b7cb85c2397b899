"""What the browser asks of the teaching part: facts of a run, and the picture with its previews."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from teacache.errors import StoreError, TeaCacheError
from ui.base.packing import packed
from ui.base.refused import refused
from ui.history import frontier
from ui.library.ladder import PICTURE as LADDER
from ui.library.library import Library
from ui.library.previews import PICTURE
from ui.mechanism import anatomy
from ui.models.models import Models
from ui.screen import facts
from ui.studies import everything, rivals, why
from ui.teach import lessons
from ui.words.texts import LANGUAGES


def routes(models: Models, library: Library) -> list[Route]:
    """Routes to be put in front of Gradio's own."""

    def told(request: Request) -> Response:
        return _told(request, lambda run_id: facts.facts(library, run_id))

    def picture(request: Request) -> Response:
        try:
            place = facts.picture(library, request.path_params["run_id"])
        except StoreError as error:
            return refused(error, request, status=404)
        if place is None:
            return refused(StoreError("No previews of this run were kept."), request, status=404)
        return FileResponse(place, media_type="image/webp")

    def thresholds(request: Request) -> Response:
        try:
            folder = facts.ladder_folder(library, request.path_params["run_id"])
        except StoreError as error:
            return refused(error, request, status=404)
        if folder is None:
            return refused(StoreError("This run was recorded at one threshold."), request, status=404)
        return FileResponse(folder / LADDER, media_type="image/webp")

    def methods(request: Request) -> Response:
        return _told(request, lambda run_id: rivals.cards(models, library.load(run_id)))

    def lanes(request: Request) -> Response:
        names = request.path_params["names"].split("~")
        try:
            return FileResponse(rivals.lanes(library, request.path_params["run_id"], names))
        except TeaCacheError as error:
            return refused(error, request, status=404)

    def curves(request: Request) -> Response:
        ids = [run_id for run_id in request.query_params.get("ids", "").split(",") if run_id]
        return _figure(request, lambda run_id, language: frontier.figure(library, run_id, ids, language))

    def reasons(request: Request) -> Response:
        return _figure(request, lambda run_id, language: why.figure(library, run_id, language))

    def histogram(request: Request) -> Response:
        size = request.path_params["steps"], request.path_params["computed"]
        return _figure(request, lambda run_id, language: everything.figure(library, run_id, *size, language))

    return [
        *_of_the_tour(library),
        *_of_the_diagram(models, library),
        packed("/teacache/teach/{run_id}/methods", methods),
        packed("/teacache/teach/{run_id}/frontier", curves),
        packed("/teacache/teach/{run_id}/why", reasons),
        packed("/teacache/teach/{run_id}/everything/{computed}-of-{steps}", histogram),
        *(Route("/teacache/teach/{run_id}/lanes/{names}." + kind, lanes) for kind in ("mp4", "png")),
        packed("/teacache/teach/{run_id}", told),
        Route("/teacache/teach/{run_id}/" + PICTURE, picture),
        Route("/teacache/teach/{run_id}/" + LADDER, thresholds),
    ]


def _of_the_diagram(models: Models, library: Library) -> list[Route]:
    def parts(request: Request) -> Response:
        return _told(request, lambda run_id: anatomy.anatomy(models.cards, library.load(run_id)))

    def model(request: Request) -> Response:
        try:
            return JSONResponse(anatomy.of_model(models.card(request.path_params["name"])))
        except TeaCacheError as error:
            return refused(error, request, status=404)

    def kept(request: Request) -> Response:
        return _told(request, lambda run_id: facts.kept_pictures(library, run_id))

    return [
        packed("/teacache/teach/{run_id}/anatomy", parts),
        packed("/teacache/model/{name}/anatomy", model),
        packed("/teacache/teach/{run_id}/pictures", kept),
    ]


def _of_the_tour(library: Library) -> list[Route]:
    def tour(request: Request) -> Response:
        return JSONResponse(lessons.lessons(library))

    def notebook(request: Request) -> Response:
        if not lessons.NOTEBOOK.is_file():
            return Response(status_code=404)
        kind = "application/x-ipynb+json"
        return FileResponse(lessons.NOTEBOOK, media_type=kind, filename="teacache.ipynb")

    return [packed("/teacache/tour", tour), Route("/" + lessons.NOTEBOOK_ADDRESS, notebook)]


def _told(request: Request, source: Callable[[str], Any]) -> Response:
    """What is known of a run, or the sentence why it is not."""
    try:
        answer = source(request.path_params["run_id"])
    except TeaCacheError as error:
        return refused(error, request, status=404)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _figure(request: Request, source: Callable[[str, str], dict[str, Any]]) -> Response:
    """A figure of a run in the language that is asked for, or the sentence why there is none."""
    language = request.query_params.get("language", "en")
    try:
        answer = source(request.path_params["run_id"], language if language in LANGUAGES else "en")
    except TeaCacheError as error:
        return refused(error, request, status=404)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})
