"""`make soak`, or `python -m tests.soak`: many at once, in a row, vanished, killed; on this machine alone.

Starts servers of its own on free ports of 127.0.0.1 and ends them. `--share 0.1` does a tenth. Exits with 1
where something does not hold.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from tests.soak import beside, crowd, kills, mixed, row, vanish
from tests.soak.server import Held

PARTS = (crowd, beside, mixed, vanish, row, kills)
CHECKS = {part.__name__.rpartition(".")[2]: part.checks for part in PARTS}


def main() -> int:
    """Run the checks and print a line for each thing that was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="0.1: a tenth of everything")
    parser.add_argument("--only", choices=CHECKS, action="append", help="one of the checks")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that its servers end with it
    found: list[Held] = []
    for name in asked.only or CHECKS:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="teacache-soak-") as folder:
            for held in _whole(name, Path(folder), asked.share):
                found.append(held)
                print(held, flush=True)
        print(f"        {name} took {time.monotonic() - begun:.0f} s", flush=True)
    return 0 if all(held.holds for held in found) else 1


def _whole(name: str, folder: Path, share: float) -> Iterator[Held]:
    """What a check finds; where it breaks off, that too, and the others go on."""
    try:
        yield from CHECKS[name](folder, share)
    except Exception as error:
        traceback.print_exc()
        yield Held(name, "an end", f"broke off: {error!r}", False)


if __name__ == "__main__":
    sys.exit(main())
