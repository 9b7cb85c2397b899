"""Start the server: the page first, the model in the background."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version

from starlette.middleware import Middleware

from teacache.errors import TeaCacheError
from teacache.runs.picture import MAX_BYTES
from teacache.runs.process import settle
from ui.compress import FirstPage
from ui.i18n import I18N
from ui.library import Library
from ui.live import Engine
from ui.models import Models
from ui.page import build
from ui.poster import posters
from ui.quick import look_seldom, no_server_yet
from ui.routes import head, routes, style
from ui.theme import theme

MCP = 1  # the major version of the protocol's package that Gradio 6 works with
MOST_WAITING = 20  # visitors in the queue; beyond that they are told so


def serve(
    *, host: str | None, port: int | None, browser: bool, model_folder: str | None, runs: str | None
) -> None:
    """Serve the page until interrupted. Ends the program with one sentence where an option cannot be used."""
    settle()
    try:
        engine = Engine(Models(model_folder), Library(runs))
    except TeaCacheError as error:
        sys.exit(str(error))
    with no_server_yet():
        page = build(engine)
        page.queue(max_size=MOST_WAITING)
    look_seldom(page)
    page.launch(
        server_name=host,
        server_port=port,
        inbrowser=browser and not os.environ.get("SPACE_ID"),
        prevent_thread_lock=True,
        theme=theme(),
        css=style(),
        i18n=I18N,
        run_history=False,
        max_file_size=MAX_BYTES,
        allowed_paths=[str(engine.library.made.folder.resolve())],
        mcp_server=tools_available(),
        app_kwargs={
            "routes": routes(engine.models, engine.library),
            "middleware": [Middleware(FirstPage, head=head(), posters=_posters(engine))],
        },
    )
    engine.models.preload()  # only now: importing torch would hold up the first answer
    page.block_thread()


def _posters(engine: Engine) -> dict[str, str]:
    """The recorded run that the bare address shows, as it is on screen before any script has run."""
    start = next(iter(engine.library.recorded), None)
    if start is None:
        return {}
    shown = engine.shown(start, phase="recorded")
    return posters(shown.board, shown.player)


def tools_available() -> bool:
    """Whether the endpoints can also be tools of an MCP server: needs requirements-mcp.txt.

    Asked before Gradio is: without the package it would not start, and beside the next major version of it
    would start silently without tools.
    """
    try:
        major = int(version("mcp").partition(".")[0])
    except PackageNotFoundError:
        return False
    if major != MCP:
        logging.getLogger(__name__).warning(
            "no MCP server: Gradio works with mcp %d, but %d is installed", MCP, major
        )
    return major == MCP
