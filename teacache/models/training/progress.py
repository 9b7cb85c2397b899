"""Shows how a stage advances: a bar on the terminal and averaged lines in a log file."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from tqdm import tqdm


class Progress:
    """Call it as `progress(step, facts)`; every `log_every` steps the facts' means go to the log."""

    def __init__(self, name: str, *, total: int, log: Path, log_every: int = 50, quiet: bool = False) -> None:
        self._name, self._log, self._every = name, log, log_every
        self._bar = tqdm(total=total, desc=name, disable=quiet, mininterval=2)
        self._sums: dict[str, list[float]] = defaultdict(list)
        self._start = time.monotonic()
        self._quiet = quiet

    def __call__(self, step: int, facts: dict[str, float]) -> None:
        """Note that `step` steps are done."""
        if self._quiet:
            return
        self._bar.update(step - self._bar.n)
        for name, value in facts.items():
            self._sums[name].append(value)
        if step % self._every == 0 or step == self._bar.total:
            means = {name: sum(values) / len(values) for name, values in self._sums.items()}
            self._sums.clear()
            self._bar.set_postfix({name: f"{mean:.4f}" for name, mean in means.items()}, refresh=False)
            self.note(
                f"{step}/{self._bar.total} " + " ".join(f"{name} {mean:.4f}" for name, mean in means.items())
            )

    def note(self, text: str) -> None:
        """Write a line of one's own to the log."""
        with self._log.open("a") as file:
            clock, seconds = time.strftime("%H:%M:%S"), time.monotonic() - self._start
            file.write(f"{clock} {self._name} {seconds:.0f}s {text}\n")

    def close(self) -> None:
        """End the bar."""
        self._bar.close()
