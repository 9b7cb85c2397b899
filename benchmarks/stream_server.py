"""The real page on the real server, with an engine that sends a recorded run at a steady pace.

`python -m benchmarks.stream_server TRACES PORT SENT`: TRACES is a folder with uncached.json and cached.json;
to the file SENT goes one line per state, its number and the time at which it was handed to Gradio.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from teacache.method.trace import Trace
from teacache.runs.comparison import Progress
from teacache.runs.request import Request
from ui import server
from ui.base.options import Options
from ui.run.engine import Engine, Screen
from ui.screen import state

HERTZ = 10.0
TRACES, PORT, SENT = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])


class PacedEngine(Engine):
    """Yields the cached half of a recorded run, one call every tenth of a second; loads no model."""

    def __init__(self, models: Any, library: Any, options: Options):
        super().__init__(models, library, options)
        self.uncached, self.cached = (Trace.load(TRACES / f"{name}.json") for name in ("uncached", "cached"))

    def run(self, request: Request, **ignored: Any) -> Iterator[Screen]:
        """One state per call."""
        start = time.monotonic()
        with SENT.open("w") as sent:
            for count in range(1, len(self.cached.records) + 1):
                time.sleep(max(0.0, start + count / HERTZ - time.monotonic()))
                board = state.progress_board(self._progress(request, count))
                sent.write(json.dumps([board["n"], time.time()]) + "\n")
                sent.flush()
                yield Screen(board=board)

    def _progress(self, request: Request, count: int) -> Progress:
        return Progress(
            run_id="paced",
            phase="cached",
            request=request,
            calls=len(self.cached.records),
            uncached=self.uncached.records,
            cached=self.cached.records[:count],
        )


if __name__ == "__main__":
    server.Engine = PacedEngine
    server.serve(
        Options(host="127.0.0.1", port=PORT, browser=False, warm_up=False, runs_dir=str(TRACES / "runs"))
    )
