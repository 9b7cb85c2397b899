"""What each command of the command line does: returns its answer as JSON values and as text.

Knows everything below it and nothing of argument parsing beyond the names of the options. What needs torch is
imported inside the commands that run a pipeline.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tqdm import tqdm

from teacache.errors import RequestError, TeaCacheError, TraceFormatError
from teacache.listing import listing, one_model
from teacache.method.gate import NAIVE, Settings
from teacache.method.trace import Trace
from teacache.models.catalog import CARDS, card, write_calibration
from teacache.models.facts import facts, obstacle
from teacache.models.memory import this_machine
from teacache.planning import plan as plan
from teacache.runs.comparison import Fidelity, SoundFidelity
from teacache.runs.request import Request
from teacache.runs.store import RECORD, Store, StoredRun, in_memory
from teacache.study.markdown import markdown
from teacache.study.replay import breakpoints, exactness, indicator_of, threshold_for_speedup
from teacache.study.replay import replay as decide_again

if TYPE_CHECKING:
    from teacache.study.collect import Setup

_RIVALS = {"uniform": "uniform", "fewer_steps": "fewer"}
_LEGEND = "(# computed, . reused)"
_NOT_TIMED = "probed: not timed"


class Answer(NamedTuple):
    """What a command found, and what went wrong although it was found."""

    value: Any  # as JSON values
    text: str
    problem: TeaCacheError | None = None


def models(asked: Namespace) -> Answer:
    """The catalog, or one model of it."""
    machine = this_machine()
    if asked.name is not None:
        return Answer(*one_model(card(asked.name), machine))
    found = [(one, obstacle(one, machine)) for one in CARDS.values()]
    answer = [facts(one) | {"runs_here": not why, "obstacle": why} for one, why in found]
    return Answer(answer, listing(found))


def replay(asked: Namespace) -> Answer:
    """A recorded run at other settings."""
    trace = _recorded(asked.trace, asked.run)
    settings = _changed(trace.settings, asked)
    if asked.breakpoints:
        return _list_breakpoints(trace, settings)
    threshold = asked.threshold
    if threshold is None:
        threshold = threshold_for_speedup(trace, asked.speedup, settings)
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
        f"{_drawn([decision.computed for decision in decisions])}   {_LEGEND}",
        f"threshold {threshold:g}: {computed} of {len(decisions)} calls computed, "
        f"ideal speedup {speedup:.2f} ({_stands_on(trace)})",
        *([] if computed < len(decisions) else _first_reuse(trace, settings)),
    ]
    return Answer(answer, "\n".join(lines))


def compare(asked: Namespace) -> Answer:
    """One prompt without and with TeaCache, stored; what cannot be stored is answered all the same."""
    from teacache.runs.compare import compare as run

    store = Store(asked.runs_dir)
    store.check()
    pipe = _loaded(asked)
    card = pipe.teacache_card
    settings = card.settings(asked.threshold, naive=asked.naive, mode=asked.mode)
    request = Request(
        model=card.name,
        prompt=asked.prompt,
        image=None if asked.image is None else str(asked.image),
        seed=asked.seed,
        steps=asked.steps,
        guidance_scale=asked.guidance,
        frames=asked.frames,
        height=asked.height,
        width=asked.width,
        seconds=asked.seconds,
        settings=_changed(settings, asked),
        probe=asked.probe,
        cache_device=asked.cache_device,
    )
    with closing(run(pipe, request, preview_every=0)) as states, _bar("calls") as report:
        for state in states:
            report(len(state.uncached) + len(state.cached), 2 * state.calls)
    made, problem = _kept(lambda: store.save(state.comparison), in_memory(state.comparison))
    if asked.rivals:
        from teacache.study.rivals import equal_cost

        rivals = tuple(equal_cost(pipe, state.comparison))
        made = replace(made, rivals=rivals)
        if problem is None:
            made, problem = _kept(lambda: store.add_rivals(made.run_id, rivals), made)
    return _figures(made)._replace(problem=problem)


def _kept(store: Callable[[], StoredRun], otherwise: StoredRun) -> tuple[StoredRun, TeaCacheError | None]:
    """What was stored, or what there is where that failed, with the reason."""
    try:
        return store(), None
    except TeaCacheError as error:
        return otherwise, error


def calibrate(asked: Namespace) -> Answer:
    """Fit a polynomial, to new runs or to given traces."""
    from teacache.study.calibrate import calibration, checked_degree, fit
    from teacache.study.collect import load_traces
    from teacache.study.tables import fit_lines

    if asked.save and asked.flow_shift is not None:
        raise RequestError("A calibration is saved for the model as it comes: leave --flow-shift out.")
    degree = checked_degree(asked.degree)  # before hours of runs
    traces = load_traces(asked.traces) if asked.traces else _uncached_runs(asked, *_set_up(asked))
    found = fit(traces, degree)
    text = fit_lines(found)
    if asked.save:
        name = traces[0].model or asked.model
        if name not in CARDS:
            raise RequestError(
                f"{name!r} is not in the catalog, so there is nowhere to save: leave --save out."
            )
        entry = calibration(found, traces, _source(traces))
        write_calibration(name, entry)
        text += f"\nsaved for {name}: slider from {entry.threshold:g} to {entry.threshold_max:g}"
    return Answer(found.to_json(), text)


def sweep(asked: Namespace) -> Answer:
    """Methods at several levels over many prompts, and what the uncached runs say."""
    from teacache.sweeping import sweep as run

    return Answer(*run(asked, _loaded, _bar))


def signals(asked: Namespace) -> Answer:
    """Which signal tells best when to compute: a run by each, at equal cost."""
    from teacache.study.ablation import means, over_prompts, to_json
    from teacache.study.tables import signals_table

    pipe, setup = _set_up(asked)
    requests = setup.requests(pipe.teacache_card, asked.prompt, asked.prompts, file=asked.prompt_file)
    with _bar("signals") as report:
        found = over_prompts(pipe, requests, asked.computed, report=report)
    return Answer(to_json(requests, found), signals_table(means(found)))


def sizes(asked: Namespace) -> Answer:
    """Latency against size."""
    from teacache.sizing import sizes as run

    return Answer(*run(asked, _loaded, _bar))


def _set_up(asked: Namespace) -> tuple[Any, Setup]:
    """The pipeline, and how it is run in a study."""
    from teacache.study.collect import setup_of

    pipe = _loaded(asked)
    return pipe, setup_of(
        pipe,
        steps=asked.steps,
        guidance=asked.guidance,
        flow_shift=asked.flow_shift,
        seed=asked.seed,
        mode=getattr(asked, "mode", None),
    )


def _uncached_runs(asked: Namespace, pipe: Any, setup: Setup) -> list[Trace]:
    """The traces of the calibration prompts, made now or kept from before."""
    from teacache.study.collect import collect
    from teacache.study.prompts import prompts_for

    prompts = prompts_for(
        "calibration", asked.prompts, file=asked.prompt_file, seed=asked.seed, model=setup.model
    )
    with _bar("uncached runs") as report:
        return collect(pipe, setup, prompts, report=report)


def _loaded(asked: Namespace) -> Any:
    """The pipeline that the options name."""
    import torch

    from teacache.models import load

    dtype = getattr(torch, asked.dtype) if asked.dtype else None
    return load(asked.model, device=asked.device, dtype=dtype, offload=asked.offload)


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


def _changed(settings: Settings, asked: Namespace) -> Settings:
    """The settings with what the options say otherwise."""
    if asked.naive:
        settings = settings.replaced(coefficients=NAIVE, input_range=None)
    rules = {name: getattr(asked, name) for name in ("first_steps", "last_steps", "max_reuses")}
    return settings.replaced(**{name: value for name, value in rules.items() if value is not None})


def _list_breakpoints(trace: Trace, settings: Settings) -> Answer:
    found = breakpoints(trace, settings)
    rows = [
        [f"{p.low:.6g}", f"{p.high:.6g}", f"{p.computed}", f"{p.ideal_speedup:.2f}", _drawn(p.schedule)]
        for p in found
    ]
    # JSON has no infinity: the last interval's end is null.
    values = [asdict(p) | {"high": None if p.high == float("inf") else p.high} for p in found]
    answer = {"exactness": exactness(trace), "indicator": indicator_of(trace), "breakpoints": values}
    table = markdown(["above", "up to", "computed", "ideal speedup", "schedule"], rows)
    return Answer(answer, f"{table}\n{len(found)} schedules ({_stands_on(trace)})")


def _stands_on(trace: Trace) -> str:
    """How far a replay is to be trusted, and which indicator's distances it reads."""
    variant = indicator_of(trace)
    return exactness(trace) + ("" if variant == "default" else f", on the recorded indicator {variant!r}")


