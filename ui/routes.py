"""What the browser fetches besides Gradio's files: scripts, Plotly, videos, the state of the model.

Everything comes from this server, nothing from elsewhere. Addresses that hold a digest or a version are
cached for good.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from teacache.errors import StoreError, TeaCacheError
from teacache.study.html import filled
from ui.base import scripts
from ui.base.refused import refused
from ui.controls.form import OF_LAB
from ui.gallery.routes import routes as gallery_routes
from ui.library.library import Library
from ui.models.forecasts import Forecasts
from ui.models.models import Models
from ui.sweeps.routes import routes as sweep_routes
from ui.sweeps.shelf import Shelf
from ui.takeaway.routes import routes as takeaway_routes
from ui.teach.routes import routes as teach_routes
from ui.words.phrases import in_every_language
from ui.words.texts import LANGUAGES

STYLES = (  # in this order: later ones have the last word
    *("base/gradio", "base/style", "controls/controls", "plot/plot", "board/board", "player/player"),
    *("studies/samecost", "whatif/whatif", "takeaway/takeaway", "history/quality", "mechanism/mechanism"),
    *("studies/rivals", "teach/tour", "link/leftout", "teach/lessons", "link/masthead", "screen/level"),
    *("base/a11y", "base/phone", "teach/present"),
)
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@cache
def head() -> str:
    """What must run before anything else on the page does."""
    names = ("language", "level")
    folder = scripts.UI / "head"
    return filled(
        folder / "head.html.jinja",
        scripts=[(folder / f"{name}.js").read_text(encoding="utf-8") for name in names],
        languages=" ".join(LANGUAGES),
        lab=" ".join((*OF_LAB, "show")),
        texts=f"{scripts.base()}/{scripts.TEXTS}",
    )


@cache
def style() -> str:
    """The page's style sheets, without comments and indents, which would be a ninth of it on the way."""
    sheets = ((scripts.UI / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    bare = re.sub(r"/\*.*?\*/\s*", "", "\n".join(sheets), flags=re.DOTALL)
    return re.sub(r"\n\s+", "\n", bare)


def routes(
    models: Models, library: Library, forecasts: Forecasts | None = None, *, gallery: bool = False
) -> list[Route]:
    """Routes to be put in front of Gradio's own. `gallery`: there is one that the page links to."""
    forecasts = forecasts or Forecasts(models, library)

    def module(request: Request) -> Response:
        path = request.path_params["path"]
        if path not in scripts.tree():
            return Response(status_code=404)
        headers = {**_FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(scripts.bare(scripts.tree()[path]), media_type="text/javascript", headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(scripts.packed(path), media_type="text/javascript", headers=headers)

    def plotly_script(request: Request) -> Response:
        # The package itself is not imported: that takes a second, and only one file of it is needed.
        spec = find_spec("plotly")
        (place, *_) = (spec and spec.submodule_search_locations) or [""]
        package = Path(place)
        return FileResponse(
            package / "package_data" / "plotly.min.js", media_type="text/javascript", headers=_FOREVER
        )

    def model(request: Request) -> Response:
        status = models.status()
        answer = asdict(status) | {"reason": in_every_language(status.reason), "gallery": gallery}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def forecast(request: Request) -> Response:
        try:
            answer = forecasts.told(request.query_params)
        except TeaCacheError as error:
            return refused(error, request, status=400)
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def run_file(request: Request) -> Response:
        run_id, name = request.path_params["run_id"], request.path_params["name"]
        try:
            if name == "trace.json":
                headers = {"Content-Disposition": f'attachment; filename="{run_id}-trace.json"'}
                return JSONResponse(library.load(run_id).cached.to_json(), headers=headers)
            return FileResponse(library.file(run_id, name))
        except StoreError as error:
            return refused(error, request, status=404)

    return [
        Route(f"/{scripts.base()}/{{path:path}}", module),
        Route("/" + scripts.plotly_address(), plotly_script),
        Route("/teacache/model", model),
        Route("/teacache/forecast", forecast),
        Route("/teacache/runs/{run_id}/{name}", run_file),
        *takeaway_routes(library),
        *teach_routes(models, library),
        *sweep_routes(Shelf(), scripts.plotly_address(), library.pairs),
        *(gallery_routes(library) if gallery else ()),
    ]
