"""What happens when a visitor presses, drags or chooses: events wired to the engine. No layout, no method."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

import gradio as gr

from teacache.errors import StoreError, TeaCacheError
from teacache.method.gate import Settings
from teacache.runs.stored import StoredRun
from teacache.study.indicators import available
from ui.base import payload, scripts
from ui.base.edge import inside
from ui.base.html_part import unchanged
from ui.controls import controls, planned, rules
from ui.controls.form import OF_A_RUN, RESTORED, RULES, Form, named
from ui.gradio_glue.news import news
from ui.run import fewer_steps
from ui.run.engine import Engine, Screen
from ui.run.outputs import AT_ONCE, PRIVATE, Outputs, all_well, notice, refusal, values_of
from ui.screen import columns, same_cost
from ui.screen.shown import ShownRun
from ui.whatif import polynomial

_log = logging.getLogger(__name__)
REMEMBERED = 30  # runs of a visit that are compared with each other
_RUN_RULES = tuple(name for name in RULES if name in OF_A_RUN)
SHOWS_RIVALS = "[data-level=lab], [data-touring]"
QUEUE = "model"  # one run at a time on the one model, for the page and for programs
MODEL: dict[str, Any] = {"concurrency_id": QUEUE, "concurrency_limit": 1}


def wire_run(engine: Engine, left: controls.Controls, out: Outputs, status: Any) -> None:
    """Run and Stop, and the button for the video of fewer steps."""

    def run(visit: list[str], *values: Any) -> Iterator[tuple[Any, ...]]:
        def screens() -> Generator[Screen, None, None]:
            form = Form.read(named(OF_A_RUN, values))
            request, beside = controls.request(engine.models, form), same_cost.chosen(form.methods)
            others = seen(engine, visit)
            return engine.run(
                request, with_rivals=form.rivals, methods=beside, public=form.public, others=others
            )

        yield from _shown(screens, visit, also=("indicator",))  # a run goes by no other signal

    def plain(run_id: str) -> Iterator[tuple[Any, ...]]:
        yield from _shown(lambda: fewer_steps.screens(engine, engine.library.load(run_id)), None)

    # "full" also moves a loader and a border, which are hidden here and yet painted in every frame of a run.
    progress: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": status}
    names = ", ".join(("visit", *OF_A_RUN))
    # A link does not hold these, so that a run with one of them is not made again from it.
    begun = scripts.call("starting", "threshold", "!(image || demo || public)")
    # What is not on screen is not made, and nobody waits for it: Simple shows no rivals.
    at = 1 + OF_A_RUN.index("rivals")  # behind the visit
    rivals = f"values[{at}] &&= document.documentElement.matches('{SHOWS_RIVALS}')"
    starting = f"(...values) => {{ const [{names}] = values; {begun}; {rivals}; return values; }}"
    running = left.run.click(
        run,
        [out.visit, *left.fields(OF_A_RUN).values()],
        [*out.all, left.rules.indicator],
        js=starting,
        **MODEL,
        **progress,
        **PRIVATE,
    )
    more_running = cast(Any, out.rivals).third(plain, out.run_id, out.all, **MODEL, **progress, **PRIVATE)
    for job in (running, more_running):
        for how, event in (("success", job.success), ("failure", job.failure), ("then", job.then)):
            script = f"() => {{ {scripts.call('ended', repr(how))}; }}"
            event(None, None, None, js=script, queue=False, **PRIVATE)
    left.stop.click(
        None,
        None,
        None,
        js=f"() => {{ {scripts.call('stopping')}; }}",
        cancels=[running, more_running],
        queue=False,
        **PRIVATE,
    )


def _shown(
    screens: Callable[[], Generator[Screen, None, None]], visit: list[str] | None, also: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    """Values for the outputs; whatever goes wrong becomes one sentence. `also`: what a finished run sets."""
    unset = tuple(unchanged() for _ in also)
    try:
        with closing(screens()) as following:
            for screen in following:
                run = screen.stored if screen.board is not None else None
                fresh = None if run is None or visit is None else remembered(visit, run.run_id)
                values = values_of(screen, fresh)
                yield (*values, *(also if screen.table else unset))
    except Exception as error:
        yield (*refusal(foreseen(error)), *unset)


def foreseen(error: Exception) -> TeaCacheError:
    """The error, or what is said in place of one that nobody foresaw."""
    return error if isinstance(error, TeaCacheError) else inside(error)


def remembered(visit: list[str], run_id: str) -> list[str]:
    """The visit's runs with this one as the latest. `visit`: as the page keeps it."""
    earlier = payload.names(visit, REMEMBERED)
    return [*(name for name in earlier if name != run_id), run_id][-REMEMBERED:]


def seen(engine: Engine, visit: list[str]) -> list[ShownRun]:
    """The runs of a visit that are still there: someone may have cleared the folder."""
    runs: list[ShownRun] = []
    for run_id in payload.names(visit, REMEMBERED):
        try:
            runs.append(engine.library.load(run_id))
        except StoreError as error:
            _log.info("a run of this visit is gone: %s", error)
    return runs


