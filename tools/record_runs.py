"""Record the runs that ship with the app, in assets/runs: real comparisons, with rivals and previews.

    python tools/record_runs.py [NAME ...] [--model NAME_OR_FOLDER] [--out FOLDER]
                                [--damage NAME] [--signals NAME] [--everything NAME]
    python tools/record_runs.py --check

Run it again whenever the model's weights or its calibration change; --check says whether that is due.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teacache.platform.process import settle  # noqa: E402

if __name__ == "__main__":
    settle()  # as the page does, before torch takes any memory: the times are shown there

from teacache.errors import StoreError  # noqa: E402
from teacache.method.gate import Settings  # noqa: E402
from teacache.models.catalog import CARDS  # noqa: E402
from teacache.models.loading import load  # noqa: E402
from teacache.runs import generate, watch  # noqa: E402
from teacache.runs.compare import compare  # noqa: E402
from teacache.runs.comparison import Comparison, Rival  # noqa: E402
from teacache.runs.events import Called, Finished, Previewed  # noqa: E402
from teacache.runs.request import Request  # noqa: E402
from teacache.runs.store import Store  # noqa: E402
from teacache.runs.stored import STACKED  # noqa: E402
from teacache.study.ablation import compare_signals  # noqa: E402
from teacache.study.clips import last  # noqa: E402
from teacache.study.damage import damage  # noqa: E402
from teacache.study.ranking import ranking  # noqa: E402
from teacache.study.replay import threshold_for_speedup  # noqa: E402
from teacache.study.rivals import USUAL, equal_cost  # noqa: E402
from tools.takes import TAKES_OF, Take  # noqa: E402
from ui.library.previews import Previews  # noqa: E402
from ui.player.clips import lighter  # noqa: E402
from ui.screen.facts import DAMAGE, SIGNALS, SIZES, everything_name  # noqa: E402
from ui.studies.everything import to_json  # noqa: E402
from ui.studies.signals import of_row  # noqa: E402

RUNS = ROOT / "assets" / "runs"
TAKES = TAKES_OF["shapes"]
WEIGHTS = ROOT / "assets" / "shapes"
MANIFEST = "recorded.json"  # what every run was recorded with
MOST_PREVIEWS = 50  # of one lane
TRIES = 5  # of each take that nothing disturbed
MOST_TRIES = 20  # of each take
MOST_CLIP = 300_000  # bytes, as far as may be: a first visit loads one


def record(pipe: Any, take: Take, store: Store) -> Comparison:
    """Run one take, several times: the one with the middle speedup is kept, since a clock has bad moments."""
    settings = take.settings(pipe.teacache_card)
    request = Request(
        model=pipe.teacache_card.name,
        prompt=take.prompt,
        seed=take.seed,
        steps=take.steps,
        guidance_scale=take.guidance,
        settings=settings.replaced(threshold=0),
    )
    if take.speedup is not None:
        uncached = compared(pipe, request).uncached.trace
        settings = settings.replaced(threshold=threshold_for_speedup(uncached, take.speedup, settings))
    final = replace(request, settings=settings)
    named = replace(_typical(pipe, final), run_id=take.name)
    shutil.rmtree(store.folder / take.name, ignore_errors=True)
    store.save(named)
    shown = store.folder / take.name / STACKED
    if shown.stat().st_size > MOST_CLIP:
        lighter(shown)
    store.add_rivals(take.name, _steady_rivals(pipe, named))
    _previews(pipe, named).save(store.folder / take.name)
    note(store.folder, take, pipe.teacache_card)
    return named


def _typical(pipe: Any, request: Request) -> Comparison:
    """The one with the middle speedup of several runs that nothing disturbed. RuntimeError if all were."""
    runs = (compared(pipe, request) for _ in range(MOST_TRIES))
    good = list(islice((run for run in runs if not run.speed.disturbed), TRIES))
    if not good:
        raise RuntimeError("Something disturbed every run: record on a machine that does nothing else.")
    return sorted(good, key=attrgetter("measured_speedup"))[len(good) // 2]


def _steady_rivals(pipe: Any, run: Comparison) -> tuple[Rival, ...]:
    """What stands beside a run; a rival that was disturbed is made again, but not for ever."""
    rivals: dict[str, Rival] = {}
    names: Sequence[str] = USUAL
    for _ in range(TRIES):
        rivals |= {rival.name: rival for rival in equal_cost(pipe, run, names)}
        names = [name for name, rival in rivals.items() if rival.disturbed]
    return tuple(rivals.values())


def note(folder: Path, take: Take, card: Any) -> None:
    """Write down what a take was recorded with."""
    entries = manifest(folder) | {take.name: entry(take, card, Path(card.source))}
    (folder / MANIFEST).write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def entry(take: Take, card: Any, weights: Path) -> dict[str, Any]:
    """What decides how a take comes out, as plain JSON."""
    settings = take.settings(card).to_json()
    decisive = {"take": asdict(take), "settings": settings, "weights": fingerprint(weights)}
    return json.loads(json.dumps(decisive))


def manifest(folder: Path) -> dict[str, Any]:
    """What the runs of a folder were recorded with; empty for runs from before it was written down."""
    place = folder / MANIFEST
    entries = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    return {name: was | _completed(was) for name, was in entries.items()}


def _completed(entry: dict[str, Any]) -> dict[str, Any]:
    """Settings and take with the fields that came later, at their defaults, as a run had them."""
    settings, take = Settings.from_json(entry["settings"]).to_json(), asdict(Take(**entry["take"]))
    return json.loads(json.dumps({"settings": settings, "take": take}))


def fingerprint(weights: Path) -> str:
    """A digest of the files of a diffusers folder that decide what it generates."""
    digest = hashlib.sha256()
    for path in sorted(weights.rglob("*")):
        if path.suffix == ".safetensors" or path.name.endswith("config.json"):
            digest.update(path.relative_to(weights).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def problems(
    folder: Path = RUNS, weights: Path = WEIGHTS, takes: tuple[Take, ...] = TAKES, model: str = "shapes"
) -> list[str]:
    """A sentence for every take that is missing, cannot be read, or would come out otherwise today."""
    store, entries, sentences = Store(folder), manifest(folder), []
    for take in takes:
        try:
            run = store.load(take.name)
        except StoreError as error:
            sentences.append(str(error))
            continue
        if run.speed is not None and run.speed.disturbed:
            sentences.append(f"{take.name} was disturbed while it was timed. {run.speed.reason}")
        now, then = entry(take, CARDS[model], weights), entries.get(take.name, {})
        changed = [name for name in now if now[name] != then.get(name)]
        if changed:
            sentences.append(
                f"{take.name} is stale: its {' and '.join(changed)} changed since it was recorded."
            )
    return sentences


def _problems_of(model: str, folder: Path | None) -> list[str]:
    return problems(folder or RUNS, ROOT / CARDS[model].source, TAKES_OF[model], model)


def add_damage(pipe: Any, run: Comparison, folder: Path) -> None:
    """Make the damage map of a take, as the page would."""
    results = damage(pipe, run.request, reference=run.uncached.video)
    rows = {str(row.step): [round(value, 2) for value in row.psnr] for row in results if row is not None}
    payload = {"run": run.run_id, "rows": rows, "done": len(rows), "total": len(rows), "busy": False}
    (folder / run.run_id / DAMAGE).write_text(json.dumps(payload), encoding="utf-8")


def add_signals(pipe: Any, request: Request, computed: int, folder: Path) -> None:
    """Compare the signals on a take, at its own number of computed calls, as the page would."""
    payload = {str(computed): [of_row(row) for row in compare_signals(pipe, request, computed)]}
    (folder / SIGNALS).write_text(json.dumps(payload), encoding="utf-8")


def add_everything(pipe: Any, request: Request, folder: Path) -> None:
    """All schedules of the smallest size on a take's prompt and noise, as the page would."""
    steps, computed = SIZES[0]
    result = last(ranking(pipe, replace(request, steps=steps), computed))
    (folder / everything_name(steps, computed)).write_text(json.dumps(to_json(result)), encoding="utf-8")


