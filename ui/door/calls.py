"""What a call of a function must look like before Gradio sees it: strict JSON of the shape that it expects.

Values are not judged here: functions get them as they were sent, and say themselves what is wrong with them.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from teacache.errors import Phrase, RequestError
from teacache.method.reading import is_list, is_object
from ui.gradio_glue.functions import Function
from ui.gradio_glue.protocol import A_FILE, API

MOST_DEPTH = 32  # lists within lists; no value of ours has ten
MOST_NAME = 1024  # characters of what is said of a file
NO_UPLOAD = Phrase("An image is uploaded, not named by its address: send the file itself.")
_NAME = re.compile(r"[\w-]{1,64}")
_PATH = re.compile(API + r"/(?:call|call/v2|run|api)/(\w+)/?")
_HALF = re.compile(r"[\ud800-\udfff]")
_FILE_FIELDS = {"path", "url", "orig_name", "mime_type"}


@dataclass(frozen=True)
class Call:
    """A call that may pass. `function` is None where Gradio will say that there is none."""

    function: Function | None
    session: str


def function_of(path: str, body: Any, functions: dict[int, Function]) -> Function | None:
    """The function that a call is meant for: the number in its body comes before the name in its address."""
    named, number = _PATH.fullmatch(path), body.get("fn_index")
    if type(number) is int and "/call/" not in path:  # where Gradio reads no number
        return functions.get(number)
    if named is None:
        return None
    return next((function for function in functions.values() if function.name == named[1]), None)


def read(path: str, text: bytes, functions: dict[int, Function], uploads: str) -> Call:
    """A call from the body of a request; its files lie in the folder `uploads`.

    Raises RequestError, one sentence, for anything else.
    """
    body = strict(text)
    if not is_object(body):
        raise RequestError("The request's body must be a JSON object.")
    function = function_of(path, body, functions)
    if function is not None and len(text) > function.most:
        raise RequestError(
            "The request holds more than {most:.3g} MB: send less.", most=function.most / 2**20
        )
    _check_names(body)
    by_name = "/v2/" in path
    data = body if by_name else body.get("data")
    if by_name:
        _check_named(body, function)
    else:
        _check_data(data, function)
    for value in _values(data):
        if is_object(value) and "path" in value:
            check_file(value, uploads)
    for value in _files_in(data, function) if function else ():
        if value is not None and not (is_object(value) and "path" in value):
            raise RequestError(NO_UPLOAD)
    return Call(function, body.get("session_hash") or "")


def check_message(text: bytes) -> None:
    """Raise RequestError, one sentence, for what is no message of an assistant's (JSON-RPC 2.0)."""
    body = strict(text)
    if not is_object(body) or body.get("jsonrpc") != "2.0":
        raise RequestError("The request's body must be a JSON-RPC message.")


def strict(text: bytes) -> Any:
    """JSON without NaN, half characters, numbers beyond all measure and endless nesting.

    Raises RequestError, one sentence.
    """
    try:
        body = json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_bounded)
    except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors are ValueErrors
        raise RequestError(
            "The request's body is not JSON: {why}.", why=str(error)[:80].rstrip(".")
        ) from error
    _check_depth(body)
    return body


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _bounded(text: str) -> int:
    if len(text) > 20 or abs(number := int(text)) >= 2**63:
        raise ValueError("a whole number is too large")
    return number


def _check_depth(body: Any) -> None:
    level, depth = [body], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise RequestError("The request's body is nested more than {most} deep.", most=MOST_DEPTH)
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.keys()
                inner += value.values()
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, str) and _HALF.search(value):
                raise RequestError("The request holds half a character (a lone surrogate): type it again.")
        level = inner


def _check_names(body: dict[str, Any]) -> None:
    for name in ("session_hash", "event_id"):
        value = body.get(name)
        if value is not None and not (isinstance(value, str) and _NAME.fullmatch(value)):
            raise RequestError("{name} must be at most 64 letters, digits, - and _.", name=name)
    if not isinstance(body.get("event_data"), dict | None):
        raise RequestError("event_data must be a JSON object.")
    if _names_a_file(body.get("event_data")):
        raise RequestError(NO_UPLOAD)
    for name in ("fn_index", "trigger_id"):
        if type(body.get(name)) not in (int, type(None)):
            raise RequestError("{name} must be a whole number.", name=name)


def _names_a_file(value: Any) -> bool:
    """Whether Gradio would look for a file in a value; no event of the page tells of one."""
    return (isinstance(value, dict) and "path" in value) or any(map(_names_a_file, _values(value)))


def _check_data(data: Any, function: Function | None) -> None:
    if not is_list(data):
        raise RequestError("data must be a list of the function's values.")
    if function is not None and len(data) not in (function.inputs, function.named):
        raise RequestError(
            "The function takes {wanted} values, but data holds {given}.",
            wanted=function.named,
            given=len(data),
        )


def _check_named(data: dict[str, Any], function: Function | None) -> None:
    if function is None:
        raise RequestError("There is nothing at this address.")
    for name in data:
        if name not in function.names:
            raise RequestError(
                "The function takes no {name!r}: it knows {known}.",
                name=name,
                known=", ".join(function.names),
            )


def _files_in(data: Any, function: Function) -> list[Any]:
    """What stands where a function takes files, in a list of values or in an object of named ones."""
    if is_object(data):
        places, data = function.named_files, [data.get(name) for name in function.names]
    else:
        places = function.files if len(data) == function.inputs else function.named_files
    return [value for value, is_file in zip(data, places, strict=False) if is_file]


def _values(data: Any) -> Iterable[Any]:
    return data.values() if is_object(data) else data if is_list(data) else ()


def check_file(value: dict[str, Any], uploads: str) -> None:
    """A file is an upload of a visitor's, with a name as files have them; no other path is ever looked at."""
    for name in _FILE_FIELDS & set(value):
        if not isinstance(value[name], str | None):
            raise RequestError("{name} of a file must be text.", name=name)
        if len(value[name] or "") > MOST_NAME:
            raise RequestError("{name} of a file has more than {most} characters.", name=name, most=MOST_NAME)
    path = value["path"] or ""
    within = "\0" not in path and os.path.realpath(path).startswith(os.path.realpath(uploads) + os.sep)
    if not within or value.get("meta") != A_FILE:
        raise RequestError(NO_UPLOAD)
