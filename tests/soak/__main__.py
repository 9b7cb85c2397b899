"""`make soak`, or `python -m tests.soak`: many at once, in a row, vanished, killed; on this machine alone.

Starts servers of its own on free ports of 127.0.0.1 and ends them. `--quick` does a tenth. Exits with 1 where
something does not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.soak import crowd, kills, mixed, row, vanish
from tests.soak.server import Held

CHECKS = {part.__name__.rpartition(".")[2]: part.checks for part in (crowd, mixed, vanish, row, kills)}


def main() -> int:
    """Run the checks and print a line for each thing that was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--only", choices=CHECKS, action="append", help="one of the checks")
    asked = parser.parse_args()
    found: list[Held] = []
    for name in asked.only or CHECKS:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="teacache-soak-") as folder:
            for held in CHECKS[name](Path(folder), 0.1 if asked.quick else 1.0):
                found.append(held)
                print(held, flush=True)
        print(f"        {name} took {time.monotonic() - begun:.0f} s", flush=True)
    return 0 if all(held.holds for held in found) else 1


if __name__ == "__main__":
    sys.exit(main())
