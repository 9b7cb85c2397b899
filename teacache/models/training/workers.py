"""Several training processes on one machine that average their parameters now and then.

One thread each beats one process with as many threads, and averaging seldom means that nobody waits for long.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def run_workers(
    target: Callable[..., None], *, workers: int, threads: int, arguments: tuple[Any, ...]
) -> None:
    """Call `target(rank, *arguments)` once per worker, here if there is only one; raises what any raises."""
    if workers == 1:
        torch.set_num_threads(threads)
        target(0, *arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(_start, args=(target, workers, threads, Path(folder) / "meet", arguments), nprocs=workers)


def _start(
    rank: int, target: Callable[..., None], workers: int, threads: int, meet: Path, arguments: tuple[Any, ...]
) -> None:
    torch.set_num_threads(threads)
    if hasattr(os, "sched_setaffinity"):  # left alone, two workers may share a core while another idles
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[rank % len(cores)]})
    dist.init_process_group("gloo", init_method=f"file://{meet}", rank=rank, world_size=workers)
    try:
        target(rank, *arguments)
    finally:
        dist.destroy_process_group()


@torch.no_grad()
def average_parameters(model: torch.nn.Module) -> None:
    """Replace every parameter by its mean over the workers; nothing to do for one."""
    if not dist.is_initialized():
        return
    parameters = list(model.parameters())
    flat = torch.cat([p.flatten() for p in parameters])
    dist.all_reduce(flat)
    for p, mean in zip(
        parameters, (flat / dist.get_world_size()).split([p.numel() for p in parameters]), strict=True
    ):
        p.copy_(mean.view_as(p))


def agreed(value: float) -> float:
    """The mean of a number over the workers, the same for all of them."""
    if not dist.is_initialized():
        return value
    shared = torch.tensor(value, dtype=torch.float64)
    dist.all_reduce(shared)
    return float(shared) / dist.get_world_size()
