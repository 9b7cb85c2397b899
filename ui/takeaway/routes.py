"""What the browser asks of the take-away part: files of a run, the history, two videos as one, an upload.

Every refusal is one sentence. No route lists runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from teacache.errors import RequestError, StoreError, TeaCacheError, TraceFormatError, VideoError
from ui.base.packing import packed
from ui.base.refused import refused
from ui.history import history
from ui.library.library import Library
from ui.library.uploads import MAX_BYTES
from ui.player import pairs
from ui.player.clips import Lane
from ui.screen.shown import ShownRun, has_files
from ui.takeaway import whatif_query
from ui.takeaway.files import CLIPS, FILES, clip
from ui.words.phrases import in_every_language

_FOR_ONE = {"Cache-Control": "private, max-age=3600"}


def routes(library: Library) -> list[Route]:
    """Routes to be put in front of Gradio's own."""

    def take(request: Request) -> Response:
        return _take(library, request)

    def past(request: Request) -> Response:
        ids = [run_id for run_id in request.query_params.get("ids", "").split(",") if run_id]
        return JSONResponse(history.summaries(library, ids), headers={"Cache-Control": "no-store"})

    def pair(request: Request) -> Response:
        try:
            runs = [library.load(request.path_params[name]) for name in ("left", "right")]
            return FileResponse(_joined(library.pairs, runs), headers=_FOR_ONE)
        except StoreError as error:
            return JSONResponse({"error": in_every_language(error)}, status_code=404)
        except VideoError as error:
            return JSONResponse({"error": in_every_language(error)}, status_code=409)

    async def trace(request: Request) -> Response:
        try:
            body = await _body(request.stream())
            run = await asyncio.to_thread(library.uploads.add, body)
        except TraceFormatError as error:
            # An answer like any other: a status of refusal would be an error in the browser's log as well.
            return JSONResponse({"error": in_every_language(error)})
        return JSONResponse({"run": run.run_id, "calls": len(run.cached.records)})

    return [
        Route("/teacache/take/{run_id}/{name}", take),
        packed("/teacache/history", past),
        Route("/teacache/pairs/{left}/{right}.mp4", pair),
        Route("/teacache/pairs/{left}/{right}.png", pair),  # of runs with one frame
        Route("/teacache/trace", trace, methods=["POST"]),
    ]


def _take(library: Library, request: Request) -> Response:
    """A file of a run or of a what-if on it, to be saved under a name that says what it is."""
    run_id, name = request.path_params["run_id"], request.path_params["name"]
    try:
        run = library.load(run_id)
        if name in CLIPS:
            return FileResponse(clip(run, name), headers=_saved_as(run, name))
        if name not in FILES:
            raise StoreError("A run has no file {name!r}.", name=name)
        file, words = FILES[name], request.query_params
        if file.foretold and "threshold" in words:
            text, saved = file.foretold(whatif_query.decided(run, words)), f"what-if-{name}"
        else:
            text, saved = file.text(run, words.get("language", "en")), name
        return Response(text, media_type=file.kind, headers=_saved_as(run, saved))
    except StoreError as error:
        return refused(error, request, status=404)
    except RequestError as error:
        return refused(error, request, status=400)
    except TeaCacheError as error:
        return refused(error, request, status=500)


def _saved_as(run: ShownRun, name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="teacache-{run.run_id}-{name}"'}


def _joined(folder: Path, pair: Sequence[ShownRun]) -> Path:
    """The TeaCache videos of two runs in one file, made once. Raises VideoError if they do not fit."""
    runs = [run for run in pair if has_files(run)]
    if len(runs) < len(pair):
        raise VideoError("A run without a video cannot be compared by eye.")
    shapes = {(*run.request.size, run.request.seconds, run.fps) for run in runs}
    if len(shapes) > 1:
        raise VideoError(
            "The two videos differ in size or length, so they cannot be compared frame by frame."
        )
    return pairs.joined(folder, [Lane(run.shown[2]) for run in runs])


async def _body(pieces: AsyncIterator[bytes]) -> bytes:
    """An upload, given up as soon as it is too large."""
    body = b""
    async for piece in pieces:
        body += piece
        if len(body) > MAX_BYTES:
            raise TraceFormatError(
                "The file is larger than {most} MB: a trace is far smaller.", most=MAX_BYTES // 2**20
            )
    return body
