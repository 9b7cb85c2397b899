"""A process that runs the embedded model on demand: `python -m benchmarks.runner STEPS [--as-torch-comes]`.

Each line of its input is a word and a seed: "uncached 3" for one run, "both 3" for an uncached and a cached
one. Each line of its output: the seconds of denoising.
"""

from __future__ import annotations

import sys

from teacache.platform import heap
from teacache.platform.process import settle

MODEL = "shapes"
PROMPT = "a red ball bouncing on a blue background"


def main() -> None:
    """Serve until the input ends; the first line out says that the model is loaded."""
    heap.keep() if "--as-torch-comes" in sys.argv else settle()
    from teacache.models import load
    from teacache.runs import Baselines, Request, compare
    from teacache.study.clips import sample

    pipe, steps = load(MODEL), int(sys.argv[1])
    print("ready", flush=True)
    for line in sys.stdin:
        what, seed = line.split()
        settings = pipe.teacache_card.settings()
        request = Request(model=MODEL, prompt=PROMPT, seed=int(seed), steps=steps, settings=settings)
        if what == "both":
            *_, last = compare(pipe, request, baselines=Baselines(), preview_every=0)
            runs = [last.comparison.uncached, last.comparison.cached]
        else:
            runs = [sample(pipe, request.checked(pipe.teacache_card))]
        print(sum(run.timings.denoising for run in runs), flush=True)


if __name__ == "__main__":
    main()
