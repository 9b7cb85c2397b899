"""Planned schedules beside TeaCache and uniform reuse, on prompts that nothing was planned or tuned on.

`nice -n 10 python -m benchmarks.schedules --prompts 30`: rows go to a file as they are known, so that it can
be stopped and begun again; the table is printed at the end. TeaCache's thresholds are chosen on calibration
prompts, so that it computes as many steps on average; the planned schedules are those in assets/schedules.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teacache.method.gate import Gate
from teacache.models import load
from teacache.runs.fidelity import fidelity
from teacache.study.clips import last
from teacache.study.collect import CACHE, Setup, setup_of
from teacache.study.loop import Loop, taken_apart
from teacache.study.markdown import markdown
from teacache.study.methods.planned import shipped
from teacache.study.prompts import Purpose, prompts_for
from teacache.study.schedules import Schedule, uniform
from teacache.study.walk import Reuse, gated, taking_apart, walk

KEEP = 14
CALIBRATION = 6  # prompts that TeaCache's thresholds are chosen on


@dataclass(frozen=True, kw_only=True)
class Row:
    """One clip, judged against the uncached clip of the same noise."""

    index: int  # of the evaluation prompt
    prompt: str
    method: str
    budget: int
    computed: int
    psnr: float  # dB
    ssim: float
    schedule: str


def main() -> None:
    """Run what is missing and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--model", default="shapes")
    asked.add_argument("--prompts", type=int, default=30)
    options = asked.parse_args()
    pipe = load(options.model)
    setup = setup_of(pipe, steps=None, guidance=None, flow_shift=None, seed=0)
    path = CACHE / f"schedules-{options.model}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    thresholds = None
    for index, prompt in enumerate(prompts_for("evaluation", options.prompts)):
        if index in {row.index for row in read(path)}:
            continue
        thresholds = thresholds or chosen(pipe, setup)
        rows = list(judged(pipe, setup, index, prompt, thresholds))
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(row)) + "\n" for row in rows)
        print(table(read(path)), flush=True)


def read(path: Path) -> list[Row]:
    """The rows so far."""
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def chosen(pipe: Any, setup: Setup) -> dict[int, float]:
    """By budget the threshold at which TeaCache computes as many steps in the mean of calibration prompts."""
    prompts = prompts_for("calibration", CALIBRATION)
    with taking_apart(pipe) as held:
        loops = (_loop(pipe, setup, held, "calibration", i, text) for i, text in enumerate(prompts))
        distances = [loop.distances for loop in loops]
    grid = np.geomspace(0.003, 3, 400)
    means = [np.mean([_computed(pipe, d, threshold) for d in distances]) for threshold in grid]
    budgets = [planned.computed for planned in shipped(setup.model)]
    return {b: float(grid[np.argmin(np.abs(np.array(means) - b))]) for b in budgets}


def judged(pipe: Any, setup: Setup, index: int, prompt: str, thresholds: dict[int, float]) -> Iterator[Row]:
    """Every method at every budget on one prompt."""
    with taking_apart(pipe) as held:
        loop = _loop(pipe, setup, held, "evaluation", index, prompt)
        reference = loop.decode(loop.final)
        for method, budget, schedule, latents in _runs(pipe, loop, thresholds):
            found = fidelity(loop.decode(latents), reference)
            yield Row(
                index=index,
                prompt=prompt,
                method=method,
                budget=budget,
                computed=sum(schedule),
                psnr=found.psnr,
                ssim=found.ssim,
                schedule="".join(str(int(computed)) for computed in schedule),
            )


def _runs(pipe: Any, loop: Loop, thresholds: dict[int, float]) -> Iterator[tuple[str, int, Schedule, Any]]:
    for planned in shipped(loop.request.model):
        budget = planned.computed
        settings = pipe.teacache_card.settings(thresholds[budget])
        schedule, node = last(gated(loop, settings, Reuse()))
        yield "teacache", budget, schedule, node.state.latents
        reuse = Reuse(kept=planned.reuse, order=planned.order, reach=planned.reach)
        for method, wanted, way in (
            ("planned", planned.schedule, reuse),
            ("uniform", uniform(loop.steps, budget), Reuse()),
        ):
            (found,) = [one for one in walk(loop, [wanted], way) if one]
            yield method, budget, *found


def _loop(pipe: Any, setup: Setup, held: Any, purpose: Purpose, index: int, prompt: str) -> Loop:
    return taken_apart(pipe, setup.request(pipe.teacache_card, prompt, purpose, index), held, keep=KEEP)


def _computed(pipe: Any, distances: Sequence[float | None], threshold: float) -> int:
    gate = Gate(pipe.teacache_card.settings(threshold))
    steps = len(distances)
    return sum(gate.decide(step=i, steps=steps, distance=d).computed for i, d in enumerate(distances))


def table(rows: Sequence[Row]) -> str:
    """Mean PSNR and computed steps by budget and method, over the prompts that all have."""
    methods = list(dict.fromkeys(row.method for row in rows))
    lines = []
    for budget in sorted({row.budget for row in rows}, reverse=True):
        cells = []
        for method in methods:
            mine = [row for row in rows if (row.method, row.budget) == (method, budget)]
            psnr, computed = (np.mean([getattr(row, name) for row in mine]) for name in ("psnr", "computed"))
            cells.append(f"{psnr:.2f} ({computed:.1f})")
        lines.append([str(budget), str(len({row.index for row in rows})), *cells])
    return markdown(["computed", "prompts", *methods], lines)


if __name__ == "__main__":
    main()
