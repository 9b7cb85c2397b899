"""How much memory weights take and how much there is, known before a single weight is read.

Sizes come from the headers of safetensors files, or from a card's parameter counts. GB are 10^9 bytes.
"""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

GB = 1e9
_CGROUP = Path("/sys/fs/cgroup")  # of a container: its limit may be far below the machine's memory
_HEADER_LIMIT = 100 * 2**20  # bytes; the format's own limit for a header


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a server has, as far as it can be told without importing torch."""

    host_gb: float  # free
    gpu: str | None = None  # its name
    gpu_gb: float | None = None  # all of its memory


@cache
def this_machine() -> Machine:
    """This machine, asked once. Only NVIDIA's GPUs are seen."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Machine(host_gb=free_host_gb())
    command = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
        name, mebibytes = answer.splitlines()[0].rsplit(",", 1)
        return Machine(host_gb=free_host_gb(), gpu=name.strip(), gpu_gb=int(mebibytes) * 2**20 / GB)
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):  # a tool without a GPU to talk to
        return Machine(host_gb=free_host_gb())


def free_host_gb() -> float:
    """Memory that can be had without swapping, within the limit of the container if there is one."""
    free = psutil.virtual_memory().available
    try:
        limit, used = (int((_CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        free = min(free, max(0, limit - used + _reclaimable()))
    except (OSError, ValueError):  # no container, or one without a limit, which reads "max"
        pass
    return free / GB


def _reclaimable() -> int:
    """Bytes of files that were read and are kept only as long as nobody needs the memory."""
    lines = (line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
    return next((int(value) for name, value in lines if name == "inactive_file"), 0)


def values_in(folder: Path) -> dict[str, int]:
    """Number of values of each part of a pipeline's folder, from the headers of its weights.

    A file that cannot be read counts nothing: reading it later says what is wrong with it. The same weights
    once more in another precision (`model.fp16.safetensors`) are not read, so they do not count.
    """
    counts: dict[str, int] = {}
    for file in folder.glob("*/*.safetensors"):
        if "." not in file.stem:
            counts[file.parent.name] = counts.get(file.parent.name, 0) + _values(file)
    return counts


def sizes_gb(values: Mapping[str, float], bytes_each: Mapping[str, int], usual: int) -> dict[str, float]:
    """GB of each part, at its own or the usual number of bytes a value."""
    return {part: count * bytes_each.get(part, usual) / GB for part, count in values.items()}


def _values(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            header: dict[str, Any] = json.loads(opened.read(length)) if length <= _HEADER_LIMIT else {}
        return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    except (OSError, ValueError, struct.error, TypeError, KeyError):
        return 0
