"""Where this server runs and what computes there: asked of the environment alone, told in one sentence.

A Space on ZeroGPU has a GPU only while a run lasts, on another tier always or never. Imports nothing heavy.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import psutil

from teacache.errors import Phrase
from teacache.models.memory import Machine, free_host_gb, this_machine
from teacache.models.pace import SLOT, ZERO

Kind = Literal["zero", "gpu", "cpu"]
SLICE_GB = 74.6  # of an H200 (spaces 0.51.3, zero/configs.json)
_YES = ("1", "t", "true")  # as the package `spaces` reads it


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """What there is for runs."""

    kind: Kind
    device: str  # the GPU's name, "ZeroGPU", or "cpu"
    machine: Machine
    reason: Phrase  # empty away from a Space: what the loader says is enough there

    @property
    def word(self) -> str:
        """What the page calls it."""
        return {"zero": ZERO, "gpu": "GPU", "cpu": "CPU"}[self.kind]


def borrows(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a GPU is borrowed for each run (a Space on ZeroGPU)."""
    return environment.get("SPACES_ZERO_GPU", "").lower() in _YES


def prepare(environment: Mapping[str, str] = os.environ) -> None:
    """On ZeroGPU: let `spaces` take torch's GPU over, before torch and Gradio are imported."""
    if borrows(environment):
        import spaces  # noqa: F401


def here(environment: Mapping[str, str] = os.environ, machine: Machine | None = None) -> Hardware:
    """What this process runs on. `machine`: what it has (default: it is asked)."""
    on_a_space = bool(environment.get("SPACE_ID"))
    if borrows(environment):
        return Hardware(kind="zero", device=ZERO, machine=_with_a_slice(machine), reason=_reason_zero())
    machine = machine or this_machine()
    if machine.gpu is not None:
        reason = Phrase("this Space has a GPU of its own, {gpu}", gpu=machine.gpu)
        return Hardware(
            kind="gpu", device=machine.gpu, machine=machine, reason=reason if on_a_space else Phrase("")
        )
    reason = Phrase(
        "this Space has {cores} processor cores, {memory:.0f} GB of memory and no GPU, which is enough for "
        "small models",
        cores=_cores(environment),
        memory=machine.host_gb,
    )
    return Hardware(kind="cpu", device="cpu", machine=machine, reason=reason if on_a_space else Phrase(""))


def _reason_zero() -> Phrase:
    return Phrase(
        "this Space borrows a GPU for each run (ZeroGPU): its seconds count against your own day's quota, "
        "{slot} s of it without an account",
        slot=SLOT,
    )


def _with_a_slice(machine: Machine | None) -> Machine:
    """The host, with the slice of a GPU that a run gets."""
    host = machine.host_gb if machine else free_host_gb()
    return Machine(host_gb=host, gpu=ZERO, gpu_gb=SLICE_GB)


def _cores(environment: Mapping[str, str]) -> int:
    """Virtual cores of a Space, as the hub tells them, else those of the machine."""
    word = environment.get("CPU_CORES", "")
    return int(word) if word.isdecimal() else psutil.cpu_count() or 1
