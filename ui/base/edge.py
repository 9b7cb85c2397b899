"""Where an error becomes a sentence for whoever asked, whatever went wrong. Nothing else gets out."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from teacache.errors import TeaCacheError
from ui.words.phrases import PROGRAM, said

_log = logging.getLogger(__name__)


def inside(error: Exception) -> TeaCacheError:
    """What is said of an error that nobody foresaw; the log has all of it."""
    _log.error("something went wrong inside", exc_info=error)
    return TeaCacheError(
        "Something went wrong inside; the server's log has the details. Your settings are kept, so you "
        "can try again."
    )


@contextmanager
def sentences() -> Iterator[None]:
    """Whatever is raised inside becomes Gradio's error, which reaches whoever asked as one sentence."""
    try:
        yield
    except gr.Error:
        raise
    except TeaCacheError as error:
        raise gr.Error(said(error, PROGRAM), print_exception=False) from error
    except Exception as error:
        raise gr.Error(said(inside(error), PROGRAM), print_exception=False) from error


def telling(answer: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the page that answers with `sentences` around it."""

    @functools.wraps(answer)
    def answering(*arguments: Any, **named: Any) -> Any:
        with sentences():
            return answer(*arguments, **named)

    return answering
