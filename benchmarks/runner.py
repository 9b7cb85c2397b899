"""A process that runs comparisons when told to: `python -m benchmarks.runner STEPS [--as-torch-comes]`.

Each line of its input is a seed; each line of its output the seconds of denoising of the uncached and of the
cached run, as JSON.
"""

from __future__ import annotations

import json
import sys

from teacache.runs import heap
from teacache.runs.process import settle

PROMPT = "a red ball bouncing on a blue background"


def main() -> None:
    """Serve until the input ends; the first line out says that the model is loaded."""
    heap.keep() if "--as-torch-comes" in sys.argv else settle()
    from teacache.models import load
    from teacache.runs import Baselines, Request, compare

    pipe, steps = load("shapes"), int(sys.argv[1])
    print("ready", flush=True)
    for line in sys.stdin:
        settings = pipe.teacache_card.settings()
        request = Request(model="shapes", prompt=PROMPT, seed=int(line), steps=steps, settings=settings)
        *_, last = compare(pipe, request, baselines=Baselines(), preview_every=0)
        runs = (last.comparison.uncached, last.comparison.cached)
        print(json.dumps([run.timings.denoising for run in runs]), flush=True)


if __name__ == "__main__":
    main()
