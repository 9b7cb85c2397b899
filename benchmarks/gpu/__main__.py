"""`python -m benchmarks.gpu --minutes 12 --out DIR`: all parts in turn, and what was not done."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch

from benchmarks import table
from benchmarks.gpu import bits, compiled, figures, golden, networks, page
from benchmarks.gpu.parts import Part, Where, run
from benchmarks.subjects import SUBJECTS
from benchmarks.table import Row
from teacache.errors import TeaCacheError
from teacache.models.catalog import CARDS
from teacache.models.pace import guess
from teacache.platform.process import settle

FOLDER = table.RESULTS / "gpu"
BUILD = 20.0  # seconds to draw a network's weights and to warm it up; not measured
COMPILE = 60.0


class NoDevice(TeaCacheError):
    """There is no GPU to measure on."""


def parts() -> list[Part]:
    """Everything that can be asked, the most important first."""
    first, *others = [_network(name) for name in networks.MODELS[:4]]
    return [
        Part(name="bits", asks="(a) A threshold of 0 changes nothing", rows=bits.rows, least=_some(20)),
        Part(name="golden", asks="(a) The authors' own runs", rows=golden.rows, least=_some(10)),
        Part(name="page", asks="(b) The page on this device", rows=page.rows, least=_some(60)),
        first,
        *others,
        _compiled("wan-1.3b", "default"),
        _compiled("wan-1.3b", "reduce-overhead"),
        Part(name="figure-1", asks="(d) Quality against latency", rows=figures.quality, least=_some(30)),
        Part(name="figure-8", asks="(d) Latency against size", rows=figures.sizes, least=_some(60)),
        *(_network(name) for name in networks.MODELS[4:]),
    ]


def _some(seconds: float) -> Callable[[Where], float]:
    return lambda where: seconds if where.scale == "full" else 0.0


def _network(name: str) -> Part:
    def least(where: Where) -> float:
        if where.scale != "full":
            return 0.0
        size = SUBJECTS[name].sizes["full"]
        extent = {"frames": size.frames, "height": size.height, "width": size.columns}
        one = guess(CARDS[name], where.name, steps=networks.FEWEST + networks.WARM_UP_STEPS, **extent)
        return BUILD + networks.ROUND * (one or 0.0)

    def rows(where: Where) -> list[Row]:
        until = time.monotonic() + min(where.left, max(where.left / 3, least(where)))
        path = networks.measure(
            SUBJECTS[name], where.scale, where.device, where.dtype, until=until, folder=where.folder
        )
        return networks.rows_of(path)

    return Part(name=name, asks=f"(c) {CARDS[name].title}, fixed schedules", rows=rows, least=least)


def _compiled(name: str, mode: compiled.Mode) -> Part:
    title = compiled.TITLES[mode]
    return Part(
        name=f"{name}, {title}",
        asks=f"(c) {CARDS[name].title}, {title}",
        rows=partial(compiled.rows, name=name, mode=mode),
        least=_some(BUILD + COMPILE),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, keep what was found, and say what was not done; 2 with a sentence without a device."""
    options = _parser().parse_args(arguments)
    device = torch.device(options.device)
    try:
        if device.type == "cuda" and not torch.cuda.is_available():
            raise NoDevice(
                "The full-size measurements need a CUDA device, and there is none here: "
                "run `python -m benchmarks --models` for the mid-size networks on the CPU."
            )
        chosen = [part for part in parts() if not options.only or part.name in options.only]
        where = Where(
            device=device,
            dtype=torch.bfloat16,
            scale=options.scale,
            folder=options.out,
            until=time.monotonic() + 60 * options.minutes,
        )
        options.out.mkdir(parents=True, exist_ok=True)
        settle()
        report, path = run(
            chosen, where, " ".join(["python -m benchmarks.gpu", *(arguments or sys.argv[1:])])
        )
    except TeaCacheError as error:
        print(error, file=sys.stderr)
        return 2
    print(report.text(chosen))
    print(f"written to {path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    it = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description="What only a GPU can tell.")
    it.add_argument("--minutes", type=float, default=12.0, help="when to stop (12); the same again goes on")
    it.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="where the results go")
    it.add_argument("--only", nargs="+", metavar="PART", choices=[part.name for part in parts()])
    it.add_argument("--device", default="cuda", help="cpu: only to try the script, with --scale tiny")
    it.add_argument("--scale", choices=["full", "mid", "tiny"], default="full")
    return it


if __name__ == "__main__":
    sys.exit(main())
