"""The command `plan`: schedules from a few prompts, each written to a file and told."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from teacache.method.planned import Planned


def plan(asked: Namespace) -> Any:
    """Plan on calibration prompts; the answer says what it cost, a list of answers for several budgets."""
    from teacache.commands import Answer, _bar, _set_up
    from teacache.method.planned import Planned, steps_mask
    from teacache.models.schedules import shipped
    from teacache.study.clips import last
    from teacache.study.planning import plans as planning
    from teacache.study.prompts import prompts_for
    from teacache.study.walk import Reuse

    pipe, setup = _set_up(asked)
    card = pipe.teacache_card
    prompts = prompts_for(
        "calibration", asked.prompts, file=asked.prompt_file, seed=setup.seed, model=setup.model
    )
    requests = [setup.request(card, text, "calibration", index) for index, text in enumerate(prompts)]
    reaches = asked.reach if asked.order else asked.reach[:1]  # without an order there is no line to go on
    reuses = [Reuse(kept=asked.reuse, order=asked.order, reach=reach) for reach in reaches]
    known = [*shipped(card.name), *map(Planned.load, asked.also)]
    going = planning(
        pipe,
        requests,
        asked.budget,
        folder=setup.folder(card, "plan"),
        reuses=reuses,
        trials=asked.trials,
        rounds=asked.rounds,
        also=[each.schedule for each in known],
    )
    with closing(going), _bar("steps") as report:
        found = last(_told(going, report))
    paths = _paths(asked, found)
    for path, each in zip(paths, found, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        each.save(path)
    values = [each.to_json() | {"cache_dit": steps_mask(each.schedule)} for each in found]
    text = "\n".join(map(_text, found, paths))
    return Answer(values if len(values) > 1 else values[0], text)


def _paths(asked: Namespace, found: list[Planned]) -> list[Path]:
    """The file that is named, or one for each budget in the folder that is named."""
    if len(found) == 1:
        return [asked.to]
    return [asked.to.with_suffix("") / f"{each.name}.json" for each in found]


def _text(found: Planned, path: Path) -> str:
    bits = "".join("#" if computed else "." for computed in found.schedule)
    return (
        f"{bits}   (# computed, . reused)\n"
        f"{found.computed} of {len(found.schedule)} steps, {found.quality} dB on the {found.prompts} prompts "
        f"that it was planned on; planning computed {found.cost} steps\nwritten to {path}"
    )


def _told(going: Any, report: Any) -> Any:
    """The plan itself, with its progress reported on the way."""
    while True:
        try:
            progress = next(going)
        except StopIteration as end:
            return end.value
        report(progress.done, progress.total)
        yield
