"""Options that several commands have, and how their values are read."""

from __future__ import annotations

import argparse
from pathlib import Path

DTYPES = ("float32", "float16", "bfloat16")
OFFLOADS = ("auto", "none", "model", "group", "disk")


def add_levels(it: argparse.ArgumentParser) -> None:
    """At which settings each method is run, and what they are chosen on."""
    it.add_argument(
        "--calibration-prompts", type=int, default=20, metavar="N",
        help="other prompts, to choose thresholds (and to fit) on (default: 20)",
    )  # fmt: skip
    it.add_argument(
        "--budgets", type=numbers, default=(25, 18, 13, 9), metavar="N,N",
        help="computed steps to compare at (default: 25,18,13,9), by methods that can aim",
    )  # fmt: skip
    it.add_argument(
        "--thresholds", type=decimals, metavar="X,X",
        help="instead: these thresholds, of the methods that have one; needs no calibration prompts",
    )  # fmt: skip
    it.add_argument(
        "--fit",
        action="store_true",
        help="fit the polynomial to the calibration prompts (default: as published)",
    )


def add_rules(it: argparse.ArgumentParser) -> None:
    """Settings of the decision."""
    for where in ("first", "last"):
        it.add_argument(
            f"--{where}-steps",
            type=number_or_share,
            metavar="N",
            help=f"always compute the {where} N steps, or a share of all such as 0.1 (default: the model's)",
        )
    it.add_argument("--max-reuses", type=int, metavar="N", help="at most N reused calls in a row")


def add_model(it: argparse.ArgumentParser) -> None:
    """Which model, and where it runs."""
    it.add_argument(
        "--model", default="shapes", help="a name of the catalog or a diffusers folder (default: shapes)"
    )
    it.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default: auto)")
    it.add_argument("--dtype", choices=DTYPES, help="precision (default: the model's, float32 on a CPU)")
    it.add_argument(
        "--offload",
        default="auto",
        choices=OFFLOADS,
        help="keep weights off the GPU while they are not needed, part by part (model) or layer by layer "
        "(group), or read each part when it works (disk); auto, the default: as memory asks",
    )


def add_setup(it: argparse.ArgumentParser) -> None:
    it.add_argument("--steps", type=int, help="default: the model's")
    it.add_argument("--guidance", type=float, help="guidance scale (default: the model's)")
    it.add_argument("--flow-shift", type=float, help="of the scheduler (default: as the model comes)")
    it.add_argument("--seed", type=int, default=0, help="chooses prompts and noise (default: 0)")
    it.add_argument(
        "--prompt-file",
        type=Path,
        help="one prompt a line (default: of assets/prompts, or captions for Shapes and Scenes)",
    )


def number_or_share(text: str) -> int | float:
    """3 or 0.1. Raises ArgumentTypeError."""
    try:
        return int(text)
    except ValueError:
        return float(text)  # what is no number either is argparse's to refuse


def names(text: str) -> tuple[str, ...]:
    """Separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def decimals(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers like 2,3.5") from error


def numbers(text: str) -> tuple[int, ...]:
    """Whole ones, separated by commas."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers like 25,18") from error
