"""Methods on our own hooks: TeaCache with and without its polynomial, even intervals, fewer steps."""

from __future__ import annotations

from typing import Any

from teacache.errors import Phrase
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.runs.limits import STEPS
from teacache.runs.request import Checked
from teacache.study.budget import threshold_for_budget
from teacache.study.methods.method import Knob, Method, Values, Way
from teacache.study.schedules import fixed, uniform

_TEACACHE = "https://arxiv.org/abs/2411.19108"
_SHARE = Knob(name="computed", about=Phrase("Share of the steps that is computed."), slow=0.5, fast=0.33)


def settings_of(pipe: Any, threshold: float) -> Settings:
    """TeaCache as the model's card has it, at this threshold; without a card, without a polynomial."""
    usual = getattr(pipe, "teacache_settings", None) or Settings(threshold=threshold)
    return usual.replaced(threshold=threshold, schedule=None)


def naive_of(pipe: Any, threshold: float) -> Settings:
    """The same without the polynomial."""
    return settings_of(pipe, threshold).without_polynomial()


def _by_threshold(settings: Any) -> dict[str, Any]:
    """The two functions of a method whose knob is TeaCache's threshold."""

    def way(pipe: Any, request: Checked, values: Values) -> Way:
        return Way(request=request, settings=settings(pipe, values["threshold"]))

    def aim(pipe: Any, uncached: Trace, share: float) -> Values:
        budget = share * len(uncached.records)
        return {"threshold": threshold_for_budget([uncached], settings(pipe, 1.0), budget).threshold}

    return {"way": way, "aim": aim}


def computed_of(request: Checked, share: float) -> int:
    """Computed steps of a request at a share of them; at least as many as a run can have."""
    return min(request.steps, max(STEPS[0], round(share * request.steps)))


def _even(pipe: Any, request: Checked, values: Values) -> Way:
    schedule = uniform(request.steps, computed_of(request, values["computed"]))
    return Way(request=request, settings=fixed(schedule))


def _fewer(pipe: Any, request: Checked, values: Values) -> Way:
    return Way(request=request.in_steps(computed_of(request, values["computed"])))


def _share(pipe: Any, uncached: Trace, share: float) -> Values:
    return {"computed": share}


TEACACHE = Method(
    name="teacache",
    title="TeaCache",
    about=Phrase(
        "It compares a signal between calls, the input of the first block as the timestep embedding "
        "modulates it or that embedding itself, rescales its change by a polynomial and adds it up. While "
        "the sum is below the threshold the blocks are left out and their last residual is added again."
    ),
    paper=_TEACACHE,
    knobs=(Knob(name="threshold", about=Phrase("Sum at which a call is computed."), slow=0.1, fast=0.2),),
    **_by_threshold(settings_of),
)
NAIVE_TEACACHE = Method(
    name="naive",
    title="TeaCache, naive",
    about=Phrase(
        "TeaCache without the rescaling polynomial: the change of its signal itself is added up. It needs no "
        "calibration."
    ),
    paper=_TEACACHE,
    knobs=(Knob(name="threshold", about=Phrase("Sum at which a call is computed."), slow=0.1, fast=0.2),),
    **_by_threshold(naive_of),
)
UNIFORM = Method(
    name="uniform",
    title="Uniform reuse",
    about=Phrase(
        "Steps at even intervals are computed, the others add the last residual again. It asks nothing of "
        "the model, so it shows what the choice of steps is worth."
    ),
    paper=_TEACACHE,
    knobs=(_SHARE,),
    way=_even,
    aim=_share,
)
FEWER_STEPS = Method(
    name="fewer_steps",
    title="Fewer steps",
    about=Phrase(
        "The plain pipeline with fewer steps, all of them computed. The scheduler then takes longer strides, "
        "so the clip may be another one."
    ),
    paper="https://arxiv.org/abs/2010.02502",
    knobs=(_SHARE,),
    way=_fewer,
    aim=_share,
)
