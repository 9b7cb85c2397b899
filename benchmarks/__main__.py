"""`make bench`, or `python -m benchmarks`: every figure from one run, with its goal and a verdict.

What only a GPU can tell is `python -m benchmarks.gpu`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import table
from benchmarks.runner import MODEL
from benchmarks.table import Row
from teacache.errors import TeaCacheError
from teacache.platform.process import settle

_Measured = tuple[list[Row], dict]


def main() -> int:
    """Measure, print the table, write it under benchmarks/results."""
    options = _parser().parse_args()
    settle()  # as the page and the command line do, before torch takes any memory
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    try:
        measure, kind = _asked(options)
        rows, environment = measure(options)
        path = table.save(rows, environment, quick=options.quick, kind=kind, command=command)
    except TeaCacheError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    print(table.as_text(rows))
    print(f"\nwritten to {path}")
    return 0


def _asked(options: argparse.Namespace) -> tuple[Callable[[argparse.Namespace], _Measured], str]:
    """What measures, and what its file is named for."""
    if options.peers:
        return _peers, "peers"
    if options.models:
        return _models, "models"
    return (_against, "against") if options.against else (_measure, options.only or "")


def _measure(options: argparse.Namespace) -> _Measured:
    """One trained model: speed, memory, what-if, page."""
    from benchmarks import model
    from teacache.models import load

    pipe = load(options.model, device=options.device)
    environment = table.environment(next(pipe.transformer.parameters()), model=pipe.teacache_card.name)
    steps = options.steps or (8 if options.quick else pipe.teacache_card.steps)
    rows = []
    if options.only in (None, "model"):
        rows += model.speed_rows(pipe, steps=steps, repeats=options.repeats or (2 if options.quick else 9))
    if options.only in (None, "memory"):
        rows.append(model.memory_row(pipe, steps=min(steps, 10), runs=6 if options.quick else 20))
    if options.only in (None, "study"):
        from benchmarks import study

        rows += study.rows(repeats=1 if options.quick else 5)
    if options.only in (None, "neighbours"):
        from benchmarks import neighbours

        short = options.steps or (4 if options.quick else 20)
        rows += neighbours.rows(steps=short, repeats=options.repeats or (2 if options.quick else 7))
    if options.only in (None, "page"):
        from benchmarks import page

        rows += page.rows(pipe, quick=options.quick)
    return rows, environment


def _peers(options: argparse.Namespace) -> _Measured:
    """The best of ours against each rival, at equal fidelity."""
    from benchmarks import peers
    from teacache.models import load

    pipe = load(options.model, device=options.device)
    steps = options.steps or (6 if options.quick else pipe.teacache_card.steps)
    repeats = options.repeats or (1 if options.quick else 5)
    rows = peers.rows(pipe, steps=steps, repeats=repeats, minutes=options.minutes or 60)
    facts = table.environment(next(pipe.transformer.parameters()), model=pipe.teacache_card.name)
    return rows, facts | {"steps": steps, "result": peers.wins(rows)}


def _against(options: argparse.Namespace) -> _Measured:
    """The page of this checkout beside that of another."""
    import torch

    from benchmarks import against

    repeats = options.repeats or (2 if options.quick else 15)
    row = against.row(options.against, repeats=max(2, repeats))  # fewer have no spread
    return [row], table.environment(torch.empty(0), model=MODEL)


def _models(options: argparse.Namespace) -> _Measured:
    """Mid-size networks with random weights."""
    import torch

    from benchmarks import overhead

    device = torch.device("cpu" if options.device == "auto" else options.device)
    steps = options.steps or (4 if options.quick else 6)
    rows = overhead.rows(steps=steps, repeats=options.repeats or (1 if options.quick else 5), device=device)
    facts = table.environment(torch.empty(0, device=device), model=" ".join(overhead.MODELS))
    return rows, facts | {"steps": steps}


def _checkout(folder: str) -> Path:
    """Another checkout of this project. Raises ArgumentTypeError where there is none."""
    if not (Path(folder) / "app.py").is_file():
        raise argparse.ArgumentTypeError(f"{folder} is no checkout of this project: it has no app.py.")
    return Path(folder).resolve()


def _parser() -> argparse.ArgumentParser:
    it = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and overhead, side by side.")
    it.add_argument("--quick", action="store_true", help="a smoke test: few steps, few repeats")
    it.add_argument(
        "--only", choices=["model", "memory", "study", "neighbours", "page"], help="one part of it"
    )
    it.add_argument("--model", default="shapes", help="a name of the catalog or a diffusers folder")
    it.add_argument("--device", default="auto")
    it.add_argument("--steps", type=int, help="default: the model's")
    it.add_argument("--repeats", type=int, help="of each kind of run (default: 9; with --models 5)")
    it.add_argument("--models", action="store_true", help="hook cost on mid-size random-weight networks")
    it.add_argument("--peers", action="store_true", help="ours against each rival at equal fidelity")
    it.add_argument("--against", type=_checkout, metavar="FOLDER", help="beside the page of another checkout")
    it.add_argument("--minutes", type=float, help="with --peers: when to stop (60)")
    return it


if __name__ == "__main__":
    sys.exit(main())
