"""What each command of the command line does: returns its answer as JSON values and as text.

Knows everything below it and nothing of argument parsing beyond the names of the options. What needs torch is
imported inside the commands that run a pipeline.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from teacache.answers import (
    LEGEND,
    Answer,
    drawn,
    figures_of,
    first_reuse_lines,
    list_breakpoints,
    source_of,
    stands_on,
)
from teacache.errors import RequestError, TeaCacheError, TraceFormatError
from teacache.listing import listing, one_model
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.models.card_json import card_json, obstacle
from teacache.models.catalog import CARDS, calibration_name, card, write_calibration
from teacache.models.memory import this_machine
from teacache.plotting import checked, plot
from teacache.runs.comparison import Comparison, Progress
from teacache.runs.request import Request
from teacache.runs.store import Store
from teacache.runs.stored import RECORD, StoredRun, in_memory
from teacache.study.decided import decided
from teacache.study.replay import exactness, indicator_of, threshold_for_speedup
from teacache.study.replay import replay as decide_again

if TYPE_CHECKING:
    from teacache.study.collect import Setup


def models(options: Namespace) -> Answer:
    """The catalog, or one model of it."""
    machine = this_machine()
    if options.name is not None:
        return Answer(*one_model(card(options.name), machine))
    cards = [(one, obstacle(one, machine)) for one in CARDS.values()]
    answer = [card_json(one) | {"runs_here": not why, "obstacle": why} for one, why in cards]
    return Answer(answer, listing(cards))


def replay(options: Namespace) -> Answer:
    """A recorded run at other settings."""
    trace = _recorded(options.trace, options.run)
    settings = _changed(trace.settings, options)
    page = checked(options.plot)
    if options.breakpoints:
        if page is not None:
            raise RequestError("A list of schedules has no figure: give --threshold or --speedup instead.")
        return list_breakpoints(trace, settings)
    threshold = options.threshold
    if threshold is None:
        threshold = threshold_for_speedup(trace, options.speedup, settings)
    decisions = decide_again(trace, settings.replaced(threshold=threshold))
    computed = sum(decision.computed for decision in decisions)
    speedup = len(decisions) / max(1, computed)
    answer = {
        "threshold": threshold,
        "computed": computed,
        "calls": len(decisions),
        "ideal_speedup": speedup,
        "exactness": exactness(trace),
        "indicator": indicator_of(trace),
        "decisions": [asdict(decision) for decision in decisions],
    }
    lines = [
        f"{drawn([decision.computed for decision in decisions])}   {LEGEND}",
        f"threshold {threshold:g}: {computed} of {len(decisions)} calls computed, "
        f"ideal speedup {speedup:.2f} ({stands_on(trace)})",
        *([] if computed < len(decisions) else first_reuse_lines(trace, settings)),
    ]
    if page is not None:
        again = decided(trace, settings.replaced(threshold=threshold))
        lines.append(plot(again, None, page, own=False))
    return Answer(answer, "\n".join(lines))


def compare(options: Namespace) -> Answer:
    """One prompt without and with TeaCache, stored; what cannot be stored is answered all the same."""
    from teacache.runs.compare import compare as run

    page = checked(options.plot)
    store = Store(options.runs_dir)
    store.check()
    pipe = _loaded(options)
    card = pipe.teacache_card
    settings = card.settings(options.threshold, naive=options.naive, mode=options.mode)
    request = Request(
        model=card.name,
        prompt=options.prompt,
        image=None if options.image is None else str(options.image),
        seed=options.seed,
        steps=options.steps,
        guidance_scale=options.guidance,
        frames=options.frames,
        height=options.height,
        width=options.width,
        seconds=options.seconds,
        settings=_changed(settings, options),
        probe=options.probe,
        cache_device=options.cache_device,
    )
    with closing(run(pipe, request, preview_every=0)) as states, _bar("calls") as report:
        comparison = _compared(states, report)
    result, problem = _kept(lambda: store.save(comparison), in_memory(comparison))
    if options.rivals:
        from teacache.study.rivals import equal_cost

        rivals = tuple(equal_cost(pipe, comparison))
        result = replace(result, rivals=rivals)
        if problem is None:
            result, problem = _kept(lambda: store.add_rivals(result.run_id, rivals), result)
    return _drawn(figures_of(result)._replace(problem=problem), result, page)


def _drawn(answer: Answer, run: StoredRun, page: Path | None) -> Answer:
    """The answer with its plot where one is wanted; what cannot be written is answered all the same."""
    if page is None:
        return answer
    try:
        return answer._replace(text=f"{answer.text}\n{plot(run.cached, run.uncached, page)}")
    except RequestError as error:
        return answer._replace(problem=answer.problem or error)


def _compared(states: Iterable[Progress], report: Callable[[int, int], None]) -> Comparison:
    """The comparison that the states of a run end with; on the way the bar is told."""
    for state in states:
        report(len(state.uncached) + len(state.cached), 2 * state.calls)
        if state.comparison is not None:
            return state.comparison
    raise AssertionError("a comparison ends with its last state or raises")


def _kept(store: Callable[[], StoredRun], otherwise: StoredRun) -> tuple[StoredRun, TeaCacheError | None]:
    """What was stored, or what there is where that failed, with the reason."""
    try:
        return store(), None
    except TeaCacheError as error:
        return otherwise, error


def calibrate(options: Namespace) -> Answer:
    """Fit a polynomial, to new runs or to given traces."""
    from teacache.study.calibrate import calibration, checked_degree, fit
    from teacache.study.collect import load_traces
    from teacache.study.tables import fit_lines

    if options.save and options.flow_shift is not None:
        raise RequestError("A calibration is saved for the model as it comes: leave --flow-shift out.")
    degree = checked_degree(options.degree)  # before hours of runs
    traces = load_traces(options.traces) if options.traces else _uncached_runs(options, *_set_up(options))
    polynomial = fit(traces, degree)
    text = fit_lines(polynomial)
    if options.save:
        name = traces[0].model or options.model
        if name not in CARDS:
            raise RequestError(
                f"{name!r} is not in the catalog, so there is nowhere to save: leave --save out."
            )
        entry = calibration(polynomial, traces, source_of(traces))
        write_calibration(calibration_name(CARDS[name], entry.variant), entry)
        text += f"\nsaved for {name}: slider from {entry.threshold:g} to {entry.threshold_max:g}"
    return Answer(polynomial.to_json(), text)


def sweep(options: Namespace) -> Answer:
    """Methods at several levels over many prompts, and what the uncached runs say."""
    from teacache.sweeping import sweep as run

    return Answer(*run(options, _loaded, _bar))


def plan(options: Namespace) -> Answer:
    """Schedules from a few prompts."""
    from teacache.planning import plan as run

    return Answer(*run(options, _set_up, _bar))


def signals(options: Namespace) -> Answer:
    """Which signal tells best when to compute: a run by each, at equal cost."""
    from teacache.study.ablation import means, over_prompts, to_json
    from teacache.study.tables import signals_table

    pipe, setup = _set_up(options)
    requests = setup.requests(pipe.teacache_card, options.prompt, options.prompts, file=options.prompt_file)
    with _bar("signals") as report:
        rows = over_prompts(pipe, requests, options.computed, report=report)
    return Answer(to_json(requests, rows), signals_table(means(rows)))


def sizes(options: Namespace) -> Answer:
    """Latency against size."""
    from teacache.sizing import sizes as run

    return Answer(*run(options, _loaded, _bar))


def _set_up(options: Namespace) -> tuple[Any, Setup]:
    """The pipeline, and how it is run in a study."""
    from teacache.study.collect import setup_of

    pipe = _loaded(options)
    return pipe, setup_of(
        pipe,
        steps=options.steps,
        guidance=options.guidance,
        flow_shift=options.flow_shift,
        seed=options.seed,
        mode=getattr(options, "mode", None),
    )


def _uncached_runs(options: Namespace, pipe: Any, setup: Setup) -> list[Trace]:
    """The traces of the calibration prompts, made now or kept from before."""
    from teacache.study.collect import collect
    from teacache.study.prompts import prompts_for

    prompts = prompts_for(
        "calibration", options.prompts, file=options.prompt_file, seed=options.seed, model=setup.model
    )
    with _bar("uncached runs") as report:
        return collect(pipe, setup, prompts, report=report)


def _loaded(options: Namespace) -> Any:
    """The pipeline that the options name."""
    import torch

    from teacache.models import load

    dtype = getattr(torch, options.dtype) if options.dtype else None
    return load(options.model, device=options.device, dtype=dtype, offload=options.offload)


def _recorded(where: str, run: str) -> Trace:
    """A trace from its file, a run's folder or a run's id."""
    path = Path(where)
    if path.is_file() and path.name != RECORD:
        return Trace.load(path)
    if path.is_file():
        with suppress(TraceFormatError):  # a trace may bear the name of a stored run's record
            return Trace.load(path)
    folder = path.parent if path.name == RECORD else path
    store = Store(folder.parent) if folder.is_dir() else Store()
    if not folder.is_dir() and ("/" in where or where.endswith(".json")):
        raise TraceFormatError(f"There is no {where}: give a trace file, a run's folder or a run's id.")
    stored = store.load(folder.resolve().name if folder.is_dir() else where)
    return stored.uncached if run == "uncached" else stored.cached


def _changed(settings: Settings, options: Namespace) -> Settings:
    """The settings with what the options say otherwise."""
    if options.naive:
        settings = settings.without_polynomial()
    rules = {name: getattr(options, name) for name in ("first_steps", "last_steps", "max_reuses")}
    return settings.replaced(**{name: value for name, value in rules.items() if value is not None})


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; the function takes how many are done, of how many."""
    with tqdm(unit=f" {unit}", leave=False, disable=None) as bar:  # None: only where a person watches

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report