def wire_what_if(engine: Engine, left: controls.Controls, out: Outputs) -> None:
    """Rules re-decide the run on screen: one request for the whole table; the slider asks nothing."""

    def decided(run_id: str, visit: list[str], *values: Any) -> tuple[Any, ...]:
        if not run_id:
            return unchanged(), unchanged(), unchanged()
        signal = unchanged()
        try:
            run, form = engine.library.load(run_id), Form.read(named(RULES, values))
            if form.indicator not in available(run.cached):
                signal = "indicator"  # the choice agrees with what stays on screen
            chosen = settings_for(engine, run, form)
            table = engine.table(run, chosen, signal=form.indicator, others=seen(engine, visit))
            return columns.packed_table(table), all_well(), signal
        except Exception as error:
            return unchanged(), notice(foreseen(error)), signal

    def switched(run_id: str, visit: list[str], *values: Any) -> tuple[Any, ...]:
        """Another signal comes without the polynomial, which was not fitted to it."""
        form = named(RULES, values)
        form["estimator"] = _estimator_of(engine, run_id, form["indicator"]) or form["estimator"]
        table, *others = decided(run_id, visit, *form.values())
        return table, *others, form["estimator"] if table != unchanged() else unchanged()

    ruled = left.fields(RULES)
    inputs = [out.run_id, out.visit, *ruled.values()]
    latest: dict[str, Any] = {"trigger_mode": "always_last", **AT_ONCE}
    box, signal = left.rules.coefficients, left.rules.indicator
    outputs = [out.table, out.notice, signal]
    # The box counts when it is left: half a number is no news.
    plain = [rule.input for rule in ruled.values() if rule is not box and rule is not signal]
    for change in (*plain, box.submit, box.blur):
        change(decided, inputs, outputs, **latest)
    signal.input(switched, inputs, [*outputs, left.rules.estimator], **latest)
    moved = f"(value) => {{ {scripts.call('setThreshold', 'value')}; }}"
    left.threshold.change(None, left.threshold, None, js=moved, **PRIVATE)


def _estimator_of(engine: Engine, run_id: str, signal: str) -> str | None:
    """The estimate that goes with a signal on a run; None where there is no such run."""
    try:
        run = engine.library.load(run_id)
    except TeaCacheError:
        return None
    return rules.estimator_for(signal, engine.card_of(run), run.cached.settings)


def settings_for(engine: Engine, run: ShownRun, form: Form) -> Settings:
    """The settings that the rules make for the model of this run, whichever model is chosen for the next."""
    card, own = engine.card_of(run), run.cached.settings
    if card is None:
        return own
    chosen = rules.settings(card, replace(form, threshold=own.threshold))
    planned.refuse_other_steps(chosen, run.cached.steps)
    return chosen


def wire_refit(engine: Engine, left: controls.Controls, out: Outputs, panel: Any, fitted: Any) -> None:
    """Fit a polynomial to the runs of this visit, and put it to use."""

    def refit(run_id: str, visit: list[str], *values: Any) -> tuple[Any, ...]:
        try:
            run = engine.library.load(run_id)
            chosen = settings_for(engine, run, Form.read(named(_RUN_RULES, values)))
            runs = seen(engine, remembered(visit, run_id))
            return columns.packed_table(polynomial.refit(run, runs, chosen)), all_well()
        except Exception as error:
            return unchanged(), notice(foreseen(error))

    def put_to_use(event: gr.EventData, run_id: str, visit: list[str], *values: Any) -> tuple[Any, ...]:
        try:
            run = engine.library.load(run_id)
            new = {"estimator": rules.OWN, "coefficients": news(event).get("coefficients")}
            form = Form.read(named(_RUN_RULES, values) | new)
            table = engine.table(run, settings_for(engine, run, form), others=seen(engine, visit))
        except Exception as error:
            return *(unchanged() for _ in range(4)), notice(foreseen(error))
        return columns.packed_table(table), form.estimator, form.coefficients, form.indicator, all_well()

    inputs = [out.run_id, out.visit, *left.fields(_RUN_RULES).values()]
    panel.refit(refit, inputs, [fitted, out.notice], **AT_ONCE)
    panel.use(
        put_to_use,
        inputs,
        [out.table, left.rules.estimator, left.rules.coefficients, left.rules.indicator, out.notice],
        **AT_ONCE,
    )


def wire_recorded(
    engine: Engine, left: controls.Controls, out: Outputs, recorded: dict[str, gr.Button]
) -> None:
    """The runs that ship with the app."""
    restored = left.fields(RESTORED)

    def showing(run_id: str) -> Callable[[list[str]], tuple[Any, ...]]:
        def show(visit: list[str]) -> tuple[Any, ...]:
            try:
                run = cast(StoredRun, engine.library.load(run_id))  # only recorded ones have a button
                form = controls.start_form(engine.card_of(run), run)
                screen = engine.shown(run, phase="recorded", others=seen(engine, visit))
            except Exception as error:
                return (*refusal(foreseen(error)), *(unchanged() for _ in restored))
            slider = gr.update(value=form.threshold, maximum=engine.slider_end)
            return *values_of(screen, remembered(visit, run_id)), *controls.filled(form, threshold=slider)

        return show

    for run_id, button in recorded.items():
        button.click(showing(run_id), out.visit, [*out.all, *restored.values()], **AT_ONCE)
