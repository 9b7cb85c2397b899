"""TeaCache on another signal, the ablation of the paper's table 2: the time embedding, the noisy input."""

from __future__ import annotations

from typing import Any

from teacache.errors import Phrase, SettingsError
from teacache.method.architectures import architecture_of
from teacache.method.trace import Indicator, Trace
from teacache.runs.request import Checked
from teacache.study.budget import threshold_for_budget
from teacache.study.indicators import read_with
from teacache.study.methods.diffusers_hooks import kind_of, transformers
from teacache.study.methods.method import Knob, Method, Values, Way
from teacache.study.methods.ours import naive_of, settings_of


def _method(signal: Indicator, title: str, about: Phrase) -> Method:
    def way(pipe: Any, request: Checked, values: Values) -> Way:
        return Way(request=request, settings=naive_of(pipe, values["threshold"]).replaced(variant=signal))

    def aim(pipe: Any, uncached: Trace, share: float) -> Values:
        budget = share * len(uncached.records)
        read = read_with(uncached, signal)
        return {"threshold": threshold_for_budget([read], naive_of(pipe, 1.0), budget).threshold}

    def refuses(pipe: Any) -> Phrase | None:
        own = settings_of(pipe, 0.0).variant
        ways = [architecture_of(part) for part in transformers(pipe)]
        try:
            same = [way.read_as(signal).indicator == way.read_as(own).indicator for way in ways]
        except SettingsError:
            return Phrase("{kind} shows no such signal.", kind=kind_of(pipe))
        if all(same):
            return Phrase("TeaCache itself compares it here: it would be the naive one again.")
        return None

    return Method(
        name=f"tea_{signal}",
        title=title,
        about=about,
        paper="https://arxiv.org/abs/2411.19108",
        knobs=(Knob(name="threshold", about=Phrase("Sum at which a call is computed."), slow=0.1, fast=0.2),),
        way=way,
        refuses=refuses,
        aim=aim,
    )


ON_EMBEDDING = _method(
    "embedding",
    "TeaCache on the time embedding",
    Phrase(
        "TeaCache's rule without a polynomial on the timestep embedding alone, one of the paper's two "
        "candidates. It knows nothing of the clip, so every prompt gets the same steps."
    ),
)
ON_LATENT = _method(
    "latent",
    "TeaCache on the noisy input",
    Phrase(
        "TeaCache's rule without a polynomial on the noisy input alone. It does not know how far the model "
        "is, only how much the latents moved."
    ),
)
