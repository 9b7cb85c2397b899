"""What happens when a visitor presses, drags or chooses: events wired to the engine. No layout, no method."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import gradio as gr

from teacache.errors import StoreError, TeaCacheError
from teacache.runs.store import StoredRun
from teacache.study.indicators import available
from ui import api, controls, given, planned, polynomial, rules, same_cost, third, wire
from ui.edge import inside
from ui.live import Engine, Screen
from ui.outputs import AT_ONCE, PRIVATE, Outputs, all_well, notice, refusal, values_of

_log = logging.getLogger(__name__)
REMEMBERED = 30  # runs of a visit that are compared with each other
COEFFICIENTS = 3  # their place among a run's rules, behind the estimate
MODEL = {"concurrency_id": api.QUEUE, "concurrency_limit": 1}  # one run at a time on the one model


def wire_run(engine: Engine, left: controls.Controls, out: Outputs, status: Any) -> None:
    """Run and Stop, and the button for the video of fewer steps."""

    def run(visit: list[str], *values: Any) -> Iterator[tuple]:
        *asked, public, with_rivals, methods = values

        def screens() -> Iterator[Screen]:
            request = controls.request(engine.models, *asked)
            wanted = given.flag(with_rivals, "rivals")
            beside, shown = same_cost.chosen(methods), given.flag(public, "public")
            others = seen(engine, visit)
            return engine.run(request, with_rivals=wanted, methods=beside, public=shown, others=others)

        yield from _shown(screens, visit, also=("indicator",))  # a run goes by no other signal

    def plain(run_id: str) -> Iterator[tuple]:
        yield from _shown(lambda: third.screens(engine, engine.library.load(run_id)), None)

    # "full" also moves a loader and a border, which are hidden here and yet painted in every frame of a run.
    progress = {"show_progress": "minimal", "show_progress_on": status}
    starting = "(...values) => { teacache.starting(values[1]); return values; }"  # behind the visit
    running = left.run.click(
        run,
        [out.visit, *left.inputs],
        [*out.all, left.rules.indicator],
        js=starting,
        **MODEL,
        **progress,
        **PRIVATE,
    )
    more_running = out.rivals.third(plain, out.run_id, out.all, **MODEL, **progress, **PRIVATE)
    for job in (running, more_running):
        for how, event in (("success", job.success), ("failure", job.failure), ("then", job.then)):
            event(None, None, None, js=f"() => teacache.ended({how!r})", queue=False, **PRIVATE)
    left.stop.click(
        None,
        None,
        None,
        js="() => teacache.stopping()",
        cancels=[running, more_running],
        queue=False,
        **PRIVATE,
    )


def _shown(
    screens: Callable[[], Iterator[Screen]], visit: list[str] | None, also: tuple = ()
) -> Iterator[tuple]:
    """Values for the outputs; whatever goes wrong becomes one sentence. `also`: what a finished run sets."""
    unset = tuple(gr.skip() for _ in also)
    try:
        with closing(screens()) as made:
            for screen in made:
                fresh = screen.stored is not None and screen.board is not None and visit is not None
                values = values_of(screen, remembered(visit, screen.stored.run_id) if fresh else None)
                yield (*values, *(also if screen.table else unset))
    except Exception as error:
        yield (*refusal(foreseen(error)), *unset)


def foreseen(error: Exception) -> TeaCacheError:
    """The error, or what is said in place of one that nobody foresaw."""
    return error if isinstance(error, TeaCacheError) else inside(error)


def remembered(visit: list[str], run_id: str) -> list[str]:
    """The visit's runs with this one as the latest. `visit`: as the page keeps it."""
    known = given.names(visit, REMEMBERED)
    return [*(name for name in known if name != run_id), run_id][-REMEMBERED:]


def seen(engine: Engine, visit: list[str]) -> list[StoredRun]:
    """The runs of a visit that are still there: someone may have cleared the folder."""
    found = []
    for run_id in given.names(visit, REMEMBERED):
        try:
            found.append(engine.library.load(run_id))
        except StoreError as error:
            _log.info("a run of this visit is gone: %s", error)
    return found


