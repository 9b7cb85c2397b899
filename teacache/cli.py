"""The command line: what can be asked, and how answers and errors are shown.

`python -m teacache compare|replay|calibrate|plan|sweep|signals|sizes|models`; the work is in commands.py,
imported late, so that `--help` and a replay need no torch. A TeaCacheError becomes one sentence on stderr and
exit status 2, also where there is an answer all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from teacache.cli_options import add_levels, add_model, add_rules, add_setup, decimals, names, numbers
from teacache.errors import TeaCacheError

REFUSED, STOPPED = 2, 130  # exit statuses: a person's input, and Ctrl-C as shells have it


# One of each command that answers in a minute on two CPU cores.
EXAMPLES = {
    "compare": '"a red ball bouncing on a blue background" --steps 20',
    "replay": "assets/runs/1-faithful --speedup 3",
    "calibrate": "--prompts 3 --steps 10",
    "plan": "--steps 6 --budget 3 --prompts 1",
    "sweep": "--prompts 2 --calibration-prompts 2 --steps 10 --budgets 5 --methods teacache,fewer_steps",
    "signals": "--prompts 1 --steps 10 --computed 4",
    "sizes": "--sizes 16x64x64 --steps 6",
    "models": "wan-1.3b",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = parser().parse_args(arguments)
    try:
        command = getattr(import_module("teacache.commands"), options.command)
        answer = command(options)
    except TeaCacheError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    _print(json.dumps(answer.value, indent=1) if options.json else answer.text)
    if answer.problem is not None:
        print(answer.problem, file=sys.stderr)
        return REFUSED
    return 0


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:  # a reader such as `head` had enough; Python would say so again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(
        prog="python -m teacache", description="TeaCache on video diffusion models."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_compare, _replay, _calibrate, _plan, _sweep, _signals, _sizes, _models):
        added = add(commands)
        added.add_argument("--json", action="store_true", help="print JSON instead of text")
        added.formatter_class = argparse.RawDescriptionHelpFormatter
        name = added.prog.rpartition(" ")[2]
        added.epilog = f"example:\n  {added.prog} {EXAMPLES[name]}"
    return top


def _compare(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("compare", help="run a prompt without and with TeaCache and store both")
    it.add_argument("prompt", help="what the clip, the image or the sound should be")
    add_model(it)
    it.add_argument("--image", type=Path, metavar="FILE", help="where a model takes one: what starts to move")
    it.add_argument("--threshold", type=float, help="delta; 0 switches the cache off (default: the model's)")
    estimate = it.add_mutually_exclusive_group()
    estimate.add_argument("--mode", help="which published polynomial, by name (see `models NAME`)")
    estimate.add_argument("--naive", action="store_true", help="leave the rescaling polynomial out")
    add_rules(it)
    it.add_argument("--seed", type=int, default=0, help="of the noise (default: 0)")
    it.add_argument("--steps", type=int, help="default: the model's")
    it.add_argument("--guidance", type=float, help="guidance scale (default: the model's)")
    for name in ("frames", "height", "width"):
        it.add_argument(f"--{name}", type=int, metavar="N", help="default: the model's")
    it.add_argument("--seconds", type=float, help="of a sound (default: the model's)")
    it.add_argument(
        "--cache-device", metavar="DEVICE",
        help="where residuals are kept, such as cpu where the GPU's memory is short: the same clip, and the "
        "seconds that moving them took (default: where they are made)",
    )  # fmt: skip
    it.add_argument(
        "--rivals", action="store_true", help="also run uniform reuse and fewer steps at equal cost"
    )
    it.add_argument(
        "--probe",
        action="store_true",
        help="also compute the calls that are reused, to record how far their outputs had really moved: for "
        "judging an estimate; slower, so that nothing is timed",
    )
    it.add_argument("--runs-dir", type=Path, help="where to store (default: TEACACHE_RUNS_DIR or ./runs)")
    it.add_argument("--plot", type=Path, metavar="FILE.html", help="draw what was decided, and why, as well")
    return it


def _replay(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("replay", help="what a recorded run would have done at other settings")
    it.add_argument("trace", help="a trace file, the folder of a stored run, or its id")
    what = it.add_mutually_exclusive_group(required=True)
    what.add_argument("--threshold", type=float, help="decide every call again at this threshold")
    what.add_argument(
        "--speedup", type=float, help="find the smallest threshold that is so many times faster"
    )
    what.add_argument("--breakpoints", action="store_true", help="list every schedule and its thresholds")
    it.add_argument("--naive", action="store_true", help="leave the rescaling polynomial out")
    add_rules(it)
    it.add_argument(
        "--run", choices=["uncached", "cached"], default="uncached", help="which run of a stored comparison"
    )
    it.add_argument("--plot", type=Path, metavar="FILE.html", help="draw the run at these settings as well")
    return it


def _calibrate(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("calibrate", help="fit the rescaling polynomial of a model")
    it.add_argument("traces", nargs="*", type=Path, help="fit these traces of uncached runs; runs nothing")
    add_model(it)
    add_setup(it)
    it.add_argument("--prompts", type=int, default=70, metavar="N", help="how many to run (default: 70)")
    it.add_argument("--degree", type=int, default=4, metavar="N", help="of the polynomial (default: 4)")
    it.add_argument(
        "--mode",
        help="fit to the tensor of this published polynomial or, where none is published, of this variant "
        "(default: to the model's own)",
    )
    it.add_argument("--save", action="store_true", help="make it the calibration of the model in the catalog")
    return it


def _plan(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("plan", help="plan from a few prompts which steps to compute on all others")
    add_model(it)
    add_setup(it)
    it.add_argument(
        "--budget", type=int, nargs="+", required=True, metavar="N", help="steps to compute, or several"
    )
    it.add_argument("--prompts", type=int, default=3, metavar="N", help="to plan on (default: 3)")
    it.add_argument(
        "--trials", type=int, default=4, metavar="N",
        help="schedules that are run on all of them for each reach, the best by estimate (default: 4)",
    )  # fmt: skip
    it.add_argument(
        "--rounds", type=int, default=2, metavar="N",
        help="then swaps from the best so far, at most so many times (default: 2)",
    )  # fmt: skip
    it.add_argument(
        "--also", type=Path, nargs="*", default=[], metavar="FILE",
        help="schedules to try as well; those that ship with the model are tried in any case",
    )  # fmt: skip
    it.add_argument(
        "--order", type=int, choices=(0, 1), default=1,
        help="reuse what the last computed call left, 0, or go on along the line through the last two, 1",
    )  # fmt: skip
    it.add_argument(
        "--reach", type=float, nargs="+", default=[0.25, 0.5], metavar="GAPS",
        help="how far on that line at most, in gaps between the two; of several the best (default: 0.25 0.5)",
    )  # fmt: skip
    it.add_argument(
        "--reuse", choices=("residual", "output"), default="residual",
        help="what the blocks added, or the whole output (default: residual)",
    )  # fmt: skip
    it.add_argument(
        "--to",
        type=Path,
        default=Path("schedule.json"),
        metavar="FILE",
        help="of several budgets the folder, without the suffix (default: schedule.json)",
    )
    return it


def _sweep(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("sweep", help="run methods at several levels over many prompts")
    add_model(it)
    add_setup(it)
    it.add_argument("--prompts", type=int, default=30, metavar="N", help="to judge on (default: 30)")
    it.add_argument("--seeds", type=int, default=1, metavar="N", help="noises for each prompt (default: 1)")
    it.add_argument(
        "--methods", type=names, metavar="NAME,NAME", help="which (default: all that run on the model)"
    )
    add_levels(it)
    it.add_argument(
        "--out", type=Path, metavar="DIR",
        help="where table, traces, clips and report are kept, and where a stopped sweep goes on (default: "
        "a folder of its own in ./sweeps)",
    )  # fmt: skip
    it.add_argument(
        "--ray", metavar="ADDRESS", help="run on this Ray cluster (auto: find it), a worker a GPU"
    )
    it.add_argument(
        "--worker-cpus", type=int, default=1, metavar="N",
        help="without GPUs: CPUs for each worker of the cluster (default: 1)",
    )  # fmt: skip
    it.add_argument("--vbench", action="store_true", help="also judge by VBench, where it is installed")
    it.add_argument(
        "--target-speed", type=decimals, default=(2.0,), metavar="X,X",
        help="times fewer computations to recommend a threshold for (default: 2)",
    )  # fmt: skip
    it.add_argument(
        "--target-psnr", type=decimals, default=(30.0,), metavar="DB,DB",
        help="fidelity that nine prompts in ten are to keep (default: 30)",
    )  # fmt: skip
    it.add_argument("--dry-run", action="store_true", help="run nothing: forecast time, spread and storage")
    it.add_argument(
        "--gpus", type=numbers, default=(1, 8, 64), metavar="N,N",
        help="of a dry run: clusters to forecast for (default: 1,8,64)",
    )  # fmt: skip
    it.add_argument(
        "--call-seconds",
        type=float,
        metavar="S",
        help="of a dry run: seconds of a computed call",
    )
    return it


def _signals(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("signals", help="which signal tells best when to compute, at equal cost")
    it.add_argument("prompt", nargs="?", help="what the clip should show (default: several prompts)")
    add_model(it)
    add_setup(it)
    it.add_argument(
        "--prompts", type=int, default=3, metavar="N", help="without a prompt: how many to run (default: 3)"
    )
    it.add_argument(
        "--computed", type=int, metavar="N", help="computed calls of each run (default: a third of all)"
    )
    return it


def _sizes(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("sizes", help="latency at other sizes, uncached and with TeaCache")
    it.add_argument(
        "--sizes", nargs="+", required=True, metavar="FxHxW", help="frames, height, width, such as 16x256x256"
    )
    it.add_argument("--prompt", default="a red ball bouncing on a blue background")
    add_model(it)
    it.add_argument("--threshold", type=float, help="delta (default: the model's)")
    it.add_argument(
        "--methods", nargs="*", default=[], metavar="NAME", help="rivals to time as well, such as pab uniform"
    )
    it.add_argument("--seed", type=int, default=0, help="of the noise (default: 0)")
    it.add_argument("--steps", type=int, help="default: the model's")
    it.add_argument("--repeats", type=int, default=1, metavar="N", help="of each run (default: 1)")
    it.add_argument("--figure", type=Path, metavar="FILE.html", help="draw it as well")
    return it


def _models(commands: Any) -> argparse.ArgumentParser:
    it = commands.add_parser("models", help="list the models of the catalog, or tell all about one")
    it.add_argument("name", nargs="?", help="tell all about this model")
    return it
