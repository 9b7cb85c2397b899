"""The command `sweep`: from its options to hands that work, a folder, a table, a report and words.

Knows the study's sweep and the names of the options; a pipeline is loaded and a bar drawn by the functions it
is given.
"""

from __future__ import annotations

import hashlib
import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from teacache.errors import RequestError, TeaCacheError
from teacache.method.settings import Settings
from teacache.models.catalog import Card
from teacache.study.calibrate import Fit, fit
from teacache.study.collect import Report, Setup, shift_scheduler
from teacache.study.prompts import prompts_for
from teacache.study.signals import facts
from teacache.study.sweep.hands import Hands, InProcess
from teacache.study.sweep.plan import Level, Plan, check_budgets, levels_for_thresholds
from teacache.study.sweep.report import write_report
from teacache.study.sweep.rows import UNCACHED, Row
from teacache.study.sweep.run import calibration_traces
from teacache.study.sweep.run import sweep as run
from teacache.study.sweep.store import Store
from teacache.study.sweep.summary import for_fidelity, for_speed, points
from teacache.study.sweep.text import sweep_report

Bar = Callable[[str], AbstractContextManager[Report]]
FOLDER = "sweeps"  # in the working folder; the page lists what is there


Found = tuple[Any, str, TeaCacheError | None]  # JSON values, text, and what went wrong all the same


def sweep(options: Namespace, loaded: Callable[[Namespace], Any], bar: Bar) -> Found:
    """Run what is missing of the sweep that the options describe, and tell what came of it."""
    if options.dry_run:
        from teacache.study.sweep.forecast import dry_run

        return *dry_run(options), None
    with _hands(options, loaded) as hands:
        setup = _setup(options, hands.card)
        if options.budgets and not options.thresholds:
            check_budgets(options.budgets, setup.steps)
        own, levels, fitted = _levels(options, hands, setup, bar)
        prompts = prompts_for(
            "evaluation", options.prompts, file=options.prompt_file, seed=options.seed, model=setup.model
        )
        plan = Plan(setup=setup, prompts=tuple(prompts), levels=levels, settings=own, seeds=options.seeds)
        store = Store(options.out or _usual_folder(plan))
        with bar("clips") as report:
            rows = run(hands, plan, store, about={"title": hands.card.title}, report=report)
    problem = _scored(store, rows) if options.vbench else None
    return *_answer(options, plan, store, rows, fitted), problem


def _answer(
    options: Namespace, plan: Plan, store: Store, rows: list[Row], fitted: Fit | None
) -> tuple[Any, str]:
    results = points(rows)
    advice = [for_speed(results, speed) for speed in options.target_speed]
    advice += [for_fidelity(results, psnr) for psnr in options.target_psnr]
    report = write_report(store, rows, advice)
    signals = facts([store.load_trace(row.key) for row in rows if row.method == UNCACHED])
    value = {
        **plan.to_json(),
        "folder": str(store.folder),
        "facts": signals.to_json(),
        "points": [point.to_json() for point in results],
        "advice": [asdict(one) for one in advice],
        "rows": [asdict(row) for row in rows],
    }
    summary = sweep_report(plan, rows, signals, advice, fitted)
    return value, f"{summary}\n\ntable and report in {store.folder}: {report.name}"


@contextmanager
def _hands(options: Namespace, loaded: Callable[[Namespace], Any]) -> Iterator[Hands]:
    if options.ray is None:
        pipe = loaded(options)
        if options.flow_shift is not None:
            shift_scheduler(pipe, options.flow_shift)
        yield InProcess(pipe)
        return
    from teacache.study.sweep.cluster import OnCluster

    placing = {"device": options.device, "offload": options.offload, "dtype": options.dtype}
    with OnCluster(
        options.ray, options.model, options=placing, flow_shift=options.flow_shift, cpus=options.worker_cpus
    ) as hands:
        yield hands


def _setup(options: Namespace, card: Card) -> Setup:
    return Setup(
        model=card.name,
        steps=card.steps if options.steps is None else options.steps,
        guidance_scale=card.guidance_scale if options.guidance is None else options.guidance,
        flow_shift=options.flow_shift,
        seed=options.seed,
        variant="default" if options.fit else card.settings().variant,
    )


def _levels(
    options: Namespace, hands: Hands, setup: Setup, bar: Bar
) -> tuple[Settings, tuple[Level, ...], Fit | None]:
    """TeaCache's settings, the levels, and the polynomial where one was fitted."""
    names = options.methods or hands.methods(setup.steps)
    traces, fitted = [], None
    if options.fit or not options.thresholds:
        prompts = prompts_for(
            "calibration",
            options.calibration_prompts,
            file=options.prompt_file,
            seed=options.seed,
            model=setup.model,
        )
        with bar("uncached runs") as report:
            traces = calibration_traces(hands, setup, prompts, report=report)
    if options.fit:
        fitted = fit(traces)
    own = hands.card.settings() if fitted is None else fitted.settings(1.0)
    if options.thresholds:
        levels = levels_for_thresholds(names, options.thresholds)
    else:
        levels = hands.levels(names, options.budgets, setup.steps, traces, own)
    if not levels:
        raise RequestError("Nothing is left to run: name a method with a threshold, or give --budgets.")
    return own, levels, fitted


def _usual_folder(plan: Plan) -> Path:
    """The same for the same model, setup and polynomial, so that a sweep goes on where it stopped."""
    identity = json.dumps([asdict(plan.setup), plan.settings.to_json()], sort_keys=True)
    return Path(FOLDER) / f"{plan.setup.model}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def _scored(store: Store, rows: list[Row]) -> TeaCacheError | None:
    """VBench's scores put into the table; the reason where there are none: the sweep stands without them."""
    from teacache.study.sweep.vbench import score

    try:
        store.keep_scores(score(store, rows))
    except TeaCacheError as error:
        return error
    store.write_table(rows)
    return None