def _previews(pipe: Any, run: Comparison) -> Previews:
    """The clip after every step of both lanes, from runs of their own, so that no timing suffers."""
    previews = Previews()
    off = run.request.settings.replaced(threshold=0)
    for lane, settings in (("uncached", off), ("cached", run.request.settings)):
        every = -(-run.request.steps // MOST_PREVIEWS)
        with closing(generate.generate(pipe, run.request, settings=settings, preview_every=every)) as events:
            step = 0
            for event in events:
                if isinstance(event, Called):
                    step = event.record.step
                elif isinstance(event, Previewed):
                    previews.add(lane, step, event.frames)
                elif isinstance(event, Finished):
                    previews.add(lane, step, event.run.video)
    return previews


def compared(pipe: Any, request: Request) -> Comparison:
    """A request run uncached and with the cache, to the end."""
    *_, last = compare(pipe, request, preview_every=0)  # no baseline is kept: both lanes are timed now
    return last.comparison


def _forget_others(folder: Path) -> None:
    """Remove the runs of takes that are no longer in any table."""
    names = {take.name for takes in TAKES_OF.values() for take in takes}
    for run in Store(folder).list():
        if run.run_id not in names:
            shutil.rmtree(run.folder)


def main() -> None:
    """Record every take and print what came out, or check what is there."""
    parser = argparse.ArgumentParser(description="Record the runs that ship with the app.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these takes (default: all)")
    parser.add_argument("--model", default="shapes", help="a model of the catalog, or a diffusers folder")
    parser.add_argument("--out", type=Path, help="default: where the model's runs ship")
    parser.add_argument("--damage", metavar="NAME", help="also make the damage map of this take")
    parser.add_argument("--signals", metavar="NAME", help="also compare the signals on this take")
    parser.add_argument("--everything", metavar="NAME", help="also run all schedules of this take")
    parser.add_argument("--check", action="store_true", help="record nothing; exit with 1 if a run is stale")
    options = parser.parse_args()
    if options.check:
        sentences = [
            each for model in TAKES_OF if model in CARDS for each in _problems_of(model, options.out)
        ]
        print("\n".join(sentences) or "All recorded runs are as they would come out today.")
        sys.exit(bool(sentences))
    watch.affordable = lambda *spent: True  # previews of every step: nobody waits for these runs
    pipe = load(options.model)
    takes, out = TAKES_OF[pipe.teacache_card.name], options.out or RUNS
    store = Store(out)
    for take in (take for take in takes if not options.names or take.name in options.names):
        run = record(pipe, take, store)
        if take.name == options.damage:
            add_damage(pipe, run, store.folder)
        if take.name == options.signals:
            add_signals(pipe, run.request, run.cached.trace.computed_calls, store.folder / run.run_id)
        if take.name == options.everything:
            add_everything(pipe, run.request, store.folder / run.run_id)
        speed = f"ideal {run.ideal_speedup:.2f}x, measured {run.measured_speedup:.2f}x"
        print(
            f"{take.name}: threshold {run.request.settings.threshold:g}, {speed}, {run.fidelity.psnr:.1f} dB"
        )
    if not options.names:
        _forget_others(out)


if __name__ == "__main__":
    main()
