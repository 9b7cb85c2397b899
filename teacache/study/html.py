"""HTML by jinja templates that lie beside their Python: each compiled once, every value escaped.

What is HTML or code already, a template says so (`|safe`). Knows no document.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)


@cache
def template(path: Path) -> Template:
    """The template of a file, compiled the first time that it is asked for."""
    return _ENVIRONMENT.from_string(path.read_text(encoding="utf-8"))


def filled(path: Path, **values: Any) -> str:
    """The template of a file with these values; one that is missing is an error, not an empty place."""
    return template(path).render(values)