def _figures(stored: StoredRun) -> Answer:
    """What a comparison came to."""
    answer = {
        "run_id": stored.run_id,
        "folder": stored.folder and str(stored.folder),
        "computed": stored.cached.computed_calls,
        "calls": len(stored.cached.records),
        "ideal_speedup": stored.ideal_speedup,
        **_speedups(stored),
        "efficiency": stored.efficiency,
        "probed": stored.probed,
        "seconds": {
            "uncached": stored.uncached_timings.to_json(),
            "cached": None if stored.probed else stored.cached_timings.to_json(),
        },
        "moving_seconds": sum(record.moving_seconds for record in stored.cached.records),
        "fidelity": stored.fidelity.to_json(),
        "rivals": [rival.to_json() for rival in stored.rivals],
    }
    lines = [
        f"{_drawn(stored.cached.schedule)}   {_LEGEND}",
        f"computed   {stored.cached.computed_calls} of {len(stored.cached.records)} calls",
        *([] if False in stored.cached.schedule else _first_reuse(stored.uncached, stored.cached.settings)),
        *_speed(stored),
        *_moved(stored),
        f"fidelity   {_near(stored.fidelity)}",
        *_no_lpips(stored.fidelity),
        *(
            f"{_RIVALS[rival.name]:10} {_near(rival.fidelity)}, "
            f"{rival.computed_calls} computed calls, {rival.seconds:.2f} s{', disturbed' * rival.disturbed}"
            for rival in stored.rivals
        ),
        *([f"stored in  {stored.folder}"] if stored.folder else []),
    ]
    return Answer(answer, "\n".join(lines))


