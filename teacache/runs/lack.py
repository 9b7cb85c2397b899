"""A run that finds too little memory: what is said of it, with smaller settings, and what is given back.

Knows torch's allocators and how a request can shrink; nothing of threads and events.
"""

from __future__ import annotations

import gc
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psutil
import torch

from teacache.errors import Phrase, RequestError, TeaCacheError
from teacache.models.families import family_of
from teacache.models.memory import GB, free_host_gb
from teacache.platform import heap
from teacache.runs.adapters import adapter_of, checked, defaults_of
from teacache.runs.request import Checked, Request

SHORTER, NARROWER = (
    1 / 2,
    3 / 4,
)  # of the frames or seconds, and of each side: some 28 % of the pixels together
# "Tried to allocate 20.00 MiB" of torch on a GPU, "you tried to allocate 123 bytes" of torch on a CPU.
_WANTED = re.compile(r"tried to allocate ([\d.]+) (bytes|KiB|MiB|GiB)", re.IGNORECASE)
_UNITS = {"bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_log = logging.getLogger(__name__)


def is_lack(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU or on the CPU."""
    of_torch = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return of_torch or "can't allocate memory" in str(error)


def in_words(error: BaseException, pipe: Any, request: Checked) -> RequestError:
    """The sentence for a checked request that ran out of memory; what the run held is given back.

    Its cause is the error without its frames, which would keep the tensors of the run alive.
    """
    _log.warning("a run needs more memory than there is", exc_info=error)
    free, total, device = _memory_of(pipe)  # as it was found, so before anything is given back
    numbers = {"free": free / GB, "total": total / GB, "device": device, "smaller": _smaller(pipe, request)}
    missing = _bytes_missing(error)
    if missing is None:
        refusal = RequestError(
            "The run needs more memory than there is: {free:.2f} GB of {total:.1f} were free on {device}. "
            "Try {smaller}.",
            **numbers,
        )
    else:
        refusal = RequestError(
            "The run needs more memory than there is: it asked for {wanted:.2f} GB more when {free:.2f} GB "
            "of {total:.1f} were free on {device}. Try {smaller}.",
            wanted=missing / GB,
            **numbers,
        )
    _give_back(error)
    refusal.__cause__ = error.with_traceback(None)
    return refusal


def _memory_of(pipe: Any) -> tuple[float, float, Phrase | str]:
    """Free and all bytes where a pipeline computes, and the name of that place."""
    device = torch.device(pipe._execution_device)
    if device.type == "cuda":
        return *torch.cuda.mem_get_info(device), torch.cuda.get_device_name(device)
    return free_host_gb() * GB, psutil.virtual_memory().total, Phrase("this machine")


def _bytes_missing(error: BaseException) -> float | None:
    """The bytes that were asked for; None where the error does not tell."""
    match = _WANTED.search(str(error))
    return float(match[1]) * _UNITS[match[2].lower()] if match else None


def _smaller(pipe: Any, request: Checked) -> Phrase:
    """The largest of a few smaller requests that the model takes, in words."""
    for less in _shrunk(pipe, request):
        try:
            return _in_numbers(checked(pipe, less))
        except TeaCacheError:  # it knows one size or one length only
            continue
    return Phrase("a smaller model")


def _shrunk(pipe: Any, request: Checked) -> Iterator[Request]:
    if adapter_of(pipe).seconds_argument:
        yield replace(request, seconds=round((request.seconds or 0.0) * SHORTER, 1))
        return
    family = family_of(defaults_of(pipe).pipeline)
    steps = (int(request.frames * SHORTER) - family.first) // family.every
    frames = max(1, family.first + family.every * steps)
    height, width = (
        int(pixels * NARROWER) // family.side * family.side for pixels in (request.height, request.width)
    )
    if frames < request.frames:
        yield replace(request, frames=frames, height=height, width=width)
        yield replace(request, frames=frames)
    yield replace(request, height=height, width=width)


def _in_numbers(request: Request) -> Phrase:
    if request.seconds is not None:
        return Phrase("{seconds:g} seconds", seconds=request.seconds)
    sides = {"width": request.width, "height": request.height}
    if request.frames == 1:
        return Phrase("{width}x{height} pixels", **sides)
    return Phrase("{width}x{height} pixels and {frames} frames", frames=request.frames, **sides)


def _give_back(error: BaseException) -> None:
    """Let go of what the frames of an error hold, and let the system have it."""
    each = error
    while each is not None:
        traceback.clear_frames(each.__traceback__)
        each = each.__cause__ or each.__context__
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    heap.trim()
