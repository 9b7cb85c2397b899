"""The command `plan`: a schedule from a few prompts, written to a file and told."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from typing import Any


def plan(asked: Namespace) -> Any:
    """Plan on calibration prompts; the answer says what it cost."""
    from teacache.commands import Answer, _bar, _set_up
    from teacache.method.planned import steps_mask
    from teacache.study.clips import last
    from teacache.study.planning import plan as planning
    from teacache.study.prompts import prompts_for
    from teacache.study.walk import Reuse

    pipe, setup = _set_up(asked)
    card = pipe.teacache_card
    prompts = prompts_for("calibration", asked.prompts, file=asked.prompt_file, seed=setup.seed)
    requests = [setup.request(card, text, "calibration", index) for index, text in enumerate(prompts)]
    reuse = Reuse(kept=asked.reuse, order=asked.order, reach=asked.reach)
    folder = setup.folder(card, "plan")
    with (
        closing(
            planning(pipe, requests, asked.budget, reuse=reuse, trials=asked.trials, folder=folder)
        ) as going,
        _bar("steps") as report,
    ):
        found = last(_told(going, report))
    found.save(asked.to)
    bits = "".join("#" if computed else "." for computed in found.schedule)
    text = (
        f"{bits}   (# computed, . reused)\n"
        f"{found.computed} of {len(found.schedule)} steps, {found.quality} dB on the {found.prompts} prompts "
        f"that it was planned on; planning computed {found.cost} steps\nwritten to {asked.to}"
    )
    return Answer(found.to_json() | {"cache_dit": steps_mask(found.schedule)}, text)


def _told(going: Any, report: Any) -> Any:
    """The plan itself, with its progress reported on the way."""
    while True:
        try:
            progress = next(going)
        except StopIteration as end:
            return end.value
        report(progress.done, progress.total)
        yield
