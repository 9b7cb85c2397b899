"""All schedules of a short run on the page: made on request, told as it goes, kept beside the run.

The run's prompt, noise and rules are taken, with few enough steps that every schedule can be run. Knows no
gradio.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, cast

from teacache.errors import Phrase, RequestError, StoreError
from teacache.runs.files import sentences, whole
from teacache.runs.stored import StoredRun
from ui.base import payload
from ui.base.numbering import next_number
from ui.library.library import Library
from ui.run.engine import Engine
from ui.screen import facts
from ui.words.texts import texts

if TYPE_CHECKING:
    from teacache.study.ranking import Ranking  # imports torch


def states(engine: Engine, run: StoredRun, choice: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
    """A state after every computed step, then that all are known; closing stops before the next.

    `choice`: steps and computed, whatever a browser may send. Raises TeaCacheError.
    """
    size = payload.number(choice.get("steps"), "steps"), payload.number(choice.get("computed"), "computed")
    if size not in facts.SIZES:
        raise _other_size()
    if facts.everything(engine.library, run.run_id, *size) is None:
        if not engine.models.card(run.request.model).small:
            raise RequestError("All schedules are run for small models alone: others take hours.")
        if run.folder is None:
            raise RequestError(facts.TRACE_ALONE)
        yield from _made(engine, run, *size)
    yield _state(run, size, busy=False)


def size_of(steps: str, computed: str) -> tuple[int, int]:
    """Steps and computed ones, of an address's words. Raises RequestError where such are not run."""
    sizes = {tuple(map(str, size)): size for size in facts.SIZES}
    if (steps, computed) not in sizes:
        raise _other_size()
    return sizes[steps, computed]


def _other_size() -> RequestError:
    sizes = ", ".join(f"{few} of {all_}" for all_, few in facts.SIZES)
    return RequestError("All schedules are run for {known} steps alone: choose one of these.", known=sizes)


def _made(engine: Engine, run: StoredRun, steps: int, computed: int) -> Iterator[dict[str, Any]]:
    request = replace(run.request, image=run.image, steps=steps)
    request = replace(request, settings=run.request.settings.replaced(schedule=None))
    yield _state(run, (steps, computed), busy=True)
    with closing(engine.work("everything", request, computed)) as events:
        for news in events:
            if isinstance(news, tuple):
                done, total = cast(tuple[int, int], news)
                yield _state(run, (steps, computed), busy=True, done=done, total=total)
            else:
                _keep(engine.library, run, to_json(news))


def to_json(ranking: Ranking) -> dict[str, Any]:
    """A ranking as it is kept."""
    return {
        "steps": ranking.steps,
        "computed": ranking.computed,
        "errors": [float(f"{error:.4g}") for error in ranking.errors],
        "marks": {
            name: asdict(mark.standing) | {"schedule": "".join(str(int(step)) for step in mark.schedule)}
            for name, mark in ranking.marks.items()
        },
    }


def _state(run: StoredRun, size: tuple[int, int], *, busy: bool, **more: int) -> dict[str, Any]:
    place = {"run": run.run_id, "steps": size[0], "computed": size[1], "busy": busy}
    return {"n": next_number(), **place, **more}


def _keep(library: Library, run: StoredRun, ranking: dict[str, Any]) -> None:
    folder = library.extras(run.run_id)
    what = Phrase("The schedules of run {run_id} could not be kept", run_id=run.run_id)
    with sentences(what):
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / facts.everything_name(ranking["steps"], ranking["computed"])) as unfinished:
            unfinished.write_text(json.dumps(ranking), encoding="utf-8")


def figure(library: Library, run_id: str, steps: str, computed: str, language: str) -> dict[str, Any]:
    """The histogram as plotly's JSON, and where each mark stands.

    `steps`, `computed`: as an address says them. Raises RequestError, or StoreError where none was made.
    """
    from teacache.study.figures.schedules import histogram

    ranking = facts.everything(library, run_id, *size_of(steps, computed))
    if ranking is None:
        raise StoreError("All schedules of this run were not run yet: start them first.")
    words = texts(language)
    marks = {words[f"mark_{name}"]: mark["error"] for name, mark in ranking["marks"].items()}
    chart = histogram(ranking["errors"], marks, x=words["everything_x"], y=words["everything_y"])
    return json.loads(chart.to_json()) | {"marks": ranking["marks"], "schedules": len(ranking["errors"])}
