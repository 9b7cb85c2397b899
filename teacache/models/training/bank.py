"""A bank of encoded training clips on disk, made once, in shards that processes write side by side.

Knows files and latents; a shard's scenes follow from its number and are not stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from teacache.models.training.checkpoint import load_state, save_state


@dataclass(frozen=True)
class Bank:
    """Training scenes and their latents (N, C, F, H, W), kept in half precision."""

    scenes: list[Any]
    latents: torch.Tensor

    def __len__(self) -> int:
        return len(self.scenes)


def load_bank(folder: Path, scenes_of: Callable[[int, int], list[Any]]) -> Bank:
    """Read the shards that are there; `scenes_of` gives a shard's scenes from its number and length.

    Raises FileNotFoundError where there are none.
    """
    numbers = sorted(int(file.stem.split("-")[1]) for file in folder.glob("shard-*.pt"))
    if not numbers:
        raise FileNotFoundError(f"no encoded clips in {folder}")
    shards = [load_state(_file(folder, number))["latents"] for number in numbers]
    scenes = [scene for n, shard in zip(numbers, shards, strict=True) for scene in scenes_of(n, len(shard))]
    return Bank(scenes, torch.cat(shards))


def fill_bank(
    folder: Path,
    scenes_of: Callable[[int, int], list[Any]],
    encode: Callable[[Sequence[Any]], torch.Tensor],
    *,
    shards: Iterable[int],
    count: int,
    report: Callable[[int], None],
    together: int = 8,
    minutes: float | None = None,
) -> None:
    """Encode the missing shards of `count` clips each, some clips together, for at most these minutes.

    `report` gets the number of clips just done.
    """
    start = time.monotonic()
    for number in shards:
        if minutes is not None and time.monotonic() - start > 60 * minutes:
            return
        file = _file(folder, number)
        if file.exists():
            continue
        scenes = scenes_of(number, count)
        latents = [encode(scenes[i : i + together]) for i in range(0, count, together)]
        save_state(file, {"latents": torch.cat(latents).half().cpu()})
        report(count)


def _file(folder: Path, number: int) -> Path:
    return folder / f"shard-{number:03d}.pt"
