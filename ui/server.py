"""Start the server: the page first, the model in the background."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractAsyncContextManager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from starlette.middleware import Middleware

from teacache.errors import TeaCacheError
from teacache.platform.process import settle
from ui.api import endpoints
from ui.base import scripts
from ui.base.options import Options
from ui.base.theme import theme
from ui.door.door import Door, Limits
from ui.door.headers import of_page
from ui.door.listeners import MOST_LEFT, Listeners
from ui.gradio_glue.files import upload_folder
from ui.gradio_glue.first_page import FirstPage
from ui.gradio_glue.functions import functions_of
from ui.gradio_glue.labels import translations
from ui.gradio_glue.left_out import look_seldom, no_matplotlib, no_reloading, no_server_yet
from ui.gradio_glue.mcp import answer_in_json
from ui.gradio_glue.packed_calls import PackedCalls
from ui.gradio_glue.queue import Waiting, begin_when, count_by_a_steady_clock, keep_no_figures
from ui.gradio_glue.sessions import keep_no_configs
from ui.head.poster import posters
from ui.library import uploads
from ui.library.library import Library
from ui.models.models import Models
from ui.page import build
from ui.routes import head, routes, style
from ui.run import events
from ui.run.engine import Engine

MCP = 1  # the major version of the protocol's package that Gradio 6 works with
THREADS = 16  # of all calls under way: the model's, and those of who only looks
SESSIONS = 16  # that Gradio remembers, with all that they last sent; the page keeps what it needs itself
FORM = 2**14  # bytes of a form around its file
SMALL = 2**18  # bytes of a call without a trace
ESCAPED = 1.5  # a trace within a call grows by its escaped quotes
LARGE = {"what_if": uploads.MAX_BYTES, "calibrate": uploads.MAX_LIST_BYTES}  # bytes, by endpoint
MOST = {name: int(size * ESCAPED) + SMALL for name, size in LARGE.items()}


def serve(options: Options) -> None:
    """Serve the page until interrupted. Ends the program with one sentence where an option cannot be used."""
    settle()
    try:
        engine = Engine(Models.of(options), Library.of(options), options)
    except TeaCacheError as error:
        sys.exit(str(error))
    if engine.models.hardware.kind == "zero":
        engine.models.place(options.models)
    if options.runs_dataset:
        _keep_across_restarts(engine, options.runs_dataset, options.most_runs)
    page = launch(engine, options)
    if options.warm_up:
        engine.models.preload()  # only now: importing torch would hold up the first answer
    page.block_thread()


def _keep_across_restarts(engine: Engine, dataset: str, most_runs: int | None) -> None:
    from teacache.runs.dataset import Dataset  # the hub's client takes a second, and most servers do without

    Dataset(engine.library.made, dataset, most=most_runs).start()


def launch(engine: Engine, options: Options) -> Any:
    """The page, served in the background."""
    keep_no_figures()
    count_by_a_steady_clock()
    with no_server_yet():
        page = build(engine)
        page.queue(max_size=None, api_open=False, default_concurrency_limit=4)  # the door counts who waits
    look_seldom(page)
    no_matplotlib()
    no_reloading()
    queues = {name: Waiting(page, name) for name in (events.QUEUE, endpoints.FIT)}
    listeners = Listeners(most=max(MOST_LEFT, options.most_waiting))
    begin_when(page, queues, listeners.heard)

    def lifespan(app: Any) -> AbstractAsyncContextManager[None]:
        return listeners.on_the_watch(queues.values())

    page.launch(
        server_name=options.host,
        server_port=options.port,
        root_path=options.root_path,
        inbrowser=options.browser,
        prevent_thread_lock=True,
        max_threads=THREADS,
        theme=theme(),
        css=style(),
        i18n=translations(),
        run_history=False,
        enable_monitoring=False,
        state_session_capacity=SESSIONS,
        max_file_size=options.most_upload * 2**20,
        allowed_paths=[str(engine.library.made.folder.resolve())],
        mcp_server=tools_available(),
        app_kwargs={
            "routes": routes(engine.models, engine.library, engine.forecasts, gallery=options.gallery),
            "middleware": [
                Middleware(PackedCalls),  # outermost: the door reads what Gradio answers
                Middleware(
                    Door,
                    limits=limits(options),
                    functions=functions_of(page, MOST, else_most=SMALL),
                    queues=queues,
                    listeners=listeners,
                ),
                Middleware(
                    FirstPage,
                    head=head(),
                    loads=scripts.preloads(),
                    posters=_posters(engine),
                    policy=of_page,
                ),
            ],
            "lifespan": lifespan,
        },
    )
    answer_in_json(page)
    keep_no_configs(page)
    return page


def limits(options: Options) -> Limits:
    """What the door lets through."""
    return Limits(
        waiting=options.most_waiting,
        waiting_each=options.most_waiting_each,
        runs_an_hour=options.most_runs_an_hour,
        uploads_an_hour=options.most_uploads_an_hour,
        upload=options.most_upload * 2**20 + FORM,
        trace=uploads.MAX_BYTES,
        uploads=upload_folder(),
        behind_proxy=options.behind_proxy,
    )


def _posters(engine: Engine) -> dict[str, str]:
    """The recorded run that the bare address shows, as it is on screen before any script has run."""
    start = next(iter(engine.library.recorded), None)
    if start is None:
        return {}
    screen = engine.shown(start, phase="recorded")
    return posters(screen.board or {}, screen.player or {})


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
