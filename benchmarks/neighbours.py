"""A run that is not alone on its machine: beside a process that holds a core, or served and read by curl.

Each is set beside the same run in a process of its own, in turns, and told as the median of the pairs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runner import MODEL, PROMPT
from benchmarks.table import Row
from teacache.runs.store import Store
from tools.serving import ROOT, free_port, served

PLAIN = "--as-torch-comes"
HOLDER = "while True: pass"
Pairs = list[tuple[float, float]]  # seconds of the one and of the other
NOTE = "medians of {count} pairs, {low:.3g} to {high:.3g}; load {load:.1f}"


class Runner:
    """A process of benchmarks/runner.py."""

    def __init__(self, process: subprocess.Popen):
        self._process, self._seed = process, 0

    def seconds(self, what: str = "uncached") -> float:
        """Denoising of an uncached run; of "both", an uncached and a cached one together."""
        self._seed += 1
        self._process.stdin.write(f"{what} {self._seed}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


@contextmanager
def runner(steps: int, *options: str) -> Iterator[Runner]:
    """A process that has run once. Raises RuntimeError if it does not start."""
    command = [sys.executable, "-m", "benchmarks.runner", str(steps), *options]
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{' '.join(command)} did not start.")
        worker = Runner(process)
        worker.seconds()
        yield worker
    finally:
        process.kill()
        process.wait()


def rows(*, steps: int, repeats: int) -> list[Row]:
    """All of them, with runs of so many steps."""
    with runner(steps) as own, runner(steps, PLAIN) as plain:
        alone = _pairs(own, plain, repeats)
        with _holder():
            beside = _pairs(own, plain, max(2, repeats // 2))
        return [
            *_alone_rows(alone, steps),
            *_beside_rows(alone, beside),
            served_row(own, steps=steps, repeats=repeats),
        ]


def _pairs(one: Runner, other: Runner, repeats: int) -> Pairs:
    return [(one.seconds(), other.seconds()) for _ in range(repeats)]


@contextmanager
def _holder() -> Iterator[None]:
    """A process that holds a core."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER])
    try:
        time.sleep(0.5)
        yield
    finally:
        process.kill()
        process.wait()


def _alone_rows(alone: Pairs, steps: int) -> list[Row]:
    plain = median(other for _, other in alone)
    return [
        Row(name=f"{steps} steps alone, threads waiting as torch comes", value=plain, unit="s"),
        _slower("the same, waiting as the app lets them", alone, goal=5),
    ]


def _beside_rows(alone: Pairs, beside: Pairs) -> list[Row]:
    rows = []
    for place, name, goal in ((1, "as torch comes", None), (0, "as the app lets them", 4)):
        calm, taken = (median(pair[place] for pair in pairs) for pairs in (alone, beside))
        rows.append(
            Row(
                name=f"beside a process that holds a core, threads waiting {name}",
                value=taken / calm,
                unit="times alone",
                goal=goal,
                note=f"{taken:.3g} s, {len(beside)} repeats",
            )
        )
    return rows


def served_row(own: Runner, *, steps: int, repeats: int) -> Row:
    """The page's server, the state after every call read by curl, and the same run in another process."""
    name = "served run, its stream read by curl, over a direct run"
    if shutil.which("curl") is None:
        return Row(name=name, value=None, goal=5, note="no curl on this machine")
    with TemporaryDirectory() as folder:
        runs, port = Path(folder), free_port()
        command = ["app.py", "--no-browser", "--host", "127.0.0.1", "--port", str(port), "--runs-dir", folder]
        command += ["--default-model", MODEL]
        with served(command, port, runs / "server.log") as address:
            pairs = [
                (_served(address, runs, seed, steps), own.seconds("both")) for seed in range(repeats + 1)
            ]
    return _slower(name, pairs[1:], goal=5)  # the first one warms both up


def _served(address: str, runs: Path, seed: int, steps: int) -> float:
    """Denoising of both runs of one comparison that was asked for over HTTP."""
    wanted = {"prompt": PROMPT, "model": MODEL, "seed": seed, "steps": steps}
    body = json.dumps({"data": _arguments(address, wanted)}).encode()
    request = urllib.request.Request(
        f"{address}/gradio_api/call/compare", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        event = json.load(answer)["event_id"]
    stream = f"{address}/gradio_api/call/compare/{event}"
    subprocess.run(["curl", "-sN", stream], stdout=subprocess.DEVNULL, check=True)
    run = next(run for run in Store(runs).list() if run.request.seed == seed)
    return run.uncached_timings.denoising + run.cached_timings.denoising


def _arguments(address: str, wanted: dict[str, Any]) -> list[Any]:
    """All arguments of /compare in their order, those that are not wanted as they come."""
    with urllib.request.urlopen(f"{address}/gradio_api/info", timeout=60) as answer:
        parameters = json.load(answer)["named_endpoints"]["/compare"]["parameters"]
    return [wanted.get(one["parameter_name"], one["parameter_default"]) for one in parameters]


def _slower(name: str, pairs: Pairs, *, goal: float) -> Row:
    ratios = [100 * (one / other - 1) for one, other in pairs]
    note = NOTE.format(count=len(ratios), low=min(ratios), high=max(ratios), load=os.getloadavg()[0])
    return Row(name=name, value=median(ratios), unit="% slower", goal=goal, note=note)