def _speedups(run: StoredRun) -> dict[str, Any]:
    """The speedup with its doubt; the clock's word is left out where it is not to be believed."""
    found = run.speed
    if found is None:
        return {"measured_speedup": None, "speedup_by_medians": None, "disturbed": None}
    return {
        "measured_speedup": None if found.disturbed else found.measured,
        "speedup_by_medians": found.by_medians,
        "disturbed": found.reason,
        "uncached_measured_earlier": run.baseline_reused,
    }


def _speed(run: StoredRun) -> list[str]:
    """How fast it was, where that was measured."""
    if run.probed:
        return [f"speedup    {_NOT_TIMED}, {run.ideal_speedup:.2f} ideal"]
    uncached, cached = run.seconds
    found, earlier = run.speed, " (measured earlier)" if run.baseline_reused else ""
    shown = "unknown" if found.believed is None else f"{found.believed:.2f}"
    said = f"disturbed: {shown} by the calls' medians" if found.disturbed else f"{shown} measured"
    efficiency = "" if run.efficiency is None else f", efficiency {run.efficiency:.2f}"
    return [
        f"denoising  {uncached:.2f} s uncached{earlier}, {cached:.2f} s cached",
        f"speedup    {said}, {run.ideal_speedup:.2f} ideal{efficiency}",
        *([f"           {found.reason}"] if found.disturbed else []),
    ]


def _moved(run: StoredRun) -> list[str]:
    """What it cost to keep residuals elsewhere, where that was asked for."""
    where, calls = run.request.cache_device, run.cached.records
    moving = sum(record.moving_seconds for record in calls)
    return (
        [] if where is None else [f"moving     {moving:.2f} s of the cached run: residuals kept on {where}"]
    )


def _near(found: Fidelity | SoundFidelity) -> str:
    if isinstance(found, SoundFidelity):
        return (
            f"SNR {found.snr:.2f} dB, log-spectral distance {found.log_spectral:.2f} dB, "
            f"multi-resolution STFT distance {found.stft:.3f}"
        )
    lpips = "" if found.lpips is None else f", LPIPS {found.lpips:.4f}"
    return f"PSNR {found.psnr:.2f} dB, SSIM {found.ssim:.4f}{lpips}"


def _no_lpips(found: Fidelity | SoundFidelity) -> list[str]:
    """Why there is no LPIPS of pictures."""
    reason = "" if isinstance(found, SoundFidelity) else found.lpips_reason
    return [f"           {reason}"] if reason else []


def _first_reuse(trace: Trace, settings: Settings) -> list[str]:
    """Where reuse begins, for who asked for a threshold below it; nothing if it never does."""
    found = next((p for p in breakpoints(trace, settings) if p.computed < len(trace.records)), None)
    return [] if found is None else [f"no call is reused: above threshold {found.low:.3g} the first one is"]


def _drawn(schedule: Sequence[bool]) -> str:
    return "".join("#" if computed else "." for computed in schedule)


def _source(traces: Sequence[Trace]) -> str:
    known = traces[0].environment
    return (
        f"python -m teacache calibrate, {date.today()}: {len(traces)} prompts, {traces[0].steps} steps, "
        f"diffusers {known.get('diffusers', '?')}, torch {known.get('torch', '?')}, "
        f"{known.get('dtype', '?')} on {known.get('device', '?')}"
    )


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; the function takes how many are done, of how many."""
    with tqdm(unit=f" {unit}", leave=False, disable=None) as bar:  # None: only where a person watches

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report
