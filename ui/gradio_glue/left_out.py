"""Left out of Gradio: applications that it would make and throw away at its start, and what slows a run.

Knows Gradio's insides, as of the version that requirements.txt pins; imports none of it by itself. Should a
later version do these things elsewhere, all that is lost is the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

LOOKS = 0.02  # seconds


@contextmanager
def no_server_yet() -> Iterator[None]:
    """Build the page inside: no web application is made.

    A page makes one when it begins, ends and gets its queue, each with over a hundred routes; `launch` then
    makes the one that serves.
    """
    from gradio.routes import App

    create, app = vars(App)["create_app"], cast(Any, App)
    app.create_app = staticmethod(lambda *args, **kwargs: None)
    try:
        yield
    finally:
        app.create_app = create


def look_seldom(page: Any) -> None:
    """Let Gradio look after its queue 50 times a second instead of a thousand times.

    It looks also while it waits for a run, and takes a core from the run's threads each time: 7 % of one.
    """
    queue = page._queue
    queue.sleep_when_free = queue.progress_update_sleep_when_free = LOOKS


def no_matplotlib() -> None:
    """Let Gradio look for no matplotlib before and after every call: this page draws nothing with it.

    Where it is missing, each look goes through all folders of packages, in the loop that answers everybody.
    """
    from gradio import utils

    utils.MatplotlibBackendMananger = nullcontext


def no_reloading() -> None:
    """Let Gradio watch for no new source on a Space: it looks for a page called `demo` in `app.py`.

    There is none to exchange, and where the package `spaces` is missing the watch ends in a traceback.
    """
    from gradio import http_server

    cast(Any, http_server).get_space = lambda: None  # asked only there, and only for this
