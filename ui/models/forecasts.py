"""The seconds that the page tells beside Run: of what the controls hold, on this server. Knows no gradio."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from teacache.errors import RequestError
from teacache.models.pace import SLOT
from teacache.runs.comparison import Comparison
from teacache.runs.forecast import Forecast, Measured, forecast
from teacache.runs.paces import Paces
from teacache.runs.request import Checked, Request
from ui.library.library import Library
from ui.models.hardware import Hardware
from ui.models.models import Models

_ANY = "a"  # a prompt, where none counts


class Forecasts:
    """What runs took here, and what the next one will take."""

    def __init__(self, models: Models, library: Library):
        self._models, self._library = models, library

    @cached_property
    def _paces(self) -> Paces:
        return Paces(self._library.made.folder, self._hardware.device)

    @property
    def _hardware(self) -> Hardware:
        return self._models.hardware

    def note(self, run: Comparison) -> None:
        """Remember what a finished comparison took."""
        self._paces.note(run)

    def of(self, request: Checked, share: float | None = None) -> Forecast | None:
        """Of a request, checked: by runs of this machine, else by a recorded one, else as published.

        `share`: of the calls that will be computed, where that is known. None where nothing is known.
        """
        card, device = self._models.card(request.model), self._hardware.device
        measured = forecast(card, request, device, self._paces.known(), share=share)
        if (measured is not None and measured.source == "measured") or device != "cpu":
            return measured
        timed = [run_time for run in self._library.recorded if (run_time := Measured.of(run))]
        return forecast(card, request, device, timed, share=share, source="recorded")

    def told(self, words: Mapping[str, str]) -> dict[str, Any]:
        """What the page shows of the controls' values, as the words of an address.

        Raises TeaCacheError for values that cannot be run.
        """
        card = self._models.card(words.get("model", self._models.default))
        request = Request(
            model=card.name,
            prompt=_ANY,
            steps=_number(words, "steps"),
            guidance_scale=_number(words, "guidance"),
            seconds=None if card.seconds is None else _number(words, "seconds"),
            settings=card.settings(_number(words, "threshold")),
        )
        # Neither prompt nor image change the seconds; and there may be none yet.
        request = request.sized(card, words.get("demo") == "1").checked(card, image_to_come=True)
        share = _number(words, "share")
        forecast = self.of(request, None if share is None else min(1, max(0, share)))
        limit = SLOT if self._hardware.kind == "zero" else None
        if forecast is None:
            return {"seconds": None, "slot": limit}
        return {
            "seconds": round(forecast.total, 1),
            "uncached": round(forecast.uncached, 1),
            "cached": round(forecast.cached, 1),
            "source": forecast.source,
            "slot": limit,
        }


def _number(words: Mapping[str, str], name: str) -> Any:
    """A finite number of an address; None where it says none. Raises RequestError for a word that is none."""
    word = words.get(name, "")
    if word in ("", "null", "undefined"):
        return None
    with suppress(ValueError):
        if math.isfinite(number := float(word)):
            return number
    raise RequestError("{name} must be a number.", name=name)