def wire_what_if(engine: Engine, left: controls.Controls, out: Outputs) -> None:
    """Rules re-decide the run on screen: one request for the whole table; the slider asks nothing."""

    def decided(run_id: str, visit: list[str], *values: Any) -> tuple:
        if not run_id:
            return gr.skip(), gr.skip(), gr.skip()
        *ruled, signal = values
        kept = gr.skip()
        try:
            run, signal = engine.library.load(run_id), given.text(signal, "indicator")
            if signal not in available(run.cached):
                kept = "indicator"  # the choice agrees with what stays on screen
            chosen = settings_for(engine, run, ruled)
            made = engine.table(run, chosen, signal=signal, others=seen(engine, visit))
            return wire.packed_table(made), all_well(), kept
        except Exception as error:
            return gr.skip(), notice(foreseen(error)), kept

    def switched(run_id: str, visit: list[str], *values: Any) -> tuple:
        """Another signal comes without the polynomial, which was not fitted to it."""
        _, *others = values
        estimator = _estimator_of(engine, run_id, values[-1]) or values[0]
        made = decided(run_id, visit, estimator, *others)
        return *made, estimator if made[0] != gr.skip() else gr.skip()

    asked = [out.run_id, out.visit, *left.rules.inputs]
    quiet = {"trigger_mode": "always_last", "show_progress": "hidden", **AT_ONCE}
    box, signal = left.rules.coefficients, left.rules.indicator
    shown = [out.table, out.notice, signal]
    # The box counts when it is left: half a number is no news.
    plain = [rule.input for rule in left.rules.inputs if rule is not box and rule is not signal]
    for change in (*plain, box.submit, box.blur):
        change(decided, asked, shown, **quiet)
    signal.input(switched, asked, [*shown, left.rules.estimator], **quiet)
    left.threshold.change(None, left.threshold, None, js="(value) => teacache.setThreshold(value)", **PRIVATE)


def _estimator_of(engine: Engine, run_id: str, signal: str) -> str | None:
    """The estimate that goes with a signal on a run; None where there is no such run."""
    try:
        run = engine.library.load(run_id)
    except TeaCacheError:
        return None
    return rules.estimator_for(signal, _card_of(engine, run), run.cached.settings)


def _card_of(engine: Engine, run: StoredRun) -> Any:
    return getattr(run, "card", None) or engine.models.cards.get(run.request.model)


def settings_for(engine: Engine, run: StoredRun, ruled: list[Any]) -> Any:
    """The settings that the rules make for the model of this run, whichever model is chosen for the next."""
    estimator, *others = ruled
    own = _card_of(engine, run)
    if own is None:
        return run.cached.settings
    chosen = rules.settings(own, estimator, run.cached.settings.threshold, *others)
    planned.refuse_other_steps(chosen, run.cached.steps)
    return chosen


def wire_refit(engine: Engine, left: controls.Controls, out: Outputs, panel: Any, fitted: Any) -> None:
    """Fit a polynomial to the runs of this visit, and put it to use."""

    def refit(run_id: str, visit: list[str], *ruled: Any) -> tuple:
        try:
            run = engine.library.load(run_id)
            chosen = settings_for(engine, run, list(ruled))
            runs = seen(engine, remembered(visit, run_id))
            return wire.packed_table(polynomial.refit(run, runs, chosen)), all_well()
        except Exception as error:
            return gr.skip(), notice(foreseen(error))

    def put_to_use(event: gr.EventData, run_id: str, visit: list[str], *ruled: Any) -> tuple:
        _, *others = ruled
        try:
            run = engine.library.load(run_id)
            others[COEFFICIENTS] = text = given.text(event._data.get("coefficients"), "coefficients")
            chosen = settings_for(engine, run, [rules.OWN, *others])
            made = engine.table(run, chosen, others=seen(engine, visit))
        except Exception as error:
            return *(gr.skip() for _ in range(4)), notice(foreseen(error))
        return wire.packed_table(made), rules.OWN, text, "indicator", all_well()

    quiet = {"show_progress": "hidden", **AT_ONCE}
    ruled = left.rules.of_a_run
    panel.refit(refit, [out.run_id, out.visit, *ruled], [fitted, out.notice], **quiet)
    panel.use(
        put_to_use,
        [out.run_id, out.visit, *ruled],
        [out.table, left.rules.estimator, left.rules.coefficients, left.rules.indicator, out.notice],
        **quiet,
    )


def wire_shortcuts(
    engine: Engine, left: controls.Controls, out: Outputs, recorded: dict[str, gr.Button]
) -> None:
    """Prompts to click, and the runs that ship with the app."""
    for button, text in zip(left.examples, controls.example_prompts(), strict=False):
        button.click(None, None, left.prompt, js=f"() => {text!r}", **PRIVATE)
    left.random.click(controls.random_prompt, None, left.prompt, show_progress="hidden", **AT_ONCE)
    restored = left.restored

    def show(run_id: str, visit: list[str]) -> tuple:
        try:
            run = engine.library.load(run_id)
            values = controls.start_values(engine.models.cards.get(run.request.model), run)
            screen = engine.shown(run, phase="recorded", others=seen(engine, visit))
        except Exception as error:
            return (*refusal(foreseen(error)), *(gr.skip() for _ in restored))
        values["threshold"] = gr.update(value=values["threshold"], maximum=engine.slider_end)
        filled = (values[name] for name in restored)
        return (*values_of(screen, remembered(visit, run_id)), *filled)

    for run_id, button in recorded.items():
        button.click(
            lambda visit, run_id=run_id: show(run_id, visit),
            out.visit,
            [*out.all, *restored.values()],
            show_progress="hidden",
            **AT_ONCE,
        )
