"""python -m tests.sweep [CLASS...]: the sweep as a table."""

from __future__ import annotations

import sys
import warnings

import diffusers
import transformers

from tests.sweep.sweeping import KNOWN, NOT_BUILT, NOT_RUN, Result, names, sweep


def main(wanted: list[str]) -> int:
    """Sweep the classes whose names contain one of these words, or all. Returns how many runs failed."""
    warnings.filterwarnings("ignore")
    diffusers.logging.set_verbosity_error()
    transformers.logging.set_verbosity_error()
    everything = [*names(), *sorted(NOT_BUILT)]
    chosen = [name for name in everything if not wanted or any(word in name for word in wanted)]
    results: list[Result] = []
    for name in chosen:
        found = [] if name in NOT_BUILT else list(sweep(name))
        results += found
        print(_row(name, found), flush=True)
    failed = sum(result.unexpected for result in results)
    print(f"\n{len(chosen)} classes, {len(results)} runs, {failed} failures")
    return failed


def _row(name: str, results: list[Result]) -> str:
    if name in NOT_BUILT:
        return f"{name:46} not built: {NOT_BUILT[name]}"
    seconds = sum(result.seconds for result in results)
    failed = [result for result in results if result.unexpected]
    found = ", ".join(dict.fromkeys(result.mode for result in results))
    lines = [f"{name:46} {len(results):3} runs {len(failed):3} failed {seconds:6.1f} s  {found}"]
    lines += [f"    {result}" for result in failed]
    lines += [f"    not run: {mode}: {why}" for mode, why in NOT_RUN.get(name, {}).items()]
    lines += [f"    known: {mode}: {why}" for mode, why in KNOWN.get(name, {}).items()]
    return "\n".join(lines)


sys.exit(1 if main(sys.argv[1:]) else 0)
