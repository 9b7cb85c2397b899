"""Many prompts by many methods at equal cost: who stays nearest to the uncached clip?

TeaCache with and without its polynomial, reuse at even intervals, and fewer steps, each at the same numbers
of computed steps. Thresholds are chosen on calibration prompts, quality is measured on others. Every result
is a line of a file, so that an interrupted sweep goes on. Knows pipelines; knows nothing of tables or pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import Card
from teacache.runs.comparison import Run
from teacache.runs.fidelity import fidelity
from teacache.runs.request import STEPS, Request
from teacache.study.budget import Budget, threshold_for_budget
from teacache.study.calibrate import Fit
from teacache.study.clips import sample
from teacache.study.collect import Setup, save_whole
from teacache.study.regions import object_mask, object_psnr
from teacache.study.rivals import disturbed, fewer_steps, uniform_reuse

Method = Literal["teacache", "naive", "uniform", "fewer_steps"]
METHODS: tuple[Method, ...] = ("teacache", "naive", "uniform", "fewer_steps")
ROWS = "rows.jsonl"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One clip of one method, judged against the uncached clip of the same noise."""

    index: int  # of the evaluation prompt
    prompt: str
    method: Method
    budget: int  # computed steps aimed at
    computed: int  # computed calls it took
    calls: int
    seconds: float  # denoising
    psnr: float  # dB
    object_psnr: float | None  # dB, in the object's region; None where the uncached clip shows no object
    ssim: float
    disturbed: bool = False  # something else took the machine's time: `seconds` are not the method's


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sweep runs: the methods with their settings per budget."""

    setup: Setup
    budgets: tuple[int, ...]
    thresholds: dict[str, dict[int, Budget]]  # by method, then by budget
    fit: Fit

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "setup": asdict(self.setup),
            "budgets": list(self.budgets),
            "thresholds": {
                method: {str(budget): asdict(found) for budget, found in by_budget.items()}
                for method, by_budget in self.thresholds.items()
            },
            "fit": self.fit.to_json(),
        }


def plan(setup: Setup, budgets: Sequence[int], traces: Sequence[Trace], fitted: Fit) -> Plan:
    """Choose both methods' thresholds for every budget (in computed steps) on the calibration traces.

    Raises RequestError for a budget that a run of so many steps cannot have.
    """
    check_budgets(budgets, setup.steps)
    calls_per_step = len(traces[0].records) / setup.steps
    settings = {"teacache": fitted.settings(1.0), "naive": Settings(threshold=1.0)}
    thresholds = {
        method: {budget: threshold_for_budget(traces, chosen, budget * calls_per_step) for budget in budgets}
        for method, chosen in settings.items()
    }
    return Plan(setup=setup, budgets=tuple(budgets), thresholds=thresholds, fit=fitted)


def check_budgets(budgets: Sequence[int], steps: int) -> None:
    """Raises RequestError for a number of computed steps that no run of so many steps can have."""
    for budget in budgets:
        if not STEPS[0] <= budget <= steps:
            raise RequestError(
                f"A budget of {budget} of {steps} steps is impossible: choose from {STEPS[0]} to {steps}."
            )


def sweep(
    pipe: Any,
    planned: Plan,
    prompts: Sequence[str],
    folder: Path,
    *,
    methods: Sequence[Method] = METHODS,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[Row]:
    """Run what is missing in `folder` and return the rows of these prompts, methods and budgets.

    Raises RequestError for a model of sounds: clips are judged here.
    """
    if pipe.teacache_card.seconds is not None:
        raise RequestError(
            "A sweep judges clips by PSNR and SSIM, but {title} makes sounds: choose a model of pictures.",
            title=pipe.teacache_card.title,
        )
    folder.mkdir(parents=True, exist_ok=True)
    _drop_half_line(folder / ROWS)
    pairs = [(method, budget) for method in methods for budget in planned.budgets]
    wanted = [(index, *pair) for index in range(len(prompts)) for pair in pairs]
    known = {(row.index, row.method, row.budget): row for row in read_rows(folder / ROWS)}
    report(sum(key in known for key in wanted), len(wanted))
    for index, prompt in enumerate(prompts):
        missing = [key[1:] for key in wanted if key[0] == index and key not in known]
        if not missing and _trace_path(folder, index).exists():
            continue
        request = planned.setup.request(pipe.teacache_card, prompt, "evaluation", index)
        for row in _judge(pipe, planned, request, index, missing, folder):
            known[row.index, row.method, row.budget] = row
            report(sum(key in known for key in wanted), len(wanted))
    return [known[key] for key in wanted]


def folder_of(planned: Plan, card: Card) -> Path:
    """Where the results of a plan are kept; another polynomial has a folder of its own."""
    key = json.dumps(planned.fit.coefficients).encode()
    return planned.setup.folder(card, "sweep") / hashlib.sha256(key).hexdigest()[:12]


def baselines(folder: Path, count: int) -> list[Trace]:
    """The traces of the uncached evaluation runs of a sweep."""
    return [Trace.load(_trace_path(folder, index)) for index in range(count)]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, none if there is no file yet."""
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _judge(
    pipe: Any,
    planned: Plan,
    request: Request,
    index: int,
    missing: Sequence[tuple[Method, int]],
    folder: Path,
) -> Iterator[Row]:
    """Run the baseline once, then every missing method; write each row as soon as it is known."""
    reference = sample(pipe, request)
    mask = object_mask(reference.video)
    save_whole(reference.trace, _trace_path(folder, index))
    for method, budget in missing:
        run = _run(pipe, planned, request, method, budget)
        quality = fidelity(run.video, reference.video)
        row = Row(
            index=index,
            prompt=request.prompt,
            method=method,
            budget=budget,
            computed=run.trace.computed_calls,
            calls=len(run.trace.records),
            seconds=run.timings.denoising,
            psnr=quality.psnr,
            object_psnr=object_psnr(run.video, reference.video, mask),
            ssim=quality.ssim,
            disturbed=disturbed(reference, run),
        )
        _append(folder / ROWS, row)
        yield row


def _run(pipe: Any, planned: Plan, request: Request, method: Method, budget: int) -> Run:
    if method == "uniform":
        return uniform_reuse(pipe, request, budget)
    if method == "fewer_steps":
        return fewer_steps(pipe, request, budget)
    threshold = planned.thresholds[method][budget].threshold
    settings = planned.fit.settings(threshold) if method == "teacache" else Settings(threshold=threshold)
    return sample(pipe, request, settings)


def _append(path: Path, row: Row) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def _drop_half_line(path: Path) -> None:
    """Remove what an interruption left after the last whole line."""
    if path.exists():
        text = path.read_bytes()
        path.write_bytes(text[: text.rfind(b"\n") + 1])


def _trace_path(folder: Path, index: int) -> Path:
    return folder / f"baseline-{index:04d}.json"
