"""Arguments of a pipeline's call that are refused in one sentence: which one, its value, what it must be.

Shared by the pipelines that diffusers lacks. Knows Python's types; nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import torch

from teacache.errors import RequestError


def whole(name: str, value: Any, least: int = 1, unit: str = "") -> None:
    """Raises RequestError unless the value is a whole number, and large enough."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _refusal(name, value, f"a whole number of at least {least}{unit}")


def number(name: str, value: Any, *, optional: bool = False) -> None:
    """Raises RequestError unless the value is a number, or None where it may be left out."""
    if optional and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _refusal(name, value, "a number" + (", or None to leave it out" if optional else ""))


def words(name: str, value: Any, *, optional: bool = False) -> None:
    """Raises RequestError unless the value is a string, or None where it may be left out."""
    if not isinstance(value, str) and not (optional and value is None):
        raise _refusal(name, value, "a string" + (", or None to leave it out" if optional else ""))


def texts(name: str, value: Any) -> None:
    """Raises RequestError unless the value is a string or a list of one or more."""
    listed = _is_listed(value) and len(value) > 0 and all(isinstance(text, str) for text in value)
    if not isinstance(value, str) and not listed:
        raise _refusal(name, value, "a string or a list of strings")


def noise(latents: Any, shape: tuple[int, ...]) -> None:
    """Raises RequestError unless given latents are a tensor of this shape."""
    if not isinstance(latents, torch.Tensor):
        raise RequestError(
            f"latents are a {type(latents).__name__}, but must be a tensor of shape {shape}: leave them out "
            "for noise of the generator."
        )
    if tuple(latents.shape) != shape:
        raise RequestError(f"latents are {tuple(latents.shape)}, but this call needs {shape}.")


def callback_tensors(names: Any, choices: Sequence[str]) -> None:
    """Raises RequestError for names of tensors that a callback cannot get."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise _refusal(
            "callback_on_step_end_tensor_inputs", names, f"a list of names out of {_names(choices)}"
        )
    for name in names:
        if name not in choices:
            raise RequestError(f"Callbacks can get {_names(choices)}, but not {name!r}.")


def _is_listed(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple)


def _refusal(name: str, value: Any, wanted: str) -> RequestError:
    return RequestError(f"{name} is {value!r}, but must be {wanted}.")


def _names(choices: Sequence[str]) -> str:
    return ", ".join(choices)
