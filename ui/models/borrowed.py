"""A GPU that is borrowed for each run, on Hugging Face's ZeroGPU: what speaks with `spaces`.

There a run happens in a process forked for it, with a GPU for so many seconds. What is asked and what is
answered is pickled: requests and finished runs, never tensors. A refusal of ours comes back as data, since
`spaces` would keep only the name of its class; a refusal of `spaces` becomes one sentence here. Elsewhere
the work is done in this process, by the same code.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from teacache.errors import Cancelled, Phrase, RequestError, TeaCacheError
from ui.models.hardware import borrows

Task = Callable[..., Generator[Any, None, None]]
_log = logging.getLogger(__name__)
_INSIDE = Phrase(
    "Something went wrong inside; the server's log has the details. Your settings are kept, so you can try "
    "again."
)


@dataclass(frozen=True)
class _Refused:
    """What a run raised, on its way out of its process."""

    why: Phrase


def borrowing(task: Task, seconds: Callable[..., float]) -> Task:
    """`task`, a generator function, with a GPU borrowed for it where that is how this server gets one.

    `seconds`: of the same arguments, for how long. Closing what it returns stops the task at its next step.
    Raises what the task raises; as TeaCacheError, whichever of the family it was, from another process.
    """
    if not borrows():
        return task
    import spaces

    def duration(*arguments: Any) -> int:
        return round(seconds(*arguments))

    borrowed = cast(Task, spaces.GPU(duration=duration)(_answering(task)))
    return _spoken(borrowed, seconds)


def _answering(task: Task) -> Task:
    """The task as it runs in its own process: refusals are answers."""

    def answered(*arguments: Any) -> Generator[Any, None, None]:
        try:
            with closing(task(*arguments)) as answers:
                yield from answers
        except TeaCacheError as error:
            yield _Refused(error.phrase)
        except Exception:
            _log.exception("a run on a borrowed GPU failed")
            yield _Refused(_INSIDE)

    return answered


def _spoken(borrowed: Task, seconds: Callable[..., float]) -> Task:
    """The task as it is asked for: answers that are refusals are raised, and those of `spaces` translated."""

    def speaking(*arguments: Any) -> Generator[Any, None, None]:
        try:
            with closing(borrowed(*arguments)) as answers:
                for answer in answers:
                    if isinstance(answer, _Refused):
                        raise TeaCacheError(answer.why)
                    yield answer
        except TeaCacheError:
            raise
        except Exception as error:
            raise refusal(error, round(seconds(*arguments))) from error

    return speaking


def refusal(error: Exception, seconds: int) -> TeaCacheError:
    """What is said of an error of `spaces` (0.51.3, zero/client.py) to whoever asked for a GPU."""
    message = str(getattr(error, "message", error))
    title = str(getattr(error, "title", ""))
    if "Connection closed by visitor" in message:
        return Cancelled("The run was stopped on request.")
    if "illegal duration" in title or "larger than the maximum" in message:
        return RequestError(
            "This run would take a GPU for {seconds} s, longer than one may be borrowed: choose the demo "
            "size, or fewer steps.",
            seconds=seconds,
        )
    if "pending credits" in title:
        return RequestError(
            "Other runs of yours hold all of your GPU time: wait until one of them has ended."
        )
    if "aborted" in message:
        return RequestError(
            "The GPU was taken back before the run had ended; {seconds} s of it were asked for: choose the "
            "demo size, or fewer steps.",
            seconds=seconds,
        )
    if "quota exceeded" in title or "quota" in message:
        return _over_quota(message, seconds)
    if "No GPU was available" in message:
        return RequestError(
            "No GPU was free for this run: watch a recorded one meanwhile, and press Run again in a minute."
        )
    if "proxy token" in message:
        return RequestError("This page has been open for too long to borrow a GPU: load it again.")
    _log.error("no GPU could be borrowed: %s %s", title, message, exc_info=error)
    return TeaCacheError(_INSIDE)


def _over_quota(message: str, seconds: int) -> RequestError:
    numbers = re.search(r"\((\d+)s requested vs\. (-?\d+)s left\)", message)
    wait = re.search(r"Try again in ((?:\d+ days?, )?\d+:\d\d:\d\d)", message)
    if numbers is None or wait is None:
        return RequestError(
            "Your GPU time of today is used up ({seconds} s were asked for): sign in to Hugging Face for "
            "more, or come back tomorrow.",
            seconds=seconds,
        )
    return RequestError(
        "Your GPU time of today is not enough: {asked} s were asked for and {left} s are left. Choose the "
        "demo size or fewer steps, sign in to Hugging Face for more, or come back in {wait}.",
        asked=int(numbers[1]),
        left=int(numbers[2]),
        wait=wait[1],
    )
