"""A run as a what-if shows it: its trace decided again, at the settings that an address names.

Knows no requests: an address's words come as a mapping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.runs.stored import StoredRun
from teacache.study.decided import decided as decided_again
from teacache.study.indicators import read_with
from ui.library.uploaded import UploadedRun
from ui.screen.shown import ShownRun

MOST_TEXT = 4_000  # characters of the settings


def decided(run: StoredRun | UploadedRun, words: Mapping[str, str]) -> ShownRun:
    """The run with its cached trace as `threshold`, `signal` and `rules` (settings as JSON) would have it.

    To run by another signal is a variant of the settings. Raises TeaCacheError, one sentence, for words that
    are no settings.
    """
    settings = _settings(words)
    signal: Any = words.get("signal", "indicator")  # `read_with` refuses what is none
    trace = decided_again(read_with(run.cached, signal), settings)
    if signal != "indicator":
        trace = replace(trace, settings=settings.replaced(variant=signal))
    return replace(run, cached=trace)


def _settings(words: Mapping[str, str]) -> Settings:
    rules = words.get("rules", "{}")
    try:
        values: Any = json.loads(rules) if len(rules) <= MOST_TEXT else None
        return Settings.from_json(values | {"threshold": float(words["threshold"])})
    except (ValueError, TypeError, RecursionError) as error:
        raise RequestError("The address asks for settings that cannot be read.") from error
