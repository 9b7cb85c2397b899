"""The command `plan`: schedules from a few prompts, each written to a file and told.

Knows the study's planning and the names of the options; a pipeline is loaded and a bar drawn by the functions
it is given.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from teacache.method.planned import Planned, steps_mask
from teacache.models.cards import Card
from teacache.models.schedules import shipped
from teacache.runs.request import Request
from teacache.study.clips import last
from teacache.study.collect import Report, Setup
from teacache.study.planning import Planning, plans
from teacache.study.prompts import prompts_for
from teacache.study.walk import Reuse


def plan(
    options: Namespace,
    set_up: Callable[[Namespace], tuple[Any, Setup]],
    bar: Callable[[str], AbstractContextManager[Report]],
) -> tuple[Any, str]:
    """Plan on calibration prompts; the JSON values say what it cost, a list of them for several budgets."""
    pipe, setup = set_up(options)
    card = pipe.teacache_card
    shipped_or_named = [*shipped(card.name), *map(Planned.load, options.also)]
    planning = plans(
        pipe,
        _requests(options, setup, card),
        options.budget,
        folder=setup.folder(card, "plan"),
        reuses=_reuses(options),
        trials=options.trials,
        rounds=options.rounds,
        also=[planned.schedule for planned in shipped_or_named],
    )
    with closing(planning), bar("steps") as report:
        planned = last(_reported(planning, report))
    paths = _paths(options, planned)
    for path, each in zip(paths, planned, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        each.save(path)
    values = [each.to_json() | {"cache_dit": steps_mask(each.schedule)} for each in planned]
    text = "\n".join(map(_text, planned, paths))
    return values if len(values) > 1 else values[0], text


def _requests(options: Namespace, setup: Setup, card: Card) -> list[Request]:
    prompts = prompts_for(
        "calibration", options.prompts, file=options.prompt_file, seed=setup.seed, model=setup.model
    )
    return [setup.request(card, prompt, "calibration", index) for index, prompt in enumerate(prompts)]


def _reuses(options: Namespace) -> list[Reuse]:
    # without an order there is no line to go on
    reaches = options.reach if options.order else options.reach[:1]
    return [Reuse(kept=options.reuse, order=options.order, reach=reach) for reach in reaches]


def _paths(options: Namespace, planned: list[Planned]) -> list[Path]:
    """The file that is named, or one for each budget in the folder that is named."""
    if len(planned) == 1:
        return [options.to]
    return [options.to.with_suffix("") / f"{each.name}.json" for each in planned]


def _text(planned: Planned, path: Path) -> str:
    bits = "".join("#" if computed else "." for computed in planned.schedule)
    return (
        f"{bits}   (# computed, . reused)\n"
        f"{planned.computed} of {len(planned.schedule)} steps, {planned.quality} dB on the {planned.prompts} "
        f"prompts that it was planned on; planning computed {planned.cost} steps\nwritten to {path}"
    )


def _reported(
    planning: Generator[Planning, None, list[Planned]], report: Report
) -> Generator[None, None, list[Planned]]:
    """The plans themselves, with their progress reported on the way."""
    while True:
        try:
            progress = next(planning)
        except StopIteration as end:
            return end.value
        report(progress.done, progress.total)
        yield
