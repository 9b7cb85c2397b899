"""The what-if of a run: every schedule at the visitor's rules, with all that the page says about them.

One request gives the whole table, kept for the next visitor; the slider then looks schedules up without
asking again. Decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teacache.method.gate import Settings
from teacache.method.trace import Indicator, Trace
from teacache.models.cards import Card
from teacache.runs.latest import Latest
from teacache.study.indicators import available, read_with
from teacache.study.replay import holds, indicator_of, tidy
from teacache.study.reuse import first_reuse
from teacache.study.targets import threshold_for_fidelity
from ui.base.constants import DECIBELS
from ui.base.numbering import next_number
from ui.screen import state
from ui.screen.shown import ShownRun
from ui.whatif import polynomial

KEPT = 64  # tables; each some 30 kilobytes
_tables: Latest[tuple[str, Settings, Indicator, float], dict[str, Any]] = Latest(KEPT)


def table(
    run: ShownRun,
    settings: Settings | None = None,
    *,
    card: Card | None = None,
    signal: Indicator = "indicator",
    highest: float,
    others: Sequence[ShownRun] = (),
) -> dict[str, Any]:
    """All schedules up to threshold `highest`, the polynomial's facts, and the thresholds for a fidelity.

    `card`: of the model that the settings are for. Where they compare what the run did not record, the table
    is of the run's own and says so. `others`: runs that tell which fidelity was met at which threshold.
    Raises RequestError for a signal that the run did not record.
    """
    asked = settings or run.cached.settings
    held = signal != "indicator" or _holds(run.cached, asked, card)
    settings = asked if held else run.cached.settings
    rules = settings.replaced(threshold=1.0)  # a table holds for all thresholds
    key = (run.run_id, rules, signal, highest)
    table = _tables.get(key)
    if table is None:
        table = _made(run, rules, signal, highest)
        _tables.put(key, table)
    fresh = {"controls": state.controls(settings), "fidelity": fidelity(run, rules, signal, others)}
    return table | fresh | {"n": next_number(), "stands": _stands(run.cached, asked, held=held)}


def fidelity(run: ShownRun, rules: Settings, signal: Indicator, others: Sequence[ShownRun]) -> dict[str, Any]:
    """Thresholds by decibel, from runs of the same model, steps, guidance and rules."""
    wanted = state.rules(rules)
    alike = {
        other.run_id: other
        for other in (run, *others)
        if signal == "indicator"
        and _kind(other) == _kind(run)
        and state.rules(other.cached.settings) == wanted
    }
    tried = [
        (other.cached.settings.threshold, other.fidelity.decibels)
        for other in alike.values()
        if other.fidelity is not None
    ]
    thresholds = {decibel: threshold_for_fidelity(tried, decibel) for decibel in DECIBELS}
    return {
        "runs": len(tried),
        "targets": [[decibel, state.short(threshold, 3)] for decibel, threshold in thresholds.items()],
    }


def _made(run: ShownRun, rules: Settings, signal: Indicator, highest: float) -> dict[str, Any]:
    trace = read_with(run.cached, signal)
    schedules = state.what_if(run.run_id, trace, rules, highest=highest)
    for row in schedules["rows"]:
        low, high = row[0], row[1]
        row.append(tidy(low, min(highest, high if high is not None else highest)))
    first = first_reuse(trace, rules)
    return schedules | {
        "rules": state.rules(rules, signal),
        "settings": rules.to_json(),
        "signal": signal,
        "signals": list(available(run.cached)),
        "first": {"threshold": first.threshold, "obstacle": first.obstacle},
        "forced": rules.forced(trace.steps),
        "panel": polynomial.panel(run, rules, signal),
    }


def _holds(trace: Trace, asked: Settings, card: Card | None) -> bool:
    """Whether the run recorded what these rules compare; a schedule compares nothing."""
    free = trace.latent_free if card is None else card.latent_free
    return asked.schedule is not None or holds(trace, asked, latent_free=free)


def _stands(trace: Trace, asked: Settings, *, held: bool) -> dict[str, Any]:
    """What was compared when the trace was recorded, what a run at these rules would compare, and whether
    the trace holds that. Both are variants of the model's class; a replay stands on the recorded one.
    """
    variants = {"variant": indicator_of(trace), "asked": asked.variant}
    return variants | {"held": held, "latentFree": trace.latent_free}


def _kind(run: ShownRun) -> tuple[str, int | None, float | None]:
    return run.request.model, run.request.steps, run.request.guidance_scale
